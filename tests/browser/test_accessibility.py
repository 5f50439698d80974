"""Every page can be used by everybody: axe finds nothing wrong by WCAG 2.2 A and AA, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from allo.installation import CHECKOUT
from allo.web.reports.urls import urlpatterns as addresses_of_reports
from allo.web.setup.sections import SECTIONS
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage

Call = Callable[..., SipCaller]
AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
REPORTS = [
    f"/reports/{one.pattern}" for one in addresses_of_reports if str(one.pattern) and "<" not in str(one.pattern)
]
FORMS = [f"/setup/{section.slug}/new" for section in SECTIONS.values()]
# Only contrast depends on the theme.
_LOOK = """async part => {
  const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = [];
  for (const theme of ['light', 'dark']) {
    document.documentElement.dataset.theme = theme;
    const fading = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 1000);
    await Promise.all(fading.map(one => one.finished.catch(() => null)));
    const only = theme === 'light' ? { type: 'tag', values: levels } : { type: 'rule', values: ['color-contrast'] };
    const how = { runOnly: only, resultTypes: ['violations'], preload: false };
    const { violations } = await axe.run(part, how);
    for (const { id, nodes } of violations)
      for (const { target, failureSummary, html } of nodes)
        found.push(`${theme} ${id} ${target}: ${html.slice(0, 160)} ${failureSummary.split('\\n')[1]}`);
  }
  document.documentElement.dataset.theme = 'light';
  return found;
}"""


class Checker:
    """Looks at pages; remembers what is wrong with each."""

    def __init__(self, origin: str) -> None:
        self.origin, self.wrong = origin, dict[str, list[str]]()
        self.axe = AXE.read_text()

    def look(self, page: Page, name: str, part: str = "html") -> None:
        page.emulate_media(reduced_motion="reduce")  # nothing is looked at while it fades in
        page.evaluate(self.axe)
        if found := page.evaluate(_LOOK, part):
            self.wrong[name] = found

    def visit(self, page: Page, path: str, part: str = "html") -> None:
        page.goto(self.origin + path)
        self.look(page, path, part)

    def report(self) -> str:
        return "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in self.wrong.items())


@pytest.fixture
def checker(stage: Stage) -> Iterator[Checker]:
    """Whatever pages a test has looked at, nothing may be wrong with them."""
    checker = Checker(stage.origin)
    yield checker
    assert not checker.wrong, checker.report()


def test_everybody_can_use_the_desk_and_the_floor(
    checker: Checker, stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]
) -> None:
    checker.look(desk.page, "desk, at home")
    desk.ready()
    caller = call("100", caller="79005550170")
    desk.wait(phase="offer", talk="ringing")
    checker.look(desk.page, "desk, it rings")
    desk.accept()
    desk.page.wait_for_selector("textarea[name=note]")
    checker.look(desk.page, "desk, in a call")
    leader = open_page("leader")
    leader.goto(f"{stage.origin}/floor/")
    leader.wait_for_selector(".call-now--talking")
    checker.look(leader, "floor, with a call")
    checker.visit(leader, "/wall/")
    caller.hang_up()
    desk.wait(phase="wrapup", talk="none")
    checker.look(desk.page, "desk, wrap-up")
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")
    leader.goto(f"{stage.origin}/reports/calls")
    leader.locator(".calls tbody a").first.click()
    leader.wait_for_selector(".story")
    checker.look(leader, "a call's story")


def test_everybody_can_use_the_reports(checker: Checker, open_page: Callable[..., Page]) -> None:
    page = open_page("leader")
    for path in REPORTS:
        checker.visit(page, path)


def test_everybody_can_use_the_set_up(checker: Checker, stage: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page("admin")
    for path in ("/setup/", "/setup/history/", "/setup/skills/matrix", "/account/", "/account/password"):
        checker.visit(page, path)
    for path in FORMS:
        checker.visit(page, path, ".setup__section")
    page.goto(f"{stage.origin}/setup/queues/new")
    page.click(".setup__editor [type=submit]")
    page.wait_for_selector(".field__error")
    checker.look(page, "a form with mistakes", ".setup__section")


def test_everybody_can_use_what_is_open_to_all(checker: Checker, open_page: Callable[..., Page]) -> None:
    page = open_page()
    for path in ("/login", "/call", "/no-such-page"):
        checker.visit(page, path)
