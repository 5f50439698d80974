"""The two decisions of a call centre: a call looks for an agent, and a freed agent looks for a call.

Both are pure reads of the state. Each returns its reason with its choice; the reason becomes a fact, so that
"why did this agent get this call" has an answer later.

*A call looks for an agent* (`select_agent`): among the READY agents of its queue whose device is up, the
lowest membership level first; within a level by the queue's strategy, ties to the longest idle.
*A freed agent looks for a call* (`select_call`): of the calls not ringing anywhere in all the agent's queues,
the highest priority first, then the one that has waited longest, then the one that arrived first.
Both: a queue removed from the configuration has no members any more, and every agent may take its last calls.
"""

from __future__ import annotations

from allo.core.frozen import frozen
from allo.core.model import Agent, Queue, Strategy
from allo.core.state import AgentLive, Call, State

FIRST_LEVEL = 1
"""The membership level asked first; there is none below it."""


@frozen
class Choice:
    """An agent for a call (or a call for an agent), and why."""

    agent: AgentLive
    call: Call
    reason: str


def select_agent(state: State, call: Call) -> Choice | None:
    """The agent who is to be offered `call` now, or None when nobody is free for it."""
    queue = state.queues[call.queue_id]
    best: AgentLive | None = None
    best_rank: tuple[int, int] = (0, 0)
    is_removed = queue.id not in state.config.queues
    for agent in state.ready.values():
        configured = state.config.agents.get(agent.id)
        if configured is None:
            continue
        level = FIRST_LEVEL if is_removed else level_in(configured, queue)
        if level is None:
            continue
        calls = agent.calls_taken if queue.strategy is Strategy.LEAST_CALLS else 0
        if best is None or (level, calls) < best_rank:
            # `ready` is ordered by idle time, so that an equal later one never replaces an earlier one
            best, best_rank = agent, (level, calls)
            if best_rank == (FIRST_LEVEL, 0):
                break
    if best is None:
        return None
    return Choice(best, call, f"call:{queue.strategy.value}:level={best_rank[0]}")


def select_call(state: State, agent: AgentLive) -> Choice | None:
    """The waiting call which the free `agent` is to be offered now, or None."""
    configured = state.config.agents.get(agent.id)
    if configured is None:
        return None
    best: Call | None = None
    queue_ids = [membership.queue_id for membership in configured.memberships]
    if len(state.queues) > len(state.config.queues):
        queue_ids += [id_ for id_ in state.queues if id_ not in state.config.queues]
    for queue_id in queue_ids:
        for call in state.waiting.get(queue_id, ()):
            if call.offer is None:
                if best is None or call.order < best.order:
                    best = call
                break
    if best is None:
        return None
    return Choice(agent, best, f"agent:longest_waiting:priority={-best.order[0]:g}")


def level_in(agent: Agent, queue: Queue) -> int | None:
    """The agent's membership level in the queue, or None for a stranger to it."""
    for membership in agent.memberships:
        if membership.queue_id == queue.id:
            return membership.level
    return None
