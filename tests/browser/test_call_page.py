"""The public page: a visitor's browser (its microphone sounds 1000 Hz) calls and is answered by an agent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.desk import Desk
from tests.browser.sound import AGENT_HZ, CALLER_HZ
from tests.browser.stage import Stage, launch

_HEARS = "least => Number(document.getElementById('caller').dataset.farLevel) > least"
_HEARS_TONE = "hertz => Math.abs(Number(document.getElementById('caller').dataset.farHz) - hertz) < 30"


@pytest.fixture(scope="module")
def visitors(driver: Playwright, sounds: Path) -> Iterator[Browser]:
    browser = launch(driver, sounds / "caller.wav")
    yield browser
    browser.close()


@pytest.fixture
def visitor(stage: Stage, visitors: Browser) -> Iterator[Page]:
    context = visitors.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{stage.origin}/call?tone-test")
    yield page
    context.close()


def wait_stage(page: Page, name: str) -> None:
    page.wait_for_selector(f"#caller[data-state={name}]", timeout=30_000)


def test_a_visitor_hears_the_greeting_and_talks_to_an_agent(stage: Stage, desk: Desk, visitor: Page) -> None:
    visitor.locator(".choice >> text=Later").click()
    visitor.click("[data-deed=call]")
    wait_stage(visitor, "greeted")
    visitor.wait_for_function(_HEARS, arg=0.2)
    wait_stage(visitor, "waiting")
    assert "You are next" in visitor.inner_text("[data-text]")
    desk.ready(phase="offer")
    desk.accept()
    wait_stage(visitor, "talking")
    visitor.wait_for_function(_HEARS_TONE, arg=AGENT_HZ)
    desk.wait(farHz=CALLER_HZ)
    desk.hold()
    wait_stage(visitor, "held")
    desk.press("F4")
    wait_stage(visitor, "talking")
    visitor.click("[data-deed=end]")
    desk.wait(phase="wrapup", talk="none")
    assert "The call is over" in visitor.inner_text("[data-title]")


def test_when_the_agent_hangs_up_the_page_says_that_it_is_over(desk: Desk, visitor: Page) -> None:
    desk.ready()
    visitor.locator(".choice >> text=Quick").click()
    visitor.dblclick("[data-deed=call]")
    desk.accept()
    wait_stage(visitor, "talking")
    desk.press("F9")
    wait_stage(visitor, "ended")
    assert visitor.is_visible("[data-deed=call]")


def test_too_many_calls_from_one_address_are_told_when_to_try_again(stage: Stage, visitor: Page) -> None:
    token = next(one["value"] for one in visitor.context.cookies() if one["name"] == "allo_csrf")

    def use_up() -> None:
        answer: Any = None
        while answer is None or answer.status == 200:
            answer = visitor.request.post(f"{stage.origin}/call/phone", headers={"X-CSRFToken": token})
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) > 0

    for _ in range(2):  # the minute may turn between the two
        use_up()
        visitor.click("[data-deed=call]")
        wait_stage(visitor, "idle")
        if visitor.locator(".said, .toast--error").count():
            break
    assert "Too many calls from your address" in visitor.locator(".said, .toast--error").first.inner_text()
