"""Three people in a call: a colleague who is asked, a team leader who listens. Who hears whom is told by tones.

The caller sounds 1000 Hz, the agent 440 Hz; the third is in a browser of its own and sounds 700 Hz.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser import sound
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import AGENT_HZ, CALLER_HZ, THIRD_HZ
from tests.browser.stage import Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
_FLOOR_IS = """wanted => {
  const now = document.getElementById('floor')?.dataset;
  return now && Object.entries(wanted).every(([name, value]) =>
    name === 'farHz' ? Math.abs(Number(now.farHz) - value) < 30 : (now[name] ?? '') === value);
}"""


def hears(caller: SipCaller, *tones: int) -> bool:
    """Each of the tones has its part in what the caller hears, and nothing else has."""
    heard = caller.hears(0.8)
    shares = [sound.share_of(heard, hertz) for hertz in tones]
    return sound.loudness(heard) > 0.03 and min(shares) > 0.1 and sum(shares) > 0.85


def test_a_colleague_is_asked_talks_with_both_and_goes_on_with_the_caller(
    stage: Stage, desk: Desk, call: Call, colleague: Desk
) -> None:
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)

    desk.press("F6")
    desk.page.wait_for_selector("#palette[open] >> text=Ask Colleague")
    desk.page.keyboard.type("coll")
    desk.page.wait_for_selector(".palette__item[aria-selected=true] >> text=Ask Colleague")
    desk.press("Enter")
    colleague.wait(phase="offer", talk="ringing", ring="on")
    assert "asks you about a call" in colleague.said(".offer__label")
    colleague.press("F2")
    colleague.wait(phase="asked", talk="talking")
    desk.wait(farHz=THIRD_HZ)
    colleague.wait(farHz=AGENT_HZ)
    wait_until(lambda: sound.share_of(caller.hears(1.0), AGENT_HZ) < 0.3, "the caller hears neither")
    colleague.press("F8")
    colleague.page.wait_for_selector(".talk__muted >> text=Nobody hears you")
    desk.wait(farHz=0)
    colleague.press("F8")
    desk.wait(farHz=THIRD_HZ)
    assert not stage.call()["is_muted"], "it was the colleague's microphone alone"

    desk.press("F4")
    desk.wait(farHz=CALLER_HZ)
    wait_until(lambda: hears(caller, AGENT_HZ), "back with the caller, the colleague waits")
    desk.press("F4")
    desk.wait(farHz=THIRD_HZ)

    desk.press("j")
    desk.page.wait_for_selector(".talk__label >> text=You, the caller and Colleague talk")
    wait_until(lambda: hears(caller, AGENT_HZ, THIRD_HZ), "the caller hears both")

    desk.press("F9")
    desk.wait(phase="wrapup", talk="none")
    colleague.wait(phase="talk", talk="talking", farHz=CALLER_HZ)
    wait_until(lambda: hears(caller, THIRD_HZ), "the colleague goes on with the caller")
    colleague.press("F9")
    wait_until(lambda: caller.ended_at, "the colleague ends the call")


def test_a_leader_listens_whispers_steps_in_and_takes_over(
    stage: Stage, desk: Desk, call: Call, third_page: Callable[[str], Page]
) -> None:
    floor = third_page("leader")
    floor.goto(f"{stage.origin}/floor/?tone-test")
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)

    def is_so(**wanted: object) -> None:
        floor.wait_for_function(_FLOOR_IS, arg=wanted, timeout=12_000)

    floor.click(f"#agents-{stage.agent_id} a")
    floor.click("#person [data-supervise=listen]")
    is_so(line="registered", talk="talking")
    floor.wait_for_selector(".mine__words >> text=nobody hears you")
    desk.page.wait_for_selector(".talk__note >> text=listens")
    floor.wait_for_function("() => Number(document.getElementById('floor').dataset.farLevel) > 0.02")
    floor.wait_for_timeout(600)
    wait_until(lambda: hears(caller, AGENT_HZ), "nobody hears who listens")
    desk.wait(farHz=CALLER_HZ)

    floor.keyboard.press("2")
    floor.wait_for_selector(".mine__words >> text=hears you")
    desk.page.wait_for_selector(".talk__note >> text=the caller does not hear it")
    floor.wait_for_timeout(600)
    heard = caller.hears(1.0)
    assert sound.share_of(heard, THIRD_HZ) < 0.02, "a whisper is for the agent alone"
    assert sound.is_tone(heard, AGENT_HZ)
    caller.hertz = 0
    desk.wait(farHz=THIRD_HZ)
    caller.hertz = CALLER_HZ

    floor.keyboard.press("3")
    floor.wait_for_selector(".mine__words >> text=Both hear you")
    wait_until(lambda: hears(caller, AGENT_HZ, THIRD_HZ), "the caller hears who has stepped in")

    floor.keyboard.press("t")
    desk.wait(phase="wrapup", talk="none")
    is_so(talk="talking", farHz=CALLER_HZ)
    wait_until(lambda: hears(caller, THIRD_HZ), "the leader goes on with the caller")
    floor.keyboard.press("F9")
    wait_until(lambda: caller.ended_at, "the leader ends the call")
    floor.wait_for_selector(".mine >> text=has no outcome yet")
