"""What an agent's page goes through in the middle of a call, and how the conversation outlives it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Page

from tests.browser.desk import SAVED, Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import CALLER_HZ, is_silence
from tests.browser.stage import Stage, sign_in
from tests.browser.test_conversation import hears_agent, hears_music
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
OpenPage = Callable[..., Page]


def reload(desk: Desk) -> None:
    desk.page.reload()
    desk.wait(phase="talk", talk="talking")


def test_after_a_reload_it_is_the_same_conversation_talking_held_or_muted(stage: Stage, desk: Desk, call: Call) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    before = stage.call()
    reload(desk)
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the caller hears the agent")
    after = stage.call()
    assert (after["id"], after["answered_at"]) == (before["id"], before["answered_at"])
    assert after["state"] == "talking"

    desk.hold()
    desk.page.wait_for_selector(".talk--held")
    wait_until(lambda: hears_music(caller), "the caller hears music")
    reload(desk)
    assert stage.call()["state"] == "held"
    desk.page.wait_for_selector(".talk--held")
    wait_until(lambda: hears_music(caller), "music goes on")
    desk.press("F4")
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the caller hears the agent again")

    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted")
    reload(desk)
    desk.wait(farHz=CALLER_HZ)
    packets = caller.packets()
    wait_until(lambda: caller.packets() > packets + 40, "packets come")
    assert is_silence(caller.hears())
    assert stage.call()["is_muted"]
    desk.page.wait_for_selector(".talk__muted")
    desk.press("F8")
    wait_until(lambda: hears_agent(caller), "the caller hears the agent after that too")
    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")
    wait_until(lambda: caller.ended_at, "the end reaches the caller")


def test_an_agent_whose_page_crashes_in_a_call_is_waited_for(
    stage: Stage, desk: Desk, call: Call, open_page: OpenPage
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    before = stage.call()
    with suppress(Error):  # a page that crashes answers nothing
        desk.page.goto("chrome://crash")
    wait_until(lambda: stage.call()["state"] == "lost", "the agent is missed")
    wait_until(lambda: hears_music(caller), "the caller hears music, not silence")
    again = Desk(open_page(context=desk.page.context), stage.origin).open()
    again.wait(phase="talk", talk="talking", farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the conversation goes on")
    assert stage.call()["id"] == before["id"]
    again.press("F9")
    again.wait(phase="wrapup", talk="none")


def test_a_second_tab_takes_the_phone_and_the_first_says_so(
    stage: Stage, desk: Desk, call: Call, open_page: OpenPage
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    second = Desk(open_page(context=desk.page.context), stage.origin).open()
    desk.wait(line="taken", talk="none")
    assert "another window" in desk.said("#taken")
    second.wait(phase="talk", talk="talking", farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the conversation came along")
    assert not caller.ended_at
    desk.page.bring_to_front()
    desk.page.click("[data-use-here]")
    second.wait(line="taken")
    desk.wait(line="registered", talk="talking", farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "and back")


def test_when_web_is_killed_the_conversation_goes_on_and_the_page_comes_back(
    stage: Stage, desk: Desk, call: Call
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    desk.page.wait_for_selector("textarea[name=note]")
    killed = stage.centre.signal("web")
    desk.press("n")
    desk.page.keyboard.type("typed while the pages were away")
    stage.centre.wait_for_another("web", killed)
    desk.page.wait_for_function(SAVED)
    assert hears_agent(caller)
    desk.page.wait_for_selector("#desk:not(.is-stale)")
    desk.hold()
    desk.page.wait_for_selector(".talk--held")
    assert stage.call()["state"] == "held"


def test_when_control_is_killed_the_conversation_goes_on_and_the_page_shows_the_truth(
    stage: Stage, desk: Desk, call: Call
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    before = stage.call()
    killed = stage.centre.signal("control")
    stage.centre.wait_for_another("control", killed)
    wait_until(lambda: stage.call().get("id") == before["id"], "control knows the call again")
    assert hears_agent(caller)
    desk.wait(phase="talk", talk="talking", farHz=CALLER_HZ)
    desk.page.wait_for_selector("#desk:not(.is-stale)")
    caller.hang_up()
    desk.wait(phase="wrapup", talk="none")


def test_a_stale_page_says_so_and_does_not_lie(stage: Stage, desk: Desk) -> None:
    desk.ready()
    desk.page.context.set_offline(True)
    desk.page.evaluate("document.body.dispatchEvent(new Event('allo:reconnect'))")  # the stream breaks
    desk.page.wait_for_selector("#desk.is-stale [data-live-bar]:not([hidden])")
    assert "No connection" in desk.said("[data-live-words]")
    desk.page.context.set_offline(False)
    desk.page.wait_for_selector("#desk:not(.is-stale)")
    desk.wait(state="ready", line="registered")


def test_an_expired_login_in_the_middle_of_a_call_loses_nothing(stage: Stage, call: Call, open_page: OpenPage) -> None:
    stage.send_agent_home()
    page = open_page(locale="en-US")
    page.goto(f"{stage.origin}/desk/?tone-test")
    sign_in(page, "agent")
    desk = Desk(page, stage.origin)
    desk.wait(line="registered")
    desk.ready()
    caller = call()
    desk.accept()
    _sign_out_elsewhere(stage, page, open_page)
    page.wait_for_selector("textarea[name=note]")
    desk.press("n")
    page.keyboard.type("half a sentence")
    page.wait_for_selector("#signed-out[open] #sign-in-form")
    assert hears_agent(caller)
    page.evaluate("() => { const at = performance.now(); performance.now = () => at; }")
    sign_in(page, "agent")
    page.wait_for_selector("#signed-out", state="hidden")
    _sign_out_elsewhere(stage, page, open_page)  # and at once again, however slow this machine is
    page.wait_for_selector("#signed-out[open] #sign-in-form")
    page.evaluate("() => { delete performance.now; }")
    sign_in(page, "agent")
    page.wait_for_selector("#signed-out", state="hidden")
    page.wait_for_function(SAVED)
    assert page.locator("textarea[name=note]").input_value() == "half a sentence"
    desk.wait(phase="talk", talk="talking", farHz=CALLER_HZ)
    assert hears_agent(caller)
    page.keyboard.press("Escape")
    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")
    reader = page.evaluate("document.body.dataset.reader")
    _sign_out_elsewhere(stage, page, open_page)
    page.wait_for_selector("#signed-out[open] #sign-in-form")
    sign_in(page, "colleague")
    page.wait_for_selector(f"body:not([data-reader='{reader}']) #desk[data-phase=offline]")
    assert stage.agent()["state"] == "wrap_up", "the page is the colleague's, the outcome is still the agent's"
    stage.send_agent_home()


def _sign_out_elsewhere(stage: Stage, page: Page, open_page: OpenPage) -> None:
    other = open_page(context=page.context)
    other.goto(f"{stage.origin}/account/")
    other.click("details.menu > summary.menu__open")
    other.click("form[action$='logout'] button")
    other.wait_for_url("**/login")  # Chromium forgets a close that meets a page being loaded
    other.close()
