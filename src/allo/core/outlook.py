"""The staff and the load of the next hours: does each queue keep its service level without this agent?

Decides nothing; a read of the state at one instant, to which planned absences are added.

*Load*: the queue's forecast; where there is none, what goes on now (conversations and waiting calls). *Staff*: who is
at work and stays, and who is expected back from a break. Agents serve several queues, so a queue is looked at
together with what else its agents have to do: of another queue's load it carries the share of that queue's agents who
also serve this one. That is exact when the agents serve the same queues and when they share none, and lies between
otherwise. How many agents that load needs is Erlang's formula (`erlang`); one stays where no forecast is.
"""

from __future__ import annotations

from collections import Counter
from math import inf

from allo.core.agent_states import BUSY, NOT_READY, OFFLINE, ON_CALL, READY, WRAP_UP
from allo.core.erlang import agents_needed
from allo.core.model import Agent
from allo.core.state import AgentLive, State

USUAL_AHT_S = 180.0
"""Where no forecast tells the handling time."""

_Queues = frozenset[str]


class Outlook:
    """The next hours as they look at `now`."""

    def __init__(self, state: State, now: float) -> None:
        self._state = state
        self._now = now
        self._at_work: Counter[_Queues] = Counter()
        self._changes: list[tuple[float, float, _Queues, int]] = []
        """(from, until, queues served, by how many more): who comes back, who goes away."""
        self._present: set[str] = set()
        self._busy: Counter[str] = Counter()
        for agent in state.agents.values():
            configured = state.config.agents.get(agent.id)
            if configured is None:
                continue
            if agent.state is ON_CALL or agent.state is WRAP_UP:
                self._busy[agent.queue_id] += 1
            if is_at_work(agent):
                self._present.add(agent.id)
                self._at_work[queues_of(state, configured)] += 1
            else:
                self._expect_back(agent, configured)

    def send_away(self, agent: Agent, starts_at: float, ends_at: float) -> None:
        """Plan a break; whoever is not at work now is not missed."""
        if agent.id in self._present:
            self._changes.append((starts_at, ends_at, queues_of(self._state, agent), -1))

    def shortage(self, agent: Agent, starts_at: float, ends_at: float, step_s: float) -> str:
        """Why the agent cannot be spared from `starts_at` to `ends_at`: `service_level:<queue>:has=:needs=`, or ""."""
        served = queues_of(self._state, agent)
        at = starts_at
        while at < ends_at:
            staff = self._staff_at(at)
            if agent.id in self._present:
                staff[served] -= 1
            for queue_id in sorted(served):
                has, needs = self._has_and_needs(queue_id, staff, at)
                if has < needs:
                    return f"service_level:{queue_id}:has={has}:needs={needs}"
            at += step_s
        return ""

    def _expect_back(self, agent: AgentLive, configured: Agent) -> None:
        reason = agent.reason if agent.state is NOT_READY else agent.next_reason
        rule = self._state.config.break_rules.get(reason)
        if rule is not None and OFFLINE not in (agent.state, agent.next_state):
            began_at = agent.since_at if agent.state is NOT_READY else self._now
            back_at = began_at + rule.typical_s
            if back_at > self._now:
                self._changes.append((back_at, inf, queues_of(self._state, configured), 1))

    def _staff_at(self, at: float) -> Counter[_Queues]:
        staff = Counter(self._at_work)
        for starts_at, ends_at, served, more in self._changes:
            if starts_at <= at < ends_at:
                staff[served] += more
        return staff

    def _has_and_needs(self, queue_id: str, staff: Counter[_Queues], at: float) -> tuple[int, int]:
        has = _serving(staff, queue_id)
        queue = self._state.config.queues[queue_id]
        forecast = self._state.config.forecasts.get(queue_id)
        load, aht_s = self._load_at(queue_id, at)
        calls_per_s = load / aht_s
        for other in {one for served in staff if queue_id in served for one in served if one != queue_id}:
            serving = _serving(staff, other)
            shared = sum(count for served, count in staff.items() if queue_id in served and other in served)
            if serving > 0:
                other_load, other_aht_s = self._load_at(other, at)
                load += other_load * shared / serving
                calls_per_s += other_load / other_aht_s * shared / serving
        patience_s = forecast.patience_s if forecast is not None and forecast.patience_s > 0 else inf
        needs = 0
        if load > 0:
            goal = min(queue.service_level_goal, 0.999)
            needs = agents_needed(load, load / calls_per_s, queue.service_level_target_s, goal, patience_s)
        return has, max(needs, int(forecast is None))

    def _load_at(self, queue_id: str, at: float) -> tuple[float, float]:
        """In Erlang, and the handling time."""
        forecast = self._state.config.forecasts.get(queue_id)
        load = forecast.load_at(at) if forecast is not None else None
        if forecast is not None and load is not None:
            return load, forecast.aht_s
        going_on = self._busy[queue_id] + sum(not call.is_parked for call in self._state.waiting.get(queue_id, ()))
        return float(going_on), USUAL_AHT_S


def is_at_work(agent: AgentLive) -> bool:
    """Whether the agent takes calls, or is busy with one and will take the next."""
    if agent.state is READY:
        return agent.device_up
    return agent.state in BUSY and agent.next_state is READY


def queues_of(state: State, agent: Agent) -> _Queues:
    """The configured queues that the agent serves."""
    queues = state.config.queues
    return frozenset(membership.queue_id for membership in agent.memberships if membership.queue_id in queues)


def _serving(staff: Counter[_Queues], queue_id: str) -> int:
    return sum(count for served, count in staff.items() if queue_id in served)
