"""Protection of the lines: blocked numbers, callers who hide theirs, and floods of calls from one number.

Decides at the first ring whether a call is refused (with a message, or busy without one), slowed down (a message and a
pause before anything else), or let through. Every refusal and slowing is a fact with its rule.

Invariants: a block does not hold after it has expired; a refused call still counts in its flood; what is remembered of
callers is not older than the rule's window.
"""

from __future__ import annotations

from dataclasses import dataclass

from allo.core.call import Call
from allo.core.callers_way import Target, TargetKind
from allo.core.effects import AnswerCall
from allo.core.facts import CallRefused, CallSlowed, EndReason
from allo.core.journey import PAUSE, go, turn_away
from allo.core.model import FloodRule, NumberRoute
from allo.core.turn import Turn

HIDDEN = frozenset({"", "anonymous", "unavailable", "restricted"})
"""What the network sends instead of a number that the caller hides."""
_END = Target(TargetKind.HANG_UP)


@dataclass(frozen=True, slots=True)
class _Refusal:
    because: EndReason
    rule: str
    message: str
    target: Target


def is_anonymous(call: Call) -> bool:
    """Whether the caller hides the number."""
    return call.caller.lower() in HIDDEN


def is_let_through(turn: Turn, call: Call, route: NumberRoute | None) -> bool:
    """Whether the call goes its usual way; if not, it has been sent elsewhere."""
    config = turn.state.config
    flood = config.flood
    if flood is None and not config.blocks and (route is None or route.when_anonymous is None):
        return True
    calls = _count(turn, call, flood) if flood is not None else 0
    refusal = _refusal(turn, call, route, calls)
    if refusal is None:
        return True
    turn.record(CallRefused(turn.now, call.id, call.caller, refusal.because, refusal.rule))
    ends = refusal.target.kind in (TargetKind.HANG_UP, TargetKind.MESSAGE)
    if not ends or refusal.message or refusal.target.id:
        turn.do(AnswerCall(call.id))
    if refusal.target.kind is TargetKind.HANG_UP:
        turn_away(turn, call, refusal.because, refusal.message)
    else:
        call.turned_away = refusal.because if ends else None
        go(turn, call, refusal.target, refusal.message)
    return False


def slowing(turn: Turn, call: Call) -> tuple[str, ...]:
    """What a call that is let through hears first: nothing, or a message and a pause."""
    flood = turn.state.config.flood
    if flood is None:
        return ()
    calls = len(turn.state.recent_calls.get(call.caller, ()))
    if is_anonymous(call) or calls <= flood.slow_beyond:
        return ()
    turn.record(CallSlowed(turn.now, call.id, call.caller, calls, flood.pause_s))
    return flood.message, PAUSE


def _refusal(turn: Turn, call: Call, route: NumberRoute | None, calls: int) -> _Refusal | None:
    config = turn.state.config
    block = config.block_of(call.caller, turn.now)
    if block is not None:
        return _Refusal(EndReason.BLOCKED, block.reason, block.message, _END)
    if route is not None and route.when_anonymous is not None and is_anonymous(call):
        way = route.when_anonymous
        return _Refusal(EndReason.ANONYMOUS, route.number, way.message, way.target)
    if config.flood is not None and calls > config.flood.refuse_beyond > 0:
        return _Refusal(EndReason.FLOOD, f"{calls} calls in {config.flood.within_s:g} s", config.flood.refusal, _END)
    return None


def _count(turn: Turn, call: Call, flood: FloodRule) -> int:
    """Remember this call; how many there were from its number within the window, this one included."""
    recent, since_at = turn.state.recent_calls, turn.now - flood.within_s
    while recent and recent[oldest := next(iter(recent))][-1] <= since_at:
        del recent[oldest]
    if is_anonymous(call):
        return 0
    # taken out and put in again: the callers stay in the order of their last calls
    times = [at for at in recent.pop(call.caller, ()) if at > since_at]
    recent[call.caller] = [*times, turn.now]
    return len(times) + 1
