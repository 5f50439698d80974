"""Every phase of the desk fits: no scrolling at 1280×720, nothing cut off, nothing that jumps; in both languages.

With PICTURES_FOLDER=folder each phase is also kept as a picture, light and dark.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import BRIEF_NUMBER, OUTSIDE_NUMBER, QUICK_NUMBER, Stage

Call = Callable[..., SipCaller]
PICTURES = os.environ.get("PICTURES_FOLDER", "")
NARROW: ViewportSize = {"width": 420, "height": 860}
WIDE: ViewportSize = {"width": 1280, "height": 720}

# What sticks out of its column, or makes the page itself scroll; names of elements.
_WRONG = """() => {
  const wrong = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) wrong.push('the page scrolls sideways');
  const isWide = innerWidth >= 1280;
  if (isWide && page.scrollHeight > page.clientHeight) wrong.push('the page scrolls');
  const panel = document.querySelector('.desk__call .panel');
  if (isWide && panel.scrollHeight > panel.clientHeight + 1) wrong.push('the panel scrolls');
  for (const column of document.querySelectorAll('.desk__bar, .desk__call, .desk__card > *, .top')) {
    const edge = column.getBoundingClientRect();
    for (const one of column.querySelectorAll('button, a, p, h2, dd, dt, summary, label, textarea, kbd')) {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('.only-heard')) continue;
      const box = one.getBoundingClientRect();
      const name = `${one.className || one.tagName}: ${one.textContent.trim()}`;
      if (box.right > edge.right + 1 || box.left < edge.left - 1) wrong.push(name);
      if (one.matches('button, summary') && one.scrollWidth > one.clientWidth + 1) wrong.push(`cut off: ${name}`);
    }
  }
  return wrong;
}"""


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest, stage: Stage, desk: Desk) -> str:
    """The desk is open in this language."""
    desk.page.context.add_cookies([{"name": "allo_language", "value": request.param, "url": stage.origin}])
    desk.open()
    assert desk.page.get_attribute("html", "lang") == request.param
    chosen: str = request.param
    return chosen


class Camera:
    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        page.emulate_media(reduced_motion="reduce")  # nothing fades in

    def look(self, phase: str) -> None:
        """Nothing may be wrong with what is shown now; wide and narrow."""
        for size, shape in ((WIDE, "wide"), (NARROW, "narrow")):
            self.page.set_viewport_size(size)
            wrong = self.page.evaluate(_WRONG)
            self._keep(phase, shape)
            assert wrong == [], f"{phase}, {shape}, {self.language}"
        self.page.set_viewport_size(WIDE)

    def _keep(self, phase: str, shape: str) -> None:
        for theme in ("light", "dark") if PICTURES else ():
            self.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            self.page.screenshot(path=Path(PICTURES) / f"{phase}-{shape}-{self.language}-{theme}.png")


def test_every_phase_of_the_desk_fits(language: str, stage: Stage, desk: Desk, call: Call) -> None:
    camera = Camera(desk.page, language)
    desk.wait(phase="offline")
    camera.look("offline")
    desk.press("F2")
    desk.wait(state="not_ready")
    camera.look("at work")
    desk.press("F2")
    desk.wait(state="ready")
    camera.look("ready")
    caller = call(QUICK_NUMBER if PICTURES else BRIEF_NUMBER, caller="79005550150")
    desk.wait(phase="offer", talk="ringing")
    bar = desk.page.locator(".desk__bar").bounding_box()
    camera.look("offer")
    assert desk.page.locator(".desk__bar").bounding_box() == bar
    desk.wait(phase="idle", state="not_ready")
    camera.look("no answer")
    desk.press("F2")
    desk.accept()
    desk.page.wait_for_selector("textarea[name=note]")
    camera.look("talk")
    desk.press("k")
    camera.look("keypad")
    desk.press("Escape", "F4")
    desk.page.wait_for_selector("#box-hold:not([hidden])")
    camera.look("why hold")
    desk.press("Escape", "o")
    camera.look("cool-off")
    desk.press("Escape", "F8")
    desk.page.wait_for_selector(".talk__muted")
    camera.look("muted")
    desk.press("F6")
    desk.page.keyboard.type(OUTSIDE_NUMBER)
    desk.page.locator(".palette__item >> nth=0").click()
    desk.page.wait_for_selector("[data-ask=drop]")
    camera.look("asking")
    desk.press("x")
    desk.page.wait_for_selector(".talk--held")
    camera.look("hold, muted")
    caller.hang_up()
    desk.wait(phase="wrapup", talk="none")
    camera.look("wrap-up")
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")
    camera.look("after a call")


def test_when_the_time_for_the_outcome_is_up_the_desk_says_so_and_goes_on_with_it(
    language: str, stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]
) -> None:
    camera = Camera(desk.page, language)
    desk.ready()
    call("201", caller="79005550151")
    desk.accept()
    desk.page.wait_for_selector("textarea[name=note]")
    desk.press("F9")
    desk.wait(phase="wrapup", state="not_ready")
    assert stage.agent()["reason"] == "outcome_missing"
    camera.look("outcome missing")
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")
    second = Desk(open_page(context=desk.page.context), stage.origin).open()
    desk.wait(line="taken")
    desk.page.bring_to_front()
    camera.look("phone elsewhere")
    second.page.close()


@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
def test_the_call_page_fits(locale: str, stage: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(locale=locale)
    page.goto(f"{stage.origin}/call")
    for state in ("idle", "waiting", "ended"):
        if state == "waiting":
            page.locator(".choice >> text=Quick").click()
            page.click("[data-deed=call]")
        elif state == "ended":
            page.click("[data-deed=end]")
        page.wait_for_selector(f"#caller[data-state={state}]")
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"call {state}-{size['width']}-{locale}.png")
        page.set_viewport_size(WIDE)
        assert page.evaluate("document.documentElement.scrollHeight <= document.documentElement.clientHeight")
