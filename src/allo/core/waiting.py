"""A call's time in its queue: its place by urgency, whom it waits for, and what it gives up while it waits.

Decides the urgency (`order`), when a requirement is relaxed so that more agents may take the call, and how long a
returning customer waits for the agent of the last call. A reservation never lets anybody else wait: an agent takes the
most urgent call, reserved or not; and nobody waits for an agent who takes no calls. A waiting call keeps the priority
and the requirements it came with.
"""

from __future__ import annotations

from allo.core.agent_states import OFFERED, ON_CALL, READY, WRAP_UP
from allo.core.announcing import begin, fall_silent
from allo.core.call import Call
from allo.core.facts import CallWidened
from allo.core.promises import settle
from allo.core.selection import level_for
from allo.core.turn import Turn

_AT_WORK = frozenset({READY, OFFERED, ON_CALL, WRAP_UP})


def enter(turn: Turn, call: Call) -> int:
    """Put a call in a queue where it has not been yet; returns the position, 1 = next."""
    state = turn.state
    queue = state.queues[call.queue_id]
    state.arrivals += 1
    call.entered_at = call.waits_since_at or turn.now
    call.queued_at, call.waits_since_at = turn.now, 0.0
    target_at = call.entered_at + queue.service_level_target_s
    call.order = (-float(queue.priority + call.priority), target_at, state.arrivals)
    chosen = (need for choice in call.choices.values() for need in choice.requirements)
    call.requirements = (*queue.requirements, *call.needs, *chosen)
    call.relaxed_s = 0.0
    if queue.sticky_s > 0 and _may_wait_for_last_agent(turn, call):
        reserve(turn, call, call.last_agent_id, queue.sticky_s, "last_agent")
    if call.callback is None:
        rules = queue.callback if not call.answered_at else None
        if rules is not None and rules.offer_after_s > 0:
            turn.start_timer(f"callback:{call.id}", turn.now + rules.offer_after_s)
        if queue.longest_wait_s > 0:
            turn.start_timer(f"too_long:{call.id}", turn.now + queue.longest_wait_s)
    return come_back(turn, call)


def come_back(turn: Turn, call: Call) -> int:
    """Put a call in its queue again, at the place it had."""
    if call.requirements:
        _await_widening(turn, call)
    begin(turn, call)
    return turn.state.enqueue(call)


def leave(turn: Turn, call: Call, *, is_answered: bool = False, has_given_up: bool = False) -> None:
    """Take a call out of its queue."""
    turn.state.dequeue(call)
    if call.promised is not None:
        settle(turn, call, is_answered=is_answered, has_given_up=has_given_up)
    fall_silent(turn, call, is_answered=is_answered, has_given_up=has_given_up)
    turn.cancel_timer(f"widen:{call.id}")
    turn.cancel_timer(f"too_long:{call.id}")
    turn.cancel_timer(f"callback:{call.id}")
    if call.callback is not None and not call.callback.is_alone:
        call.callback = None  # asked for, but answered, sent on or gone before that
    if call.reserved_for or call.not_for:
        free_reservation(turn, call)


def widen(turn: Turn, call: Call) -> None:
    """So long a wait: the next requirements are given up."""
    before_s, call.relaxed_s = call.relaxed_s, _next_relaxation_s(call)
    given_up = tuple(need.skill for need in call.requirements if before_s < need.relax_after_s <= call.relaxed_s)
    turn.record(CallWidened(turn.now, call.id, call.queue_id, given_up))
    turn.touched.add(("call", call.id))
    _await_widening(turn, call)


def reserve(turn: Turn, call: Call, agent_id: str, for_s: float, because: str) -> None:
    """For a while the call waits for this agent alone, who need not be a member of its queue."""
    call.reserved_for, call.reserved_because = agent_id, because
    turn.state.reserved[call.id] = agent_id
    turn.start_timer(f"reserved:{call.id}", turn.now + for_s)


def keep_from(turn: Turn, call: Call, agent_id: str, for_s: float) -> None:
    """For a while the call goes to anybody but this agent."""
    call.not_for = agent_id
    turn.start_timer(f"reserved:{call.id}", turn.now + for_s)


def free_reservation(turn: Turn, call: Call) -> None:
    """The call waits for nobody in particular (any more)."""
    if call.reserved_for or call.not_for:
        call.reserved_for = call.reserved_because = call.not_for = ""
        turn.state.reserved.pop(call.id, None)
        turn.cancel_timer(f"reserved:{call.id}")
        turn.touched.add(("call", call.id))


def free_those_in_vain(turn: Turn) -> list[Call]:
    """Whom a call was reserved for has declined it, or takes no calls any more: it waits for nobody in particular.

    A telephone that is away for a moment (a page reload) is waited for. Returns the freed calls, most urgent first.
    """
    reserved = turn.state.reserved
    in_vain = [turn.state.calls[id_] for id_, agent_id in reserved.items() if not _takes_calls(turn, agent_id)]
    for call in in_vain:
        free_reservation(turn, call)
    return sorted(in_vain, key=lambda call: call.order)


def _await_widening(turn: Turn, call: Call) -> None:
    next_s = _next_relaxation_s(call)
    if next_s:
        turn.start_timer(f"widen:{call.id}", max(turn.now, call.entered_at + next_s))


def _next_relaxation_s(call: Call) -> float:
    """The next wait after which something is relaxed; 0.0: none is."""
    return min((need.relax_after_s for need in call.requirements if need.relax_after_s > call.relaxed_s), default=0.0)


def is_at_work(turn: Turn, agent_id: str) -> bool:
    """Whether the agent takes calls, now or when the present one is done."""
    return _takes_calls(turn, agent_id) and turn.state.agents[agent_id].device_up


def _takes_calls(turn: Turn, agent_id: str) -> bool:
    agent = turn.state.agents.get(agent_id)
    if agent is None or agent_id not in turn.state.config.agents:
        return False
    return agent.state in _AT_WORK and agent.next_state is READY


def _may_wait_for_last_agent(turn: Turn, call: Call) -> bool:
    configured = turn.state.config.agents.get(call.last_agent_id)
    return level_for(turn.state, call, configured) is not None and is_at_work(turn, call.last_agent_id)
