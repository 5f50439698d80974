"""The bank's real waits of a month, and what its callers would have been told at their beginning.

No simulation: instants of entering, answer and giving up are the log's. A caller's position is counted among those who
wait for the same kind of call; that the bank let important customers in front is not known to the rule.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allo.core.expected_wait import Guess, Pace, came_out, guess, is_trusted, pass_time, spoken
from allo.sim.told import Told
from tests.sim.bank_log import OPEN_S, LoggedCall, read_days


@dataclass
class _Waiting:
    call: LoggedCall
    guesses: list[Guess]
    is_told: bool


def told_by_the_log(month: str) -> Told:
    """The month, one pace for each kind of call from the first day to the last."""
    told = Told()
    paces: defaultdict[str, Pace] = defaultdict(Pace)
    for number, day in enumerate(read_days(month).values(), 1):
        _play(day.calls, number * OPEN_S, paces, told)
    return told


def _play(calls: list[LoggedCall], day_at: float, paces: defaultdict[str, Pace], told: Told) -> None:
    events = [(call.entered_s, 1, place) for place, call in enumerate(calls) if call.wait_s > 0]
    events += [(call.entered_s + call.wait_s, 0, place) for place, call in enumerate(calls) if call.wait_s > 0]
    waiting: dict[int, _Waiting] = {}
    for second, is_entering, place in sorted(events):
        call, now = calls[place], day_at + second
        pace = paces[call.kind]
        if is_entering:
            pass_time(pace, now)
            pace.waiting += 1
            position = 1 + sum(other.call.kind == call.kind for other in waiting.values())
            known = guess(pace, position, now)
            waiting[place] = _Waiting(call, [known] if known else [], known is not None and is_trusted(pace))
        elif (one := waiting.pop(place, None)) is not None:
            _count(told, one, now)
            came_out(pace, one.guesses, now, is_answered=bool(call.agent))


def _count(told: Told, one: _Waiting, now: float) -> None:
    if not one.is_told:
        return
    (known,) = one.guesses
    low_min, high_min = spoken(known)
    told.callers += 1
    told.sentences += 1
    told.wide_min += high_min - low_min
    waited_s = now - known.at
    if one.call.agent or waited_s > high_min * 60:
        told.came_out += 1
        told.held += low_min * 60 <= waited_s <= high_min * 60
