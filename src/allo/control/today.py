"""Today's figures, live: tallies of the core's metrics folded from facts since local midnight.

Decides what belongs to today: a call by the instant it entered its queue, or was sent on; an agent's interval by its
part after midnight. A call that was passed on counts for each of its agents, with the agent's own seconds, when it has
ended. A day's facts come twice after a restart (from the ledger and from the replay); each counts once, by its uid.
Intervals still open are not in the figures; a page adds `now - since_at` of the running one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from allo.core.agent_states import AgentState
from allo.core.facts import AgentStateChanged, CallEnded, Fact, FlowedOut, WrapUpEnded
from allo.core.metrics import CallTally, TimeTally
from allo.core.model import Queue
from allo.core.state import State
from allo.data.call_parts import PART_FACTS, CallParts, Part
from allo.data.more_projections import call_id_of

COUNTED = (*PART_FACTS, AgentStateChanged, FlowedOut)
"""What is read of a day; `CallParts` takes the most of it."""
_COUNTED = frozenset(COUNTED)

_NO_QUEUE = Queue("", "")


@dataclass(slots=True)
class Figures:
    """Calls and time of one queue or one agent."""

    calls: CallTally = field(default_factory=CallTally)
    time: TimeTally = field(default_factory=TimeTally)


class Today:
    """The running day's figures by queue id and agent id."""

    def __init__(self, zone: tzinfo, now: float) -> None:
        self._zone = zone
        self.queues: dict[str, Figures] = {}
        self.agents: dict[str, Figures] = {}
        self._seen: set[str] = set()
        self._parts: dict[str, CallParts] = {}
        self.begins_at, self.ends_at = _day(zone, now)

    def turn_page(self, now: float) -> bool:
        """Start afresh when midnight has passed; True when it has."""
        if self.begins_at <= now < self.ends_at:
            return False
        self.queues.clear()
        self.agents.clear()
        self._seen.clear()
        self._parts.clear()
        self.begins_at, self.ends_at = _day(self._zone, now)
        return True

    def add_all(self, facts: Iterable[tuple[str, Fact]], state: State) -> None:
        """Count facts with their uids, each once."""
        for uid, fact in facts:
            self.add(uid, fact, state)

    def add(self, uid: str, fact: Fact, state: State) -> list[tuple[str, str]]:
        """Count a fact; returns whose figures it may have changed: nobody's when it is known or does not matter."""
        if type(fact) not in _COUNTED or not self.begins_at <= fact.at < self.ends_at or uid in self._seen:
            return []
        self._seen.add(uid)
        if isinstance(fact, CallEnded):
            return self._add_call(fact, state)
        if isinstance(fact, WrapUpEnded):
            self.of_queue(fact.queue_id).calls.add_wrapup(fact)
            self.of_agent(fact.agent_id).calls.add_wrapup(fact)
        elif isinstance(fact, AgentStateChanged):
            self._add_interval(fact, state)
        elif isinstance(fact, FlowedOut):
            queue = state.queues.get(fact.queue_id, _NO_QUEUE)
            self.of_queue(fact.queue_id).calls.add_flow_out(fact, queue.service_level_target_s)
            return [("queue", fact.queue_id)]
        else:
            self._parts.setdefault(call_id_of(fact), CallParts()).add(fact)
            return []
        return [("queue", fact.queue_id), ("agent", fact.agent_id)]

    def of_queue(self, queue_id: str) -> Figures:
        """A queue's figures."""
        return self.queues.setdefault(queue_id, Figures())

    def of_agent(self, agent_id: str) -> Figures:
        """An agent's figures."""
        return self.agents.setdefault(agent_id, Figures())

    def _add_call(self, call: CallEnded, state: State) -> list[tuple[str, str]]:
        parts = self._parts.pop(call_id_of(call), CallParts())
        parts.add(call)
        if call.entered_at < self.begins_at:
            return []
        queue = state.queues.get(call.queue_id, _NO_QUEUE)
        limits = queue.service_level_target_s, queue.short_abandon_s
        self.of_queue(call.queue_id).calls.add_call(call, *limits)
        # Of a call whose beginning is not known here everything is the last agent's.
        whole = (
            [Part(call.agent_id, call.queue_id, 0.0, talk_s=call.talk_s, hold_s=call.hold_s)] if call.agent_id else []
        )
        shares = parts.parts or whole
        for part in shares:
            own = replace(call, agent_id=part.agent_id, talk_s=part.talk_s, hold_s=part.hold_s)
            self.of_agent(part.agent_id).calls.add_call(own, *limits)
        return [("queue", call.queue_id), *(("agent", part.agent_id) for part in shares)]

    def _add_interval(self, change: AgentStateChanged, state: State) -> None:
        lasted_s = min(change.lasted_s, change.at - self.begins_at)
        self.of_agent(change.agent_id).time.add_seconds(change.previous, lasted_s)
        agent = state.config.agents.get(change.agent_id)
        if agent is None or agent.is_automatic:
            return  # a queue's time is that of its people
        if change.previous == AgentState.READY.value:
            for membership in agent.memberships:
                self.of_queue(membership.queue_id).time.add_seconds(change.previous, lasted_s)
        elif change.queue_id:
            self.of_queue(change.queue_id).time.add_seconds(change.previous, lasted_s)


def _day(zone: tzinfo, now: float) -> tuple[float, float]:
    begins = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = datetime.combine((begins + timedelta(days=1)).date(), datetime.min.time(), zone)
    return begins.timestamp(), ends.timestamp()
