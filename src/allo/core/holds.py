"""Hold: the caller hears music, with a reason that is told, a limit that reminds, and an end that never gets lost.

Decides what the caller hears first (the reason's prompt), when the agent is reminded, and what a cool-off is: an angry
caller waits with music for a while, and then the talk goes on by itself (not while the agent asks somebody), or another
agent takes the call.
Invariant: a HELD call has the timer `hold:` of its limit (if it has one) and nothing of it when it is HELD no more.
"""

from __future__ import annotations

from allo.core.call import Call
from allo.core.call_states import HELD, TALKING
from allo.core.effects import PlayPrompt, StartMusic
from allo.core.facts import HoldEnded, HoldLimitReached, HoldStarted
from allo.core.hearing import connect
from allo.core.model import Queue
from allo.core.refusal import Refusal
from allo.core.state import State
from allo.core.turn import Turn

COOL_OFF = "cool_off"
CONSULT = "consult"
"""Reasons that the engine gives by itself."""


def hold(turn: Turn, call: Call, reason: str = "") -> Refusal | None:
    """TALKING → HELD; the caller is told why, where there is a prompt for it."""
    reasons = turn.state.config.hold_reasons
    if reason and reason not in reasons and reason not in (COOL_OFF, CONSULT):
        return Refusal.UNKNOWN_HOLD_REASON
    queue = turn.state.queues[call.queue_id]
    turn.move_call(call, HELD)
    call.hold_reason, call.is_hold_late = reason, False
    connect(turn, call)
    turn.record(HoldStarted(turn.now, call.id, call.agent_id, reason))
    prompt = words_of(turn.state, call)
    if prompt:
        turn.do(PlayPrompt(call.id, prompt, call.language))
    if reason == COOL_OFF:
        turn.start_timer(f"cool:{call.id}", turn.now + queue.cool_off_s)
    else:
        _await_limit(turn, call, queue)
    return None


def words_of(state: State, call: Call) -> str:
    """What a caller on hold is told before the music; "" for nothing."""
    if call.hold_reason == COOL_OFF:
        return state.queues[call.queue_id].cool_off_prompt
    reason = state.config.hold_reasons.get(call.hold_reason)
    return reason.prompt if reason else ""


def resume(turn: Turn, call: Call) -> None:
    """HELD → TALKING."""
    close_hold(turn, call)
    turn.move_call(call, TALKING)
    connect(turn, call)


def close_hold(turn: Turn, call: Call) -> None:
    """Put an end to the hold in the books, if the call is on hold; its next state is the caller's business."""
    if call.state is HELD:
        turn.record(HoldEnded(turn.now, call.id, call.agent_id, turn.now - call.since_at))
        turn.cancel_timer(f"hold:{call.id}")
        turn.cancel_timer(f"cool:{call.id}")
        call.hold_reason, call.is_hold_late = "", False


def cool_off_over(turn: Turn, call: Call) -> None:
    """The talk goes on; but what is being said to somebody who was asked is not for the caller: a reminder instead."""
    if call.consult is None:
        resume(turn, call)
    else:
        limit_reached(turn, call)


def reason_told(turn: Turn, call: Call, _prompt: str) -> None:
    """The caller has heard why: music again."""
    turn.do(StartMusic(call.id, turn.state.queues[call.queue_id].music))


def limit_reached(turn: Turn, call: Call) -> None:
    """Too long: the agent is reminded, again and again after the same time."""
    call.is_hold_late = True
    turn.touched.add(("call", call.id))
    turn.record(HoldLimitReached(turn.now, call.id, call.agent_id, turn.now - call.since_at))
    _await_limit(turn, call, turn.state.queues[call.queue_id])


def _await_limit(turn: Turn, call: Call, queue: Queue) -> None:
    reason = turn.state.config.hold_reasons.get(call.hold_reason)
    limit_s = (reason.limit_s if reason else 0.0) or queue.hold_limit_s
    if limit_s > 0:
        turn.start_timer(f"hold:{call.id}", turn.now + limit_s)
