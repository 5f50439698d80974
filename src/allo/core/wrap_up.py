"""The wrap-up: what an agent does after a call, before the next one.

Decides how long it may take, and what becomes of who has not recorded an outcome by then. Invariant: wrap-up holds
across all queues; whoever is in it is offered nothing.
"""

from __future__ import annotations

from allo.core.agent_states import NOT_READY, OFFLINE, WRAP_UP, SystemReason
from allo.core.facts import WrapUpEnded
from allo.core.offers import release, seek_call
from allo.core.state import AgentLive
from allo.core.turn import Turn


def begin_wrapup(turn: Turn, agent: AgentLive) -> None:
    """The agent's conversation is over; they record its outcome, for a limited time."""
    queue = turn.state.queues[agent.queue_id]
    agent.wrapup_since_at = turn.now
    if queue.wrapup_limit_s <= 0 and not queue.outcome_required:
        finish_wrapup(turn, agent, "")
        return
    turn.move_agent(agent, WRAP_UP)
    if queue.wrapup_limit_s > 0:
        turn.start_timer(f"wrapup:{agent.id}", turn.now + queue.wrapup_limit_s)


def wrapup_limit_reached(turn: Turn, agent: AgentLive) -> None:
    """Time is up: go on, or wait for the missing outcome as NotReady."""
    queue = turn.state.queues.get(agent.queue_id)
    if queue is not None and queue.outcome_required and agent.next_state is not OFFLINE:
        turn.move_agent(agent, NOT_READY, SystemReason.OUTCOME_MISSING.value)
    else:
        finish_wrapup(turn, agent, "")


def finish_wrapup(turn: Turn, agent: AgentLive, disposition: str) -> None:
    """The outcome is recorded (or not asked for): the agent goes where they wished to go."""
    ended_at = turn.now
    if agent.state is NOT_READY:
        ended_at = agent.since_at
    turn.cancel_timer(f"wrapup:{agent.id}")
    turn.record(
        WrapUpEnded(
            turn.now,
            agent.call_id,
            agent.queue_id,
            agent.id,
            disposition,
            ended_at - agent.wrapup_since_at,
        )
    )
    agent.wrapped_call_id = agent.call_id
    release(turn, agent)
    seek_call(turn, agent)
