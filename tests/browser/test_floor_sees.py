"""The team leader's floor follows a call while it happens."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage

Call = Callable[..., SipCaller]


def test_the_floor_shows_the_call_live(stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]) -> None:
    floor = open_page("leader")
    floor.goto(f"{stage.origin}/floor/")
    tile = f"#agents-{stage.agent_id}"

    def sees(state: str) -> None:
        floor.wait_for_selector(f"{tile}[data-state='{state}']", timeout=10_000)

    sees("offline")
    floor.click("[data-write]")
    floor.fill("#writing-text", "A meeting in five minutes")
    floor.click("#writing .button--primary")
    floor.wait_for_selector("#writing .said")  # behind the dialog it could not be read
    floor.click("#writing [data-close-dialog]")
    desk.ready()
    sees("ready")
    caller = call(caller="79005550140")
    sees("offered")
    desk.accept()
    sees("on-call")
    floor.wait_for_selector(".call-now--talking >> text=Quick")
    said = floor.locator(".call-now--talking .call-now__who > span").first
    assert said.evaluate("one => one.scrollWidth <= one.clientWidth"), f"all of it is to be read: {said.inner_text()}"
    desk.hold()
    floor.wait_for_selector(".call-now--held")
    floor.wait_for_selector(f"{tile} >> text=On hold")
    desk.press("F4")
    floor.wait_for_selector(".call-now--talking")
    caller.hang_up()
    floor.wait_for_selector(".call-now", state="detached")
    sees("wrap-up")
