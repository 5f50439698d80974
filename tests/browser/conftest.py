"""One centre and one browser for this whole folder; each test has its own profile and leaves the agent at home.

What failed is kept: a picture of each page and what its console said, in a folder that the report names.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from allo.installation import CHECKOUT, Installation
from tests.browser import sound
from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import QUICK_NUMBER, Stage, launch
from tests.free_ports import free_installation
from tests.live.centre_runner import RunningCentre

FAILURES = Path(tempfile.gettempdir()) / "allo-browser-failures"
Pages = list[tuple[Page, list[str]]]
_pages = pytest.StashKey[Pages]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the pages show in the moment of failure, before anything is tidied up."""
    report = yield
    if report.failed and report.when != "teardown":
        report.sections.append(("pictures and logs", str(_keep(item.name, item.stash.get(_pages, [])))))
    return report


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `agent.wav` (440 Hz), `caller.wav` (1000 Hz) and `third.wav` (700 Hz)."""
    folder = tmp_path_factory.mktemp("tones")
    for name, hertz in (("agent", sound.AGENT_HZ), ("caller", sound.CALLER_HZ), ("third", sound.THIRD_HZ)):
        sound.write_tone(folder / f"{name}.wav", hertz)
    return folder


@pytest.fixture(scope="package")
def browser_installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="allo-") as folder:
        here = free_installation(Path(folder), asterisk_root=CHECKOUT / ".asterisk", time_zone="UTC")
        here.make_folders()
        yield here


@pytest.fixture(scope="package")
def stage(driver: Playwright, sounds: Path, browser_installation: Installation) -> Iterator[Stage]:
    """The running centre, furnished, with a browser whose microphone sounds 440 Hz."""
    centre = RunningCentre.start(browser_installation)
    try:
        browser = launch(driver, sounds / "agent.wav")
        stage = Stage.furnished(centre, browser)
        yield stage
        browser.close()
        if stage.outside is not None:
            stage.outside.hang_up()
    finally:
        centre.stop()


@pytest.fixture(scope="package")
def third(stage: Stage, driver: Playwright, sounds: Path) -> Iterator[Stage]:
    """The same centre, seen by a browser whose microphone sounds 700 Hz."""
    browser = launch(driver, sounds / "third.wav")
    yield replace(stage, browser=browser)
    browser.close()


@pytest.fixture
def open_page(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`open_page("agent")`: a page in a profile of its own; `context=` opens another tab of a profile."""
    pages: Pages = []
    request.node.stash[_pages] = pages
    contexts: list[BrowserContext] = []

    def make(login: str = "", context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = stage.context(login, **options)
            contexts.append(context)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(_line(message)))
        page.on("pageerror", lambda error: said.append(f"ERROR {error}"))
        pages.append((page, said))
        return page

    yield make
    errors = [line for _page, said in pages for line in said if line.startswith("ERROR")]
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def third_page(third: Stage, open_page: Callable[..., Page]) -> Iterator[Callable[[str], Page]]:
    """A page of "colleague" or "leader" in the third's browser; afterwards they are out of every call."""
    pages: list[Page] = []

    def make(login: str) -> Page:
        pages.append(open_page(context=third.context(login, permissions=["microphone"])))
        return pages[-1]

    yield make
    for page in pages:
        third.send_home(str(page.evaluate("document.querySelector('[data-person]').dataset.person")))
        page.context.close()


@pytest.fixture
def desk(stage: Stage, open_page: Callable[..., Page]) -> Iterator[Desk]:
    """The demo agent's desk, open, its telephone connected, not yet at work."""
    stage.send_agent_home()
    yield Desk(open_page("agent"), stage.origin).open()
    stage.send_agent_home()


@pytest.fixture
def call(stage: Stage) -> Iterator[Callable[..., SipCaller]]:
    """`call()` rings the quick number; `call("100", caller="7900…")`. Hung up after the test."""
    made: list[SipCaller] = []

    def make(number: str = QUICK_NUMBER, **options: Any) -> SipCaller:
        made.append(SipCaller(stage.here.sip_port, number, **options).call())
        return made[-1]

    yield make
    for one in made:
        one.hang_up()


def _line(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text}"


def _keep(test: str, pages: Pages) -> Path:
    folder = FAILURES / test.replace("/", "_")
    folder.mkdir(parents=True, exist_ok=True)
    for number, (page, said) in enumerate(pages):
        (folder / f"console-{number}.txt").write_text("\n".join(said))
        with contextlib.suppress(PlaywrightError):
            page.screenshot(path=folder / f"page-{number}.png", timeout=5000)
    return folder


@pytest.fixture
def colleague(stage: Stage, third_page: Callable[[str], Page]) -> Desk:
    """The colleague's desk in the third's browser, ready for calls."""
    desk = Desk(third_page("colleague"), stage.origin).open()
    desk.ready()
    return desk
