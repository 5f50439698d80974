"""What an agent does beside talking: a hold with its reason, a pause of the recording, passing on, calling back.

The caller sounds 1000 Hz, the agent 440 Hz, the colleague 700 Hz.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from tests.browser import sound
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import CALLER_HZ, THIRD_HZ
from tests.browser.stage import LATER_NUMBER, Stage
from tests.browser.test_conversation import hears_agent, hears_music, recording_of
from tests.waiting import wait_until

Call = Callable[..., SipCaller]


def hears_colleague(caller: SipCaller) -> bool:
    return sound.is_tone(caller.hears(), THIRD_HZ)


def talks_on(caller: SipCaller, frames: int = 50) -> None:
    """So many 20 ms of sound go by; a second of it."""
    packets = caller.packets()
    wait_until(lambda: caller.packets() > packets + frames, "sound goes on")


def hold_for_too_long(desk: Desk, caller: SipCaller) -> None:
    """On hold with the third reason, whose limit is a second; the desk sounds its reminder; back."""
    desk.press("F4")
    desk.page.wait_for_selector("#box-hold:not([hidden])")
    desk.press("3")
    desk.page.wait_for_selector(".talk--held")
    assert desk.said(".talk__label").startswith("On hold: A quick look")
    wait_until(lambda: hears_music(caller), "the caller hears music")
    desk.wait(ring="on")
    desk.press("F4")
    desk.page.wait_for_selector(".talk--held", state="detached")
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(caller), "they talk again")


def pause_the_recording(desk: Desk, caller: SipCaller) -> None:
    """For a good second nothing is recorded, and both go on hearing each other."""
    desk.press("p")
    desk.page.wait_for_selector("[data-ask=resume-recording] time")
    talks_on(caller)
    desk.wait(farHz=CALLER_HZ)
    assert hears_agent(caller)
    desk.press("p")
    desk.page.wait_for_selector("[data-ask=pause-recording]")
    talks_on(caller)


def has_one_pause(file: Path) -> bool:
    """The caller's tone, then a good second of nothing on both channels, then the tone again."""
    samples, rate = soundfile.read(file)
    tenths = np.abs(samples[: len(samples) // (rate // 10) * (rate // 10)]).reshape(-1, rate // 10, 2).max(axis=(1, 2))
    heard = np.flatnonzero(tenths)
    silent = np.flatnonzero(tenths[heard[0] : heard[-1]] == 0) + heard[0]
    begin, end = silent[0] * rate // 10, (silent[-1] + 1) * rate // 10
    assert list(silent) == list(range(silent[0], silent[-1] + 1)), "one stretch"
    assert 9 <= len(silent) < 40
    around = samples[begin - rate // 2 : begin, 0], samples[end : end + rate // 2, 0]
    return all(sound.is_tone(one, CALLER_HZ, rate) for one in around)


def test_a_call_is_held_not_recorded_for_a_while_and_passed_on_to_a_colleague(
    stage: Stage, desk: Desk, call: Call, colleague: Desk
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    call_id = stage.call()["id"]
    desk.wait(farHz=CALLER_HZ)
    hold_for_too_long(desk, caller)
    pause_the_recording(desk, caller)

    desk.press("F6")
    pass_on = ".palette__item >> text=Pass on to "
    desk.page.locator(f"{pass_on}Shut").click()
    desk.page.wait_for_selector("#palette[open] .palette__note >> text=This queue is closed now")
    assert stage.call()["state"] == "talking", "nobody is lost"
    desk.page.locator(f"{pass_on}Colleague").click()
    desk.wait(phase="wrapup", talk="none")
    colleague.wait(phase="offer", talk="ringing", ring="on")
    wait_until(lambda: hears_music(caller), "music until the colleague is there")
    colleague.accept()
    colleague.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_colleague(caller), "the colleague goes on with the caller")
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")

    colleague.press("F9")
    wait_until(lambda: caller.ended_at, "the colleague ends the call")
    assert has_one_pause(recording_of(stage, call_id))


def test_who_wants_to_be_called_back_is_rung_when_an_agent_accepts(stage: Stage, desk: Desk, call: Call) -> None:
    customer = stage.outside
    assert customer is not None
    caller = call(LATER_NUMBER, caller=customer.caller)
    waiting = wait_until(stage.live_calls, "the call is there")[0]
    wait_until(lambda: stage.live(waiting)["state"] == "waiting", "the greeting is over")
    caller.press("1", "1")  # wants to be called back; yes, at this number
    wait_until(lambda: stage.live(waiting)["callback"], "it is agreed")
    caller.hang_up()
    wait_until(lambda: stage.live(waiting)["callback"]["is_alone"], "the place is kept")

    desk.ready(phase="offer", talk="ringing")
    assert "the customer is rung when you accept" in desk.said(".offer__label")
    desk.accept()
    desk.page.wait_for_selector(".talk__label >> text=The customer is being rung")
    wait_until(lambda: customer.invited, "it rings at the customer's")
    customer.answer()
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears_agent(customer), "the customer hears the agent")
    desk.page.wait_for_selector(".talk__label >> text=Talking")
    customer.leave()
    desk.wait(phase="wrapup", talk="none")
