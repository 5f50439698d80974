"""A whole conversation between a SIP caller (1000 Hz) and an agent in Chromium (440 Hz)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import soundfile

from tests.browser import sound
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import AGENT_HZ, CALLER_HZ
from tests.browser.stage import Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]


def hears_agent(caller: SipCaller) -> bool:
    return sound.is_tone(caller.hears(), AGENT_HZ)


def hears_music(caller: SipCaller) -> bool:
    heard = caller.hears(1.0)
    return sound.loudness(heard) > 0.01 and sound.share_of(heard, AGENT_HZ) < 0.3


def recording_of(stage: Stage, call_id: str) -> Path:
    """The call's recording, once it is written; those of earlier calls may be written only now."""
    folder = stage.here.recordings_folder
    found: list[Path] = wait_until(lambda: list(folder.rglob(f"{call_id}.flac")), "the recording is written")
    return found[0]


def test_each_hears_the_other_and_the_recording_keeps_them_apart(stage: Stage, desk: Desk, call: Call) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    call_id = stage.call()["id"]
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the caller hears the agent")
    desk.page.wait_for_timeout(1500)  # something to keep
    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")
    wait_until(lambda: caller.ended_at, "the caller is told of the end")

    file = recording_of(stage, call_id)
    samples, rate = soundfile.read(file)
    assert samples.shape[1] == 2
    middle = samples[rate // 2 : -rate // 2]
    assert sound.is_tone(middle[:, 0], CALLER_HZ, rate), "the caller is on the left"
    assert sound.is_tone(middle[:, 1], AGENT_HZ, rate), "the agent is on the right"


def hold_and_resume(stage: Stage, desk: Desk, caller: SipCaller) -> None:
    """On hold the caller hears music and the agent nothing; double clicks do it once."""
    desk.press("F4")
    desk.page.evaluate("() => { const b = document.querySelector('#box-hold [data-again]'); b.click(); b.click(); }")
    desk.page.wait_for_selector(".talk--held")
    assert stage.call()["state"] == "held"
    desk.wait(farHz=0)
    wait_until(lambda: hears_music(caller), "the caller hears music")
    assert "On hold" in desk.said(".talk__label")
    desk.page.dblclick("[data-ask=resume]")
    desk.page.wait_for_selector(".talk--held", state="detached")
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "the caller hears the agent again")


def mute_and_unmute(stage: Stage, desk: Desk, caller: SipCaller) -> None:
    """Muted, the caller hears silence and the agent goes on hearing."""
    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted")
    packets = caller.packets()
    wait_until(lambda: caller.packets() > packets + 40, "packets go on coming")
    assert sound.is_silence(caller.hears())
    desk.wait(farHz=CALLER_HZ)
    assert stage.call()["is_muted"]
    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted", state="detached")
    wait_until(lambda: hears_agent(caller), "the caller hears the agent again")


def press_keys(desk: Desk, caller: SipCaller) -> None:
    """Keys of the keypad arrive once each, and choose no outcome."""
    desk.press("k")
    desk.page.wait_for_selector("#keypad:not([hidden])")
    desk.press("1", "2", "#")
    desk.page.click("#keypad [data-tone='0']")
    wait_until(lambda: len(caller.keys) >= 4, "the keys arrive")
    assert caller.keys == "12#0"
    assert desk.said("[data-keypad-sent]") == "12#0"
    desk.press("Escape")
    desk.page.wait_for_selector("#keypad", state="hidden")
    assert desk.page.locator("input[name=disposition]:checked").count() == 0, "digits went to the keypad alone"


def test_hold_mute_and_keys_until_the_caller_hangs_up_and_the_outcome_is_asked_for(
    stage: Stage, desk: Desk, call: Call
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    hold_and_resume(stage, desk, caller)
    mute_and_unmute(stage, desk, caller)
    press_keys(desk, caller)
    caller.hang_up()
    desk.wait(phase="wrapup", talk="none")
    desk.page.wait_for_selector(".outcome__finish:visible")
    assert stage.agent()["state"] == "wrap_up"
    assert desk.page.locator(".said, .toast--error").count() == 0


def test_a_call_that_ended_muted_does_not_mute_the_next(desk: Desk, call: Call) -> None:
    desk.ready()
    call()
    desk.accept()
    desk.press("F8")
    desk.page.wait_for_selector(".talk__muted")
    desk.page.dblclick("[data-phone=hang-up]")
    desk.wait(phase="wrapup", talk="none")
    assert desk.page.locator(".said, .toast--error").count() == 0
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")
    caller = call()
    desk.accept()
    assert desk.page.locator(".talk__muted").count() == 0
    wait_until(lambda: hears_agent(caller), "the caller hears the agent")
