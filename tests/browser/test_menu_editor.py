"""A menu from the first word to the caller who is led by it: made and tried out on the page, put in force, called."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser import sound
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import CALLER_HZ
from tests.browser.stage import Stage
from tests.waiting import wait_until

PUBLISH = "form[action$=publish] button"
Call = Callable[..., SipCaller]


def make_the_menu(page: Page) -> None:
    """One question, asked by the computer; key 1 leads to queue Quick."""
    page.fill("[name=name]", "Reception by test")
    page.click(".setup__editor [type=submit]")
    page.fill("textarea[name=words]", "For help press one.")
    page.select_option("[name=words_language]", "en")
    assert page.locator(PUBLISH).is_disabled(), "what asks nothing is not put in force"
    page.click("details.key:has(kbd:text-is('1')) summary")
    page.select_option("[name=key_0_target_place]", label="Quick")
    page.click(".setup__editor [type=submit]")
    page.wait_for_selector(".tree__line--key >> text=Quick")


def test_a_menu_is_made_tried_out_put_in_force_and_leads_a_caller(
    stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]
) -> None:
    page = open_page("admin")
    page.goto(f"{stage.origin}/setup/menus/new")
    make_the_menu(page)
    page.fill("#trial [name=keys]", "9 1")
    page.click("#trial [type=submit]")
    page.wait_for_selector(".steps__step >> text=Waits in the queue “Quick”")
    assert "Presses 9" in page.inner_text(".steps")
    page.click(PUBLISH)
    page.wait_for_selector(".setup__head >> text=Version 1 is in force")

    page.goto(f"{stage.origin}/setup/numbers/new")
    page.fill("[name=pattern]", "160")
    page.select_option("[name=target_place]", label="Reception by test")
    page.click(".setup__editor [type=submit]")
    page.wait_for_selector(".toast")
    wait_until(stage.has_read_the_set_up, "control has read the set-up")

    desk.ready()
    caller = call("160")
    wait_until(lambda: sound.loudness(caller.hears()) > 0.02, "the caller hears the question")
    assert stage.live(stage.live_calls()[0])["state"] == "menu"
    caller.press("1")
    desk.wait(phase="offer", talk="ringing")
    assert "Quick · 160" in desk.said(".offer dl")
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
