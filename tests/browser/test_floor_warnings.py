"""A warning on the floor is heard once in a browser, stands in the history, and is silent when the leader wishes so.

The page's own sound is listened to: which notes really started in a running AudioContext, and how loud they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import BRIEF_NUMBER, Stage, launch
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
OpenPage = Callable[..., Page]
WITHIN_MS = 60_000
LATE = [784, 784, 988]
"""The notes of a warning, in Hz."""
# Everything is played as ever; this page only remembers it. Beats count while control is there.
_REMEMBER = """() => {
  Object.assign(window, { notes: [], seen: [], states: new Set(), played: 0, loudest: 0, parts: 0, beats: 0 });
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.notes.push(this.frequency.value);
    window.states.add(this.context.state);
    return start.apply(this, when);
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    const playing = play.apply(this);
    playing.then(() => { window.played += 1; }, () => {});
    return playing;
  };
  document.addEventListener('allo:part', ({ detail }) => {
    if (detail.name !== 'alerts') return;
    window.parts += 1;
    window.seen.push([...document.querySelectorAll('.alert')].map(one => one.textContent));
  }, true);
  document.addEventListener('allo:clock', ({ detail }) => { if (detail.away_since === null) window.beats += 1; }, true);
  setInterval(() => {
    const floor = document.getElementById('floor');
    window.loudest = Math.max(window.loudest, Number(floor?.dataset.ringLevel ?? 0));
  }, 10);
}"""
_HEARD = "() => ({ notes, states: [...states], played, loudest })"


class Floor:
    """A floor as a leader hears it."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        page.add_init_script(f"({_REMEMBER})()")
        page.goto(f"{stage.origin}/floor/?tone-test")
        self.hear_more()

    def heard(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(_HEARD)
        return found

    def hear_more(self) -> None:
        """Return when the stream has told everything there was to tell a moment ago, and sounds had their time."""
        beats = self.page.evaluate("() => beats")
        self.page.wait_for_function(
            "beats => parts > 0 && beats + 2 <= window.beats"
            " && !document.getElementById('floor').classList.contains('is-stale')",
            arg=beats,
            timeout=WITHIN_MS,
        )

    def sees(self, warning: str) -> None:
        self.page.wait_for_selector(f"#alert-{warning}", timeout=WITHIN_MS)

    def sees_no_more(self, warning: str) -> None:
        self.page.wait_for_selector(f"#alert-{warning}", state="detached", timeout=WITHIN_MS)

    def history(self) -> list[str]:
        """Today's warnings, the latest first."""
        self.page.evaluate("() => document.querySelector('[data-warnings]').replaceChildren()")
        self.page.click("[data-history]")
        self.page.wait_for_selector("#warnings .history-lines, #warnings .quiet")
        lines: list[str] = self.page.locator("#warnings .history-lines li").all_inner_texts()
        self.page.click("#warnings .dialog__buttons button")
        return lines


@pytest.fixture
def browser_of_a_leader(stage: Stage, open_page: OpenPage) -> BrowserContext:
    return open_page("leader").context


def test_a_broken_rule_sounds_once_and_stands_in_the_history(
    stage: Stage, desk: Desk, colleague: Desk, call: Call, open_page: OpenPage, browser_of_a_leader: BrowserContext
) -> None:
    ids = stage.agent()["queues"]
    late = "late-" + next(one for one in ids if stage.live(f"queue:{one}")["name"] == "Brief")
    first = Floor(open_page(context=browser_of_a_leader), stage)
    second = Floor(open_page(context=browser_of_a_leader), stage)
    floors = first, second

    def notes() -> list[float]:
        return [note for one in floors for note in one.heard()["notes"]]

    assert colleague.now()["state"] == "ready", "somebody who is ready when control comes back is in no trouble"
    desk.ready()
    call(caller="79005550190")
    desk.accept()
    before = len([line for line in first.history() if "Brief" in line])
    waits = call(BRIEF_NUMBER, caller="79005550191")
    for floor in floors:
        floor.sees(late)
        floor.hear_more()
    assert notes() == LATE, "once, though two floors are open"
    heard = next(one.heard() for one in floors if one.heard()["notes"])
    assert heard["states"] == ["running"]
    assert heard["played"] > 0, "the browser plays it"
    assert heard["loudest"] > 0.05, "and it is a sound"

    wait_until(lambda: len([line for line in first.history() if "Brief" in line]) == before + 1, "it is written down")
    first.page.reload()
    first.sees(late)
    first.hear_more()
    assert first.heard()["notes"] == [], "nothing is new after a reload"

    killed = stage.centre.signal("control")
    stage.centre.wait_for_another("control", killed)
    wait_until(lambda: stage.live("queue:" + late[5:]).get("waiting"), "control knows who waits")
    second_heard = second.heard()["notes"]
    for floor in floors:
        floor.sees(late)
        floor.hear_more()
    assert first.heard()["notes"] == [], "nothing is new when control is back"
    assert second.heard()["notes"] == second_heard, second.page.evaluate("() => seen")
    assert len([line for line in first.history() if "Brief" in line]) == before + 1

    second.page.close()
    waits.hang_up()
    first.sees_no_more(late)
    first.page.click("[data-sounds]")
    expect(first.page.locator("[data-sounds]")).to_have_attribute("aria-pressed", "false")
    waits = call(BRIEF_NUMBER, caller="79005550192")
    first.sees(late)
    first.hear_more()
    assert first.heard()["notes"] == [], "its sound is off"
    waits.hang_up()
    first.sees_no_more(late)
    first.page.click("[data-sounds]")
    call(BRIEF_NUMBER, caller="79005550193")
    first.sees(late)
    first.hear_more()
    assert first.heard()["notes"] == LATE, "the next one is heard again"


# What rests after a minute rests at once; the page may be told that nobody sees it.
_UNSEEN = """() => {
  const later = window.setTimeout;
  window.setTimeout = (deed, ms, ...more) => later(deed, ms === 60000 ? 0 : ms, ...more);
  window.hide = () => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
}"""


def test_of_floors_that_nobody_looks_at_one_stays_connected(
    stage: Stage, open_page: OpenPage, browser_of_a_leader: BrowserContext
) -> None:
    browser_of_a_leader.add_init_script(f"({_UNSEEN})()")
    first = Floor(open_page(context=browser_of_a_leader), stage)
    second = Floor(open_page(context=browser_of_a_leader), stage)
    for floor in (second, first):
        floor.page.evaluate("() => hide()")
    second.page.wait_for_selector("#floor.is-stale", timeout=WITHIN_MS)
    first.hear_more()
    first.page.close()
    second.hear_more()  # now it is the one that listens


def test_a_floor_that_may_not_sound_yet_asks_for_a_click(stage: Stage, driver: Playwright, sounds: Path) -> None:
    browser = launch(driver, sounds / "third.wav", may_sound=False)
    page = replace(stage, browser=browser).context("leader").new_page()
    page.goto(f"{stage.origin}/floor/")
    asked = page.locator(".toast").filter(has_text="once you have clicked on this page")
    expect(asked).to_be_visible(timeout=WITHIN_MS)
    page.mouse.click(5, 300)
    expect(asked).to_have_count(0)
    browser.close()
