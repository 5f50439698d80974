"""The wallboard and the floor when a process is killed: they say that they are old, come back, show the truth."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
OpenPage = Callable[..., Page]
WITHIN_MS = 60_000
"""Whole processes start meanwhile, on a machine that may have much else to do."""
# The figures of the wallboard in their order: waiting, longest wait, in time, ready, busy, lost.
_FIGURES = "() => [...document.querySelectorAll('.wall__figure dd')].map(one => one.textContent)"
# Whether what a figure can be at its longest is cut off.
_CUT_OFF = """words => {
  const [box] = document.querySelectorAll(".wall__figure");
  const longest = box.cloneNode(true);
  const place = longest.querySelector("dd");
  if (words.includes(":")) place.replaceChildren(document.createElement("time"));
  (place.firstElementChild ?? place).textContent = words;
  box.replaceWith(longest);
  const isCut = longest.scrollWidth > longest.clientWidth;
  longest.replaceWith(box);
  return isCut;
}"""
_SIZE_OF_WORDS = "() => parseFloat(getComputedStyle(document.querySelector('[data-live-bar]')).fontSize)"


class Screens:
    """A wallboard of one queue and a floor, open side by side; a reload would be noticed."""

    def __init__(self, stage: Stage, open_page: OpenPage) -> None:
        self.stage = stage
        ids = stage.agent()["queues"]
        self.queue_id = next(one for one in ids if stage.live(f"queue:{one}")["name"] == "Quick")
        self.wall = open_page("leader")
        self.floor = open_page(context=self.wall.context)
        self.wall.goto(f"{stage.origin}/wall/?queue={self.queue_id}")
        self.floor.goto(f"{stage.origin}/floor/")
        for page in self.pages:
            page.evaluate("() => { window.isAsOpened = true; }")
        self.are_fresh()

    @property
    def pages(self) -> tuple[Page, Page]:
        return self.wall, self.floor

    def are_fresh(self) -> None:
        """Both hear the centre, and are the pages that were opened."""
        for page in self.pages:
            page.wait_for_function(
                "() => { const root = document.querySelector('[data-live]');"
                " return window.isAsOpened && !root.classList.contains('is-stale')"
                " && document.querySelector('[data-live-bar]').hidden; }",
                timeout=WITHIN_MS,
            )

    def show(self, waiting: int, ready: int) -> None:
        """What control knows stands on both."""
        calls = self.floor.locator(".call-now")
        expect(calls).to_have_count(waiting, timeout=WITHIN_MS)
        self.wall.wait_for_function(
            f"wanted => {{ const shown = ({_FIGURES})(); return shown[0] === wanted[0] && shown[3] === wanted[1]; }}",
            arg=[str(waiting), str(ready)],
            timeout=WITHIN_MS,
        )
        has_wait = self.wall.locator(".wall__figure time[data-since]").count() == 1
        assert has_wait == (waiting > 0)

    def kill_until_they_say(self, process: str, words: str) -> None:
        """Kill -9, and again whenever it is back, until both pages have said that what they show is old."""
        killed = self.stage.centre.signal(process)
        said: set[Page] = set()

        def have_said() -> bool:
            nonlocal killed
            for page in self.pages:
                bar = page.locator("[data-live-bar]:not([hidden])")
                if bar.count() and words in bar.inner_text():
                    said.add(page)
            if len(said) < len(self.pages) and self.stage.centre.pid(process) != killed:
                with contextlib.suppress(ProcessLookupError):
                    killed = self.stage.centre.signal(process)
            return len(said) == len(self.pages)

        wait_until(have_said, f"both pages say that {process} is away")
        self.last_killed = killed

    def wait_for_another(self, process: str) -> None:
        self.stage.centre.wait_for_another(process, self.last_killed)


def test_when_web_is_killed_wallboard_and_floor_say_so_and_show_the_truth_again(
    stage: Stage, call: Call, open_page: OpenPage
) -> None:
    stage.send_agent_home()
    screens = Screens(stage, open_page)
    screens.show(waiting=0, ready=0)
    screens.kill_until_they_say("web", "No connection")
    assert screens.wall.evaluate(_SIZE_OF_WORDS) >= 20, "a television is read from afar"
    for longest in ("100%", "100\N{NO-BREAK SPACE}%", "59:59", "1:59:59", "1000"):
        assert not screens.wall.evaluate(_CUT_OFF, longest), longest
    caller = call(caller="79005550180")
    wait_until(lambda: stage.live(f"queue:{screens.queue_id}").get("waiting"), "the caller waits meanwhile")
    screens.wait_for_another("web")
    screens.are_fresh()
    screens.show(waiting=1, ready=0)
    caller.hang_up()
    screens.show(waiting=0, ready=0)


def test_when_control_is_killed_wallboard_and_floor_say_so_and_show_the_truth_again(
    stage: Stage, call: Call, open_page: OpenPage
) -> None:
    stage.send_agent_home()
    caller = call(caller="79005550181")  # nobody is at work: it waits
    screens = Screens(stage, open_page)
    wait_until(lambda: stage.live(f"queue:{screens.queue_id}").get("waiting"), "the caller waits")
    screens.show(waiting=1, ready=0)
    screens.kill_until_they_say("control", "The call engine is restarting")
    caller.hang_up()
    screens.wait_for_another("control")
    screens.are_fresh()
    screens.show(waiting=0, ready=0)
    call(caller="79005550182")
    screens.show(waiting=1, ready=0)
