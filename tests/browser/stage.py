"""The centre that browser tests play in: a whole `allo up`, a browser with a microphone that sounds a tone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState

from allo.core.requests import FinishWrapUp, HangUp, LogOut
from allo.installation import CHECKOUT, Installation
from allo.web.control_client import ControlAwayError, ControlClient
from tests.live.centre_runner import RunningCentre

CHROMIUM = "/usr/bin/chromium"
QUICK_NUMBER = "200"
DEMO = {"agent": "agent-demo-1", "leader": "leader-demo-1", "colleague": "colleague-demo-1"}
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
_GRANT_MICROPHONE = "--use-fake-ui-for-media-stream"


def wait_until(what: Callable[[], Any], why: str, within_s: float = 15) -> Any:
    """Return the first true `what()`."""
    until = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < until, f"{why}: it did not happen within {within_s} s"
        time.sleep(0.02)
    return found


def launch(driver: Playwright, tone: Path, *, may_listen: bool = True) -> Browser:
    """A Chromium of its own whose microphone sounds `tone`; without `may_listen` nobody is let at it."""
    more = [_GRANT_MICROPHONE] if may_listen else []
    flags = [*_FLAGS, *more, f"--use-file-for-fake-audio-capture={tone}"]
    return driver.chromium.launch(executable_path=CHROMIUM, args=flags, headless=True)


@dataclass
class Stage:
    """The centre, with what tests ask of it from outside the browser."""

    centre: RunningCentre
    browser: Browser
    agent_id: str = ""
    logins: dict[str, StorageState] = field(default_factory=dict)

    @classmethod
    def furnished(cls, centre: RunningCentre, browser: Browser) -> Stage:
        """Add the queues of the tests to the demo centre."""
        answer = subprocess.run(
            [sys.executable, str(CHECKOUT / "tests/browser/furnish.py")],
            capture_output=True,
            text=True,
            check=False,
            env=centre._environment(centre.installation),
        )
        assert answer.returncode == 0, answer.stderr
        stage = cls(centre, browser, agent_id=answer.stdout.strip())
        wait_until(lambda: len(stage.live(f"agent:{stage.agent_id}").get("queues", ())) == 4, "the queues of the tests")
        return stage

    @property
    def here(self) -> Installation:
        return self.centre.installation

    @property
    def origin(self) -> str:
        return self.here.origin

    # Control's own word

    @contextlib.contextmanager
    def _control(self) -> Any:
        client = ControlClient(socket_path=str(self.here.control_socket))
        try:
            yield client
        finally:
            client.close()

    def live(self, key: str) -> dict[str, Any]:
        """What control says of `agent:1`, `call:…` now; empty when there is no such thing or control is away."""
        with self._control() as control:
            try:
                found: dict[str, Any] = dict(control.snapshot().items.get(key) or {})
            except ControlAwayError:
                return {}
            return found

    def agent(self) -> dict[str, Any]:
        """The demo agent now."""
        return self.live(f"agent:{self.agent_id}")

    def call(self) -> dict[str, Any]:
        """The agent's call now; empty without one."""
        agent = self.agent()
        return self.live(f"call:{agent['call_id']}") if agent.get("call_id") else {}

    def send_agent_home(self) -> None:
        """End what a test has left: call, wrap-up, work."""

        def is_home() -> bool:
            agent = self.agent()
            state, call_id = agent.get("state"), agent.get("call_id", "")
            with self._control() as control:
                if state == "on_call":
                    control.send(HangUp(self.agent_id, call_id))
                elif call_id and state in {"wrap_up", "not_ready"}:
                    control.send(FinishWrapUp(self.agent_id, call_id, "1"))
                elif state != "offered":
                    control.send(LogOut(self.agent_id))
            return state == "offline" and not self.live_calls()

        wait_until(is_home, "the agent goes home")

    def live_calls(self) -> list[str]:
        """The ids of all calls that have not ended."""
        with self._control() as control:
            return [key for key, value in control.snapshot().items.items() if key.startswith("call:") and value]

    # The browser

    def context(self, login: str = "", **options: Any) -> BrowserContext:
        """A browser profile, signed in as `agent` or `leader`, or as nobody."""
        if login and login not in self.logins:
            self.logins[login] = self._sign_in(login)
        chosen = {"viewport": {"width": 1280, "height": 720}, "locale": "en-US", **options}
        if login:
            chosen.setdefault("storage_state", self.logins[login])
        return self.browser.new_context(**chosen)

    def _sign_in(self, login: str) -> StorageState:
        context = self.browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"{self.origin}/desk/")  # leads to the sign-in page
        sign_in(page, login)
        page.wait_for_selector("#desk, .top__nav")
        page.goto("about:blank")
        state = context.storage_state()
        context.close()
        return state


def sign_in(page: Page, login: str) -> None:
    """Fill in the form that is open and send it."""
    form = page.locator("#sign-in-form")
    form.locator("input[name=username]").fill(login)
    form.locator("input[name=password]").fill(DEMO[login])
    form.locator("[type=submit]").click()
