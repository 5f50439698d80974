"""What the random centres of `test_properties` have of a caller's way, and what must hold of it."""

from __future__ import annotations

from typing import Any

from allo.core.call import Call
from allo.core.call_states import CallState
from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.hours import Hours, Interval
from allo.core.journey import MOST_FLOWS, PAUSE
from allo.core.model import Block, CallbackRules, Dialling, FloodRule, NumberRoute
from allo.core.skill import Requirement
from allo.core.state import State

SHORT_DAY = Hours("Europe/Berlin", ((Interval(60, 78), Interval(80, 1400)),) * 7)
"""Begins before the first instant of the random centres (00:16:40 UTC) and has a gap soon after."""


MAIN, SUB = Target(TargetKind.MENU, "main"), Target(TargetKind.MENU, "sub")
BOX, OUT = Target(TargetKind.VOICEMAIL, "box"), Target(TargetKind.NUMBER, "+7495")


def ways(queue_id: str, revision: int) -> dict[str, Any]:
    """Settings of a queue: where it sends callers, in some configurations."""
    if revision % 2:
        return {}
    to_urgent = Target(TargetKind.QUEUE, "urgent")
    if queue_id == "sales":
        rules = CallbackRules("1", 7.0, hours=SHORT_DAY if revision % 3 else None, most_tries=2, retry_s=16.0)
        return {"callback": rules, "when_nobody_at_work": WayOut(to_urgent, "alone")}
    if queue_id == "support":
        return {
            "hours": SHORT_DAY,
            "when_closed": WayOut(to_urgent),
            "longest_wait_s": 16.0,
            "when_too_long": WayOut(BOX),
        }
    return {"most_waiting": 2, "when_full": WayOut(Target(TargetKind.QUEUE, "support"), "full")}


MENUS = {
    "main": Menu("main", "which", {"1": KeyChoice(Target(TargetKind.QUEUE, "sales"), "ru"), "2": KeyChoice(SUB)}),
    "sub": Menu(
        "sub",
        "more",
        {
            "1": KeyChoice(
                Target(TargetKind.QUEUE, "urgent"), priority=1, requirements=(Requirement("german", 2, 8.0),)
            ),
            "9": KeyChoice(MAIN),
        },
        (Branch(Target(TargetKind.QUEUE, "support"), kinds=("vip",), message="welcome"),),
        otherwise=MAIN,
    ),
}
DIALLING = Dialling(("+7*",), most_a_day=5, most_a_call=3, most_at_once=2)
FLOOD = FloodRule(60.0, slow_beyond=3, pause_s=5.0, refuse_beyond=12)
BLOCKS = {"+1*": Block("+1*", "robot", 1200.0)}
VOICEMAILS = {"box": Voicemail("box", "speak", "sales", shortest_s=2)}
ROUTES = {"103": NumberRoute("103", target=MAIN, opening_message="rec"), "104": NumberRoute("104", target=SUB)} | {
    number: NumberRoute(number, target=to) for number, to in (("105", BOX), ("106", OUT))
}


def check_absence(call: Call, state: State) -> None:
    """A customer who is to be called back is dialled for an agent who has answered, and only then."""
    assert (call.message is not None) == (call.state is CallState.VOICEMAIL)
    if call.state is CallState.DIALLING:
        assert state.legs[call.outside_leg_id] == call.id
        assert bool(call.agent_id) == call.is_absent
    if call.callback is not None and call.callback.is_alone:
        assert call.state in (CallState.WAITING, CallState.DIALLING) or call.customer_leg_id
        assert call.callback.agreed_at


def check_journeys(state: State) -> set[str]:
    """What holds of calls on their way; returns their timers."""
    pauses: set[str] = set()
    window = FLOOD.within_s
    last = [times[-1] for times in state.recent_calls.values()]
    assert last == sorted(last)
    assert all(times[-1] - times[0] < window for times in state.recent_calls.values())
    for call in state.calls.values():
        assert call.flow_count <= MOST_FLOWS + 1
        if call.state is CallState.GREETED:
            assert call.prompts, "a call that hears nothing is somewhere"
            if call.prompts[0] == PAUSE:
                pauses.add(f"pause:{call.id}")
        if call.state is CallState.WAITING:
            assert 0 < call.entered_at <= call.queued_at
            assert call.order[1] >= call.entered_at
        assert (call.menu is not None) == (call.state is CallState.MENU)
        check_absence(call, state)
    timers = {name for name in state.timers if name.startswith("too_long:")}
    for name in timers:
        assert state.calls[name.partition(":")[2]].state is CallState.WAITING
    asked = {call.id for call in state.calls.values() if call.state is CallState.MENU and not call.prompts}
    timers |= {name for name in state.timers if name.startswith("callback:")}
    for call in state.calls.values():
        callback, name = call.callback, f"callback:{call.id}"
        if callback is not None and call.state is CallState.WAITING:
            assert name in timers or not callback.is_parked or not callback.is_alone, (
                "what is parked is looked at again"
            )
            assert name in timers or callback.agreed_at, "an answer is not awaited for ever"
        elif name in timers:
            assert call.state is CallState.WAITING
        if call.message is not None and call.message.is_caller_gone:
            timers.add(f"voicemail:{call.id}")
    dialled = {f"dial:{call.id}" for call in state.calls.values() if call.state is CallState.DIALLING}
    return timers | pauses | dialled | {f"menu:{call_id}" for call_id in asked}
