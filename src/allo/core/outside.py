"""Outside numbers: who may be dialled and how often, and callers who are passed on to one.

Every outside leg of the engine begins in `dial`, which holds the limits against toll fraud: allowed patterns, so many a
day in the whole centre, so many a call, so many at once. A refusal is a fact with its reason.

Invariants: no `DialNumber` without `Config.may_dial`; an outside leg is in `State.legs` from its dialling to its end;
never more of them at once than allowed when the last one began.
"""

from __future__ import annotations

from allo.core.call import Call
from allo.core.call_states import DIALLING, FORWARDED
from allo.core.effects import DialNumber, StartMusic
from allo.core.facts import EndReason, OutsideDialled, OutsideRefusal, OutsideRefused
from allo.core.hearing import connect
from allo.core.hours import local_day
from allo.core.journey import turn_away
from allo.core.state import State
from allo.core.turn import Turn

RING_S = 30.0
GIVE_UP_S = 10.0
"""So long after its ringing a leg of which nothing was heard counts as not answered: its end may have been missed, and
nobody may be bound to it for ever."""
UNAVAILABLE_PROMPT = "system:unavailable"
_MARK = "-o"
"""Between the call and the number of its outside leg."""


def dial(turn: Turn, call: Call, number: str, ring_s: float = RING_S) -> str | OutsideRefusal:
    """Ring an outside number for a call; its new leg, or the limit that forbids it."""
    state = turn.state
    today = local_day(state.config.zone, turn.now)
    if state.dialled_on != today:
        state.dialled_on, state.dialled_count = today, 0
    refusal = _limit_of(turn, call, number)
    if refusal is not None:
        turn.record(OutsideRefused(turn.now, call.id, number, refusal))
        return refusal
    state.dialled_count += 1
    call.outside_count += 1
    leg_id = f"{call.id}{_MARK}{call.outside_count}"
    state.legs[leg_id] = call.id
    turn.do(DialNumber(call.id, leg_id, number, ring_s))
    turn.record(OutsideDialled(turn.now, call.id, leg_id, number))
    return leg_id


def _limit_of(turn: Turn, call: Call, number: str) -> OutsideRefusal | None:
    rules = turn.state.config.dialling
    if not turn.state.config.may_dial(number):
        return OutsideRefusal.NOT_ALLOWED
    if turn.state.dialled_count >= rules.most_a_day:
        return OutsideRefusal.DAY_LIMIT
    if call.outside_count >= rules.most_a_call:
        return OutsideRefusal.CALL_LIMIT
    if _at_once(turn.state) >= rules.most_at_once:
        return OutsideRefusal.AT_ONCE_LIMIT
    return None


def _at_once(state: State) -> int:
    return sum(leg_id.startswith(f"{call_id}{_MARK}") for leg_id, call_id in state.legs.items())


def wait_for_answer(turn: Turn, call: Call, leg_id: str, ring_s: float = RING_S) -> None:
    """The call goes on when its outside leg has answered or ended."""
    call.outside_leg_id = leg_id
    turn.start_timer(f"dial:{call.id}", turn.now + ring_s + GIVE_UP_S)


def forward(turn: Turn, call: Call, number: str) -> None:
    """Pass a GREETED call on to an outside number; the caller hears music until it answers."""
    leg_id = dial(turn, call, number)
    if isinstance(leg_id, OutsideRefusal):
        turn_away(turn, call, EndReason.UNAVAILABLE, UNAVAILABLE_PROMPT)
        return
    wait_for_answer(turn, call, leg_id)
    turn.move_call(call, DIALLING)
    queue = turn.state.queues.get(call.queue_id)
    turn.do(StartMusic(call.id, queue.music if queue else "default"))


def forwarded(turn: Turn, call: Call) -> None:
    """The outside number answered: it talks with the caller."""
    turn.cancel_timer(f"dial:{call.id}")
    call.leg_id, call.outside_leg_id = call.outside_leg_id, ""
    turn.move_call(call, FORWARDED)
    connect(turn, call)


def not_forwarded(turn: Turn, call: Call) -> None:
    """The outside number did not answer: the caller is told."""
    drop_outside_leg(turn, call)
    turn_away(turn, call, EndReason.UNAVAILABLE, UNAVAILABLE_PROMPT)


def drop_outside_leg(turn: Turn, call: Call) -> None:
    """End the outside leg of a call, if it has one."""
    turn.cancel_timer(f"dial:{call.id}")
    if call.outside_leg_id:
        turn.end_leg(call.outside_leg_id)
        call.outside_leg_id = ""
