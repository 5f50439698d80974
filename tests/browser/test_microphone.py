"""A browser that does not let the page listen: both pages say in plain words what to do, and recover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.browser.desk import Desk
from tests.browser.stage import Stage, launch


@pytest.fixture(scope="module")
def strict_browser(driver: Playwright, sounds: Path) -> Iterator[Browser]:
    browser = launch(driver, sounds / "agent.wav", may_listen=False)
    yield browser
    browser.close()


def refusing(browser: Browser, stage: Stage, login: str = "") -> BrowserContext:
    if login:
        stage.context(login).close()
    context = browser.new_context(locale="en-US", storage_state=stage.logins.get(login))
    context.grant_permissions(["clipboard-read"])  # naming some permissions refuses all others
    return context


def test_the_desk_says_how_to_allow_it_and_starts_once_it_is_allowed(stage: Stage, strict_browser: Browser) -> None:
    stage.send_agent_home()
    context = refusing(strict_browser, stage, "agent")
    desk = Desk(context.new_page(), stage.origin)
    desk.page.goto(f"{stage.origin}/desk/?tone-test")
    desk.page.wait_for_selector("#microphone-problem:not([hidden])")
    assert "not allowed" in desk.said("#microphone-problem")
    context.grant_permissions(["microphone"])
    desk.page.click("#microphone-problem [data-open-microphone]")
    desk.wait(line="registered")
    assert desk.page.is_hidden("#microphone-problem")
    context.close()


def test_the_public_page_says_how_to_allow_it(stage: Stage, strict_browser: Browser) -> None:
    context = refusing(strict_browser, stage)
    page = context.new_page()
    page.goto(f"{stage.origin}/call")
    page.click("[data-deed=call]")
    page.wait_for_selector("[data-problem]:not([hidden])")
    assert "not allowed" in page.inner_text("[data-problem]")
    assert page.is_visible("[data-deed=call]"), "it can be tried again"
    context.close()
