"""The two decisions of a call centre: a call looks for an agent, and a freed agent looks for a call.

Both are pure reads of the state. Each returns its reason with its choice; the reason becomes a fact, so that
"why did this agent get this call" has an answer later.

*Who may take a call* (`level_for`): a member of its queue who has every skill that is still in force for it. One that
is reserved for an agent is for them alone, member or not; one kept from an agent is for anybody else. A queue
removed from the configuration has no members: anybody may take its last calls.
*A call looks for an agent* (`select_agents`): among the READY agents who may take it and whose device is up, the
lowest membership level first; within a level by the queue's strategy, ties to the longest idle.
*A freed agent looks for a call* (`select_call`): of the calls they may take in all their queues the most urgent:
the highest priority first, then the one nearest to breaking its queue's target, then the one that arrived first.
"""

from __future__ import annotations

from collections.abc import Iterator

from allo.core.call import Call
from allo.core.frozen import frozen
from allo.core.model import Agent, Queue, Strategy
from allo.core.skill import Requirement
from allo.core.state import AgentLive, State

FIRST_LEVEL = 1
"""The membership level asked first; there is none below it."""


@frozen
class Choice:
    """An agent for a call (or a call for an agent), and why: `<who sought>:<rule>:<name>=<value>:...`."""

    agent: AgentLive
    call: Call
    reason: str


def select_agents(state: State, call: Call, now: float) -> list[Choice]:
    """The agents who are to be offered `call` now: one at most, or all who may ring; empty when nobody is free."""
    queue = state.queues[call.queue_id]
    if call.callback is not None and call.callback.is_parked:
        return []
    if call.reserved_for:
        reserved_for = state.ready.get(call.reserved_for)
        return [Choice(reserved_for, call, f"call:{call.reserved_because}")] if reserved_for else []
    found: list[tuple[int, AgentLive, Agent]] = []
    for agent in state.ready.values():  # the longest idle first
        configured = state.config.agents.get(agent.id)
        level = level_for(state, call, configured)
        if level is None or configured is None:
            continue
        if level == FIRST_LEVEL and queue.strategy is Strategy.LONGEST_IDLE:
            return [_choice(agent, call, queue, level)]
        found.append((level, agent, configured))
    if not found:
        return []
    lowest = min(level for level, _, _ in found)
    free = [(agent, configured) for level, agent, configured in found if level == lowest]
    if queue.strategy is Strategy.RING_ALL:
        return [_choice(agent, call, queue, lowest) for agent, _ in free]
    # min() keeps the first of equals, and `ready` has the longest idle first.
    agent, configured = min(free, key=lambda one: _rank(state, call, queue, one[0], one[1], now))
    return [_choice(agent, call, queue, lowest)]


def select_call(state: State, agent: AgentLive, now: float) -> Choice | None:
    """The waiting call which the free `agent` is to be offered now, or None.

    A call that rings already is for nobody else, but in a queue in which all ring; there too, calls that ring nowhere
    go first.
    """
    configured = state.config.agents.get(agent.id)
    if configured is None or not any(state.waiting.values()):
        return None
    queues = _queues_of(state, configured)
    best = _most_urgent_silent(state, queues, configured)
    if state.reserved:
        reserved = _silent_and_reserved(state, agent.id)
        best = min(reserved if best is None else [best, *reserved], key=_order, default=None)
    if best is None:
        ringing = [call for id_ in queues if (call := _first_ringing(state, id_, configured)) is not None]
        if not ringing:
            return None
        best = min(ringing, key=_order)
    if best.reserved_for:
        return Choice(agent, best, f"agent:{best.reserved_because}")
    left_s = best.order[1] - now
    return Choice(agent, best, f"agent:most_urgent:priority={-best.order[0]:g}:left_s={left_s:.1f}")


def level_for(state: State, call: Call, configured: Agent | None) -> int | None:
    """The agent's level for the call; None for one who may not take it now."""
    if configured is None or call.reserved_for or call.not_for == configured.id:
        return None
    if call.callback is not None and call.callback.is_parked:
        return None
    if call.queue_id not in state.config.queues:
        return FIRST_LEVEL
    level = level_in(configured, call.queue_id)
    if level is None or not call.requirements:
        return level
    return level if all(_has(configured, need) for need in in_force(call)) else None


def free_agent_of(state: State, queue_id: str) -> AgentLive | None:
    """The free agent of a queue's lowest level who has been idle longest."""
    free = [
        (level, agent)
        for agent in state.ready.values()
        if (configured := state.config.agents.get(agent.id)) and (level := level_in(configured, queue_id))
    ]
    return min(free, key=lambda one: one[0])[1] if free else None


def level_in(agent: Agent, queue_id: str) -> int | None:
    """The agent's membership level in the queue, or None for a stranger to it."""
    for membership in agent.memberships:
        if membership.queue_id == queue_id:
            return membership.level
    return None


def in_force(call: Call) -> Iterator[Requirement]:
    """What the call still requires: what is never relaxed, or not yet."""
    for need in call.requirements:
        if not 0 < need.relax_after_s <= call.relaxed_s:
            yield need


def _has(agent: Agent, need: Requirement) -> bool:
    return agent.skills.get(need.skill, 0) >= need.at_least


def _most_urgent_silent(state: State, queues: list[str], agent: Agent) -> Call | None:
    """The most urgent call that rings nowhere and that the agent may take."""
    best: Call | None = None
    for queue_id in queues:
        for call in state.waiting.get(queue_id, ()):
            if best is not None and best.order < call.order:
                break  # so is all that stands behind it
            if not call.offers and level_for(state, call, agent) is not None:
                best = call
                break
    return best


def _first_ringing(state: State, queue_id: str, agent: Agent) -> Call | None:
    """Where all ring: the most urgent call that rings at others and may ring at the agent too."""
    if state.queues[queue_id].strategy is not Strategy.RING_ALL:
        return None
    for call in state.waiting.get(queue_id, ()):
        if call.offers and call.offer_to(agent.id) is None and level_for(state, call, agent) is not None:
            return call
    return None


def _silent_and_reserved(state: State, agent_id: str) -> list[Call]:
    calls = [state.calls[id_] for id_, for_id in state.reserved.items() if for_id == agent_id]
    return [call for call in calls if not call.offers and not (call.callback is not None and call.callback.is_parked)]


def _order(call: Call) -> tuple[float, float, int]:
    return call.order


def _queues_of(state: State, agent: Agent) -> list[str]:
    queues = state.queues
    served = [membership.queue_id for membership in agent.memberships if membership.queue_id in queues]
    if len(queues) > len(state.config.queues):
        served += (id_ for id_ in queues if id_ not in state.config.queues)
    return served


def _rank(state: State, call: Call, queue: Queue, agent: AgentLive, configured: Agent, now: float) -> tuple[float, str]:
    """Smallest first."""
    match queue.strategy:
        case Strategy.LEAST_CALLS:
            return agent.calls_taken, ""
        case Strategy.LEAST_OCCUPIED:
            ready_s = agent.ready_s + now - agent.since_at
            total_s = agent.handling_s + ready_s
            return (agent.handling_s / total_s if total_s else 0.0), ""
        case Strategy.MOST_SKILLED:
            return -_proficiency(call, configured), ""
        case Strategy.ROUND_ROBIN:
            return float(agent.id <= state.last_offered.get(queue.id, "")), agent.id
    return 0.0, ""


def _proficiency(call: Call, agent: Agent) -> int:
    return sum(agent.skills.get(need.skill, 0) for need in call.requirements)


def _choice(agent: AgentLive, call: Call, queue: Queue, level: int) -> Choice:
    return Choice(agent, call, f"call:{queue.strategy}:level={level}")
