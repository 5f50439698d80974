"""A whole call without a mouse, the map of keys, and the palette."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage

Call = Callable[..., SipCaller]


def test_a_whole_call_by_keys_alone(stage: Stage, desk: Desk, call: Call) -> None:
    desk.press("F2")
    desk.wait(state="not_ready")
    desk.press("r")
    desk.wait(state="ready")
    call(caller="79005550120")
    desk.accept()
    desk.page.wait_for_selector("textarea[name=note]")
    desk.press("2", "n")
    desk.page.keyboard.type("by keys: 1 2 3 ?")
    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted")
    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted", state="detached")
    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")
    assert desk.page.locator("textarea[name=note]").input_value() == "by keys: 1 2 3 ?"
    assert desk.page.locator("input[name=disposition]:checked").count() == 1
    desk.press("F2")
    desk.wait(phase="idle", state="ready")
    desk.press("Escape", "b", "Tab", "Enter")
    desk.wait(state="not_ready")
    assert stage.agent()["reason"]


def test_the_map_lists_the_keys_that_work_now(desk: Desk) -> None:
    desk.ready()
    desk.press("?")
    desk.page.wait_for_selector("#keys[open]")
    shown = desk.said("#keys")
    for line in ("Break B", "Sound and connection S", "Find or do Ctrl K"):
        assert line in shown
    desk.press("Escape")
    desk.page.wait_for_selector("#keys", state="hidden")
    desk.wait(state="ready")


def test_the_palette_finds_a_customer_and_takes_a_break(stage: Stage, desk: Desk, call: Call) -> None:
    desk.ready()
    caller = call(caller="79005550130")
    desk.wait(phase="offer", talk="ringing")
    caller.hang_up()
    desk.wait(phase="idle", state="ready")
    desk.press("Control+k")
    desk.page.keyboard.type("5550130")
    desk.page.wait_for_selector("#palette [role=option]")
    desk.press("Enter")
    desk.page.wait_for_selector("#card .customer[data-customer]")
    assert "0130" in desk.said("#card .customer__facts").replace(" ", "").replace("-", "")
    desk.press("Control+k")
    desk.page.keyboard.type("lunch")
    desk.press("Enter")
    desk.wait(state="not_ready")
    assert "Lunch" in desk.said("#desk-state")
