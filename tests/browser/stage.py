"""The centre that browser tests play in: a whole `allo up`, a browser with a microphone that sounds a tone."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState

from allo.core.requests import CancelCallback, FinishWrapUp, HangUp, LogOut
from allo.installation import CHECKOUT, Installation
from allo.web.control_client import ControlAwayError, ControlClient
from tests.browser.sip_caller import SipCaller
from tests.free_ports import free_port
from tests.live.centre_runner import RunningCentre
from tests.waiting import wait_until

CHROMIUM = "/usr/bin/chromium"
QUICK_NUMBER, BRIEF_NUMBER, LATER_NUMBER = "200", "202", "203"
OUTSIDE_NUMBER = "79005550160"
QUEUES_OF_THE_AGENT = 6
DEMO = {name: f"{name}-demo-1" for name in ("agent", "leader", "admin", "colleague")}
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)
_MAY_SOUND = "--autoplay-policy=no-user-gesture-required"
_GRANT_MICROPHONE = "--use-fake-ui-for-media-stream"


def launch(driver: Playwright, tone: Path, *, may_listen: bool = True, may_sound: bool = True) -> Browser:
    """A Chromium of its own whose microphone sounds `tone`.

    Without `may_listen` nobody is let at it; without `may_sound` a page is silent until somebody has touched it.
    """
    more = [flag for flag, is_given in ((_GRANT_MICROPHONE, may_listen), (_MAY_SOUND, may_sound)) if is_given]
    flags = [*_FLAGS, *more, f"--use-file-for-fake-audio-capture={tone}"]
    return driver.chromium.launch(executable_path=CHROMIUM, args=flags, headless=True)


@dataclass
class Stage:
    """The centre, with what tests ask of it from outside the browser."""

    centre: RunningCentre
    browser: Browser
    agent_id: str = ""
    outside: SipCaller | None = None
    """Whoever is dialled outside the centre; the line there must work from the beginning."""
    logins: dict[str, StorageState] = field(default_factory=dict)

    @classmethod
    def furnished(cls, centre: RunningCentre, browser: Browser) -> Stage:
        """Add the queues of the tests to the demo centre."""
        outside = SipCaller(centre.installation.sip_port, caller=OUTSIDE_NUMBER, own_port=free_port()).listen()
        answer = subprocess.run(
            [sys.executable, str(CHECKOUT / "tests/browser/furnish.py"), str(outside.own_port)],
            capture_output=True,
            text=True,
            check=False,
            env=centre.environment(centre.installation),
        )
        assert answer.returncode == 0, answer.stderr
        stage = cls(centre, browser, agent_id=answer.stdout.strip(), outside=outside)
        wait_until(lambda: len(stage.agent().get("queues", ())) == QUEUES_OF_THE_AGENT, "the queues of the tests")
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

    def has_read_the_set_up(self) -> bool:
        """Whether control goes by what the tables say now."""
        with contextlib.closing(sqlite3.connect(self.here.effective_database_url.removeprefix("sqlite:///"))) as tables:
            [[revision]] = tables.execute("SELECT number FROM data_configrevision").fetchall()
        return bool(self.live("system")["config_revision"] == revision)

    def call(self) -> dict[str, Any]:
        """The agent's call now; empty without one."""
        agent = self.agent()
        return self.live(f"call:{agent['call_id']}") if agent.get("call_id") else {}

    def send_home(self, agent_id: str) -> None:
        """End what a test has left to this agent: call, wrap-up, work."""

        def is_home() -> bool:
            agent = self.live(f"agent:{agent_id}")
            state, call_id = agent.get("state"), agent.get("call_id", "")
            with self._control() as control:
                if state == "on_call":
                    control.send(HangUp(agent_id, call_id))
                elif call_id and state in {"wrap_up", "not_ready"}:
                    control.send(FinishWrapUp(agent_id, call_id, "1"))
                elif state != "offered":
                    control.send(LogOut(agent_id))
            return state == "offline"

        wait_until(is_home, "the agent goes home")

    def send_agent_home(self) -> None:
        """The demo agent goes home, and every call is over; nobody is called back any more."""
        self.send_home(self.agent_id)
        for key in self.live_calls():
            with self._control() as control:
                control.send(CancelCallback(self.agent_id, key.partition(":")[2]))
        wait_until(lambda: not self.live_calls(), "every call is over")

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


def sign_in(page: Page, login: str, password: str = "") -> None:
    """Fill in the form that is open and send it; a login of the demo needs no password here."""
    form = page.locator("#sign-in-form")
    form.locator("input[name=username]").fill(login)
    form.locator("input[name=password]").fill(password or DEMO[login])
    form.locator("[type=submit]").click()
