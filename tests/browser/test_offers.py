"""An offer in the agent's browser: how it is noticed, and each way in which it can end."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import BRIEF_NUMBER, Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]

# Chromium without a screen always says that the page has the focus.
_BEHIND_OTHER_WINDOWS = """() => {
  document.hasFocus = () => false;
  window.shown = [];
  window.Notification = class {
    constructor(title, { body }) { window.shown.push(`${title} / ${body}`); }
    close() { window.shown.push('closed'); }
  };
  window.Notification.permission = 'granted';
}"""


def test_it_rings_shows_who_calls_and_says_so_in_title_and_notification(desk: Desk, call: Call) -> None:
    desk.page.evaluate(_BEHIND_OTHER_WINDOWS)
    title = desk.page.title()
    desk.ready()
    call(caller="79005550101")
    desk.wait(phase="offer", talk="ringing")
    assert "555" in desk.said(".offer__who")
    assert "Quick" in desk.said(".offer dl")
    assert desk.page.title().startswith("Call: ")
    assert any("Quick" in one for one in desk.page.evaluate("window.shown"))
    desk.wait(ring="on")
    desk.accept()
    assert desk.page.title() == title
    assert desk.page.evaluate("window.shown.at(-1)") == "closed"
    desk.wait(ring="off")


def test_declined_by_key_the_caller_goes_on_waiting_and_a_double_click_accepts_once(
    stage: Stage, desk: Desk, call: Call
) -> None:
    desk.ready()
    caller = call()
    desk.wait(phase="offer", talk="ringing")
    desk.press("F9")
    desk.wait(phase="idle", state="not_ready", talk="none")
    assert "You declined a call" in desk.said(".rest")
    assert "Declined" in desk.said("#desk-state")
    assert stage.agent()["reason"] == "declined"
    assert not caller.ended_at
    desk.press("F2")  # ready again: the same caller is offered anew
    desk.wait(phase="offer", talk="ringing")
    desk.page.dblclick("[data-phone=accept]")
    desk.wait(phase="talk", talk="talking")
    assert stage.call()["state"] == "talking"
    assert desk.page.locator(".said, .toast--error").count() == 0


def test_an_offer_that_expires_makes_not_ready_with_the_reason(stage: Stage, desk: Desk, call: Call) -> None:
    desk.ready()
    caller = call(BRIEF_NUMBER)
    desk.wait(phase="offer", talk="ringing")
    desk.wait(phase="idle", state="not_ready", talk="none")
    assert "You did not answer a call" in desk.said(".rest")
    assert stage.agent()["reason"] == "no_answer"
    desk.wait(ring="off")
    assert not caller.ended_at


def test_when_the_caller_leaves_while_it_rings_the_agent_is_ready_again(stage: Stage, desk: Desk, call: Call) -> None:
    desk.ready()
    caller = call()
    desk.wait(phase="offer", talk="ringing")
    caller.hang_up()
    desk.wait(phase="idle", state="ready", talk="none")
    desk.wait(ring="off")
    assert not desk.page.title().startswith("Call: ")
    wait_until(lambda: not stage.live_calls(), "the call is over")
