"""What the random centres of `test_properties` have of a caller's way, and what must hold of it."""

from __future__ import annotations

from typing import Any

from allo.core.call_states import CallState
from allo.core.hours import Hours, Interval
from allo.core.journey import MOST_FLOWS
from allo.core.model import Branch, KeyChoice, Menu, NumberRoute, Target, TargetKind, WayOut
from allo.core.state import State

SHORT_DAY = Hours("Europe/Berlin", ((Interval(60, 78), Interval(80, 1400)),) * 7)
"""Begins before the first instant of the random centres (00:16:40 UTC) and has a gap soon after."""


MAIN, SUB = Target(TargetKind.MENU, "main"), Target(TargetKind.MENU, "sub")


def ways(queue_id: str, revision: int) -> dict[str, Any]:
    """Settings of a queue: where it sends callers, in some configurations."""
    if revision % 2:
        return {}
    to_urgent = Target(TargetKind.QUEUE, "urgent")
    if queue_id == "sales":
        return {"when_nobody_at_work": WayOut(to_urgent, "alone")}
    if queue_id == "support":
        return {"hours": SHORT_DAY, "when_closed": WayOut(to_urgent), "longest_wait_s": 16.0}
    return {"most_waiting": 2, "when_full": WayOut(Target(TargetKind.QUEUE, "support"), "full")}


MENUS = {
    "main": Menu("main", "which", {"1": KeyChoice(Target(TargetKind.QUEUE, "sales"), "ru"), "2": KeyChoice(SUB)}),
    "sub": Menu(
        "sub",
        "more",
        {"1": KeyChoice(Target(TargetKind.QUEUE, "urgent"), priority=1), "9": KeyChoice(MAIN)},
        (Branch(Target(TargetKind.QUEUE, "support"), kinds=("vip",), message="welcome"),),
        otherwise=MAIN,
    ),
}
ROUTES = {"103": NumberRoute("103", target=MAIN, opening_message="rec"), "104": NumberRoute("104", target=SUB)}


def check_journeys(state: State) -> set[str]:
    """What holds of calls on their way; returns their timers."""
    for call in state.calls.values():
        assert call.flow_count <= MOST_FLOWS + 1
        if call.state is CallState.GREETED:
            assert call.prompts, "a call that hears nothing is somewhere"
        if call.state is CallState.WAITING:
            assert 0 < call.entered_at <= call.queued_at
            assert call.order[1] >= call.entered_at
        assert (call.menu is not None) == (call.state is CallState.MENU)
    timers = {name for name in state.timers if name.startswith("too_long:")}
    for name in timers:
        assert state.calls[name.partition(":")[2]].state is CallState.WAITING
    asked = {call.id for call in state.calls.values() if call.state is CallState.MENU and not call.prompts}
    return timers | {f"menu:{call_id}" for call_id in asked}
