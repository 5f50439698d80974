"""After the call: the outcome and its note, and what they are worth at the customer's next call."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.browser.desk import SAVED, Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
NOTE = "textarea[name=note]"


def talk(desk: Desk, call: Call, lasts_ms: int = 0, **options: str) -> SipCaller:
    """A conversation up to the outcome form."""
    desk.ready()
    caller = call(**options)
    desk.accept()
    desk.page.wait_for_selector(NOTE)
    desk.page.wait_for_timeout(lasts_ms)
    return caller


def end(desk: Desk) -> None:
    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")


def finish(desk: Desk) -> None:
    desk.press("F2")
    desk.wait(phase="idle", state="ready")


def test_typing_survives_live_updates_a_reload_and_a_restart_of_web(stage: Stage, desk: Desk, call: Call) -> None:
    talk(desk, call)
    desk.page.click(NOTE)
    desk.page.keyboard.type("Wants ")
    desk.hold()
    desk.page.wait_for_selector(".talk--held")
    desk.press("F4")
    desk.page.wait_for_selector(".talk--held", state="detached")
    desk.page.keyboard.type("an invoice")  # the cursor is where it was
    assert desk.page.locator(NOTE).input_value() == "Wants an invoice"
    desk.page.keyboard.type(", today")
    desk.page.reload()  # before it could be saved: this browser has kept it
    desk.wait(talk="talking")
    assert wait_until(lambda: desk.page.locator(NOTE).input_value(), "the note is there") == "Wants an invoice, today"
    stage.centre.wait_for_another("web", stage.centre.signal("web"))
    desk.page.locator(NOTE).press("End")
    desk.page.keyboard.type("!")
    desk.page.wait_for_function(SAVED)
    end(desk)
    assert desk.page.locator(NOTE).input_value() == "Wants an invoice, today!"


def test_ten_thousand_characters_with_emoji_fit_and_one_more_says_so(desk: Desk, call: Call) -> None:
    talk(desk, call, caller="79005550110")
    end(desk)
    note = "Обещали 🙂 " + "я" * 9990
    assert len(note) == 10_000
    desk.page.fill(NOTE, note + "!")
    desk.page.wait_for_function("() => document.querySelector('[data-kept]').textContent.startsWith('too long')")
    desk.page.keyboard.press("Escape")
    desk.page.locator(".choice").first.click()
    desk.press("F2")
    desk.page.wait_for_selector(".said")
    assert "10001" in desk.said(".said").replace(",", "").replace(" ", "")
    assert desk.page.locator(NOTE).input_value() == note + "!"
    desk.page.fill(NOTE, note)
    finish(desk)
    desk.page.click("#card a[href^='#customer-']")
    desk.page.wait_for_selector("#card .past__note")
    shown = desk.page.locator("#card .past__note").first.text_content() or ""
    assert shown.strip() == note


def test_without_an_outcome_the_wrap_up_does_not_end_and_says_why(stage: Stage, desk: Desk, call: Call) -> None:
    talk(desk, call)
    end(desk)
    desk.press("F2")
    desk.page.wait_for_selector(".said")
    assert "outcome" in desk.said(".said").lower()
    assert stage.agent()["state"] == "wrap_up"
    desk.press("1")
    desk.page.dblclick(".outcome__finish")
    desk.wait(phase="idle", state="ready")
    assert desk.page.locator(".toast--error").count() == 0


def test_the_second_call_of_a_number_shows_what_is_known_and_the_sound_of_the_first_once_it_is_written(
    desk: Desk, call: Call
) -> None:
    number = f"7900{int(time.time()) % 10_000_000:07}"
    talk(desk, call, lasts_ms=1500, caller=number)
    desk.page.wait_for_selector("#card .customer")
    desk.page.fill("#card [data-rename]", "Zoya  Petrova 🌸")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector(".toast >> text=Name saved")
    desk.page.fill("#card textarea[name=text]", "Speaks <b>softly</b>")
    desk.page.keyboard.press("Control+Enter")
    desk.page.wait_for_selector("#card .note")
    end(desk)
    desk.page.fill(NOTE, "Promised a call back")
    desk.page.locator(".choice >> text=Solved").first.click()
    finish(desk)

    second = call(caller=number)
    desk.wait(phase="offer", talk="ringing")
    desk.page.wait_for_selector(".offer__who >> text=Zoya Petrova 🌸")
    desk.accept()
    assert desk.page.locator("#card [data-rename]").input_value() == "Zoya Petrova 🌸"
    assert "Speaks <b>softly</b>" in desk.said("#card .note")
    desk.page.click("#card textarea[name=text]")
    desk.page.keyboard.type("half a ")
    past = desk.page.locator("#card .past").first
    past.locator("[data-recording]").wait_for()  # it may be written only now; what is typed stays where it is
    desk.page.keyboard.type("sentence")
    assert desk.page.locator("#card textarea[name=text]").input_value() == "half a sentence"
    assert "Solved" in past.inner_text()
    assert "Promised a call back" in past.inner_text()
    second.hang_up()
    desk.wait(phase="wrapup", talk="none")
    past.locator("[data-recording]").click()
    desk.page.wait_for_selector("#card .player__play.is-playing")
    desk.page.wait_for_function("() => document.querySelector('#card .player__time').textContent.startsWith('0:01')")
    desk.press("Escape", "1")
    finish(desk)

    desk.page.wait_for_selector("#card .history__title >> text=My last calls")
    desk.page.click("#card .past:first-child [data-recording]")
    desk.page.wait_for_selector("#card .player__play.is-playing")
    call()
    desk.wait(phase="offer")
    # The card of the one who rings may have taken its place by now.
    desk.page.wait_for_function("() => !document.querySelector('.player__play.is-playing')")
