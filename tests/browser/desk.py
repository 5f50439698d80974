"""The desk as a test uses it: by keys and clicks, and by waiting for what it shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

WITHIN_MS = 12_000

_READ = "() => ({ ...document.getElementById('desk').dataset })"
# `wanted` maps names of data attributes to what they must be; "farHz" to a pitch that must be near.
_IS_SO = """wanted => {
  const now = document.getElementById('desk')?.dataset;
  return now && Object.entries(wanted).every(([name, value]) =>
    name === 'farHz' ? Math.abs(Number(now.farHz) - value) < 30 : (now[name] ?? '') === value);
}"""

_IS_SO_OR_REFUSED = f"wanted => !!document.querySelector('.said') || ({_IS_SO})(wanted)"
_PRESSES = 10

# What was typed into the outcome's note is on the server.
SAVED = "() => document.querySelector('[data-kept]')?.textContent === 'saved'"


@dataclass
class Desk:
    """One open desk. `heard` collects what the page's console said."""

    page: Page
    origin: str

    def open(self) -> Desk:
        """Load the page; its telephone is connected when this returns."""
        self.page.goto(f"{self.origin}/desk/?tone-test")
        self.wait(line="registered")
        return self

    def ready(self, **then: str) -> Desk:
        """Start work and be ready; `then` is what follows at once when somebody waits.

        Asterisk may need a moment more than the page to reach the telephone: who is told so presses again.
        """
        wanted = then or {"state": "ready"}
        self.wait(phase="offline")
        self.page.keyboard.press("F2")
        self.page.wait_for_selector("[data-ask=ready][data-key=F2]")  # the panel comes a moment after the state
        for _ in range(_PRESSES):
            self.page.keyboard.press("F2")
            self.page.wait_for_function(_IS_SO_OR_REFUSED, arg=wanted, timeout=WITHIN_MS)
            if not self.page.locator(".said").count():
                break
            assert "not connected yet" in self.said(".said")
            self.page.wait_for_timeout(1000)
        self.wait(**wanted)
        return self

    def now(self) -> dict[str, str]:
        """What the desk says of itself: phase, state, line, talk, farHz …"""
        shown: dict[str, str] = self.page.evaluate(_READ)
        return shown

    def wait(self, **wanted: Any) -> None:
        """Return once the desk shows all this."""
        try:
            self.page.wait_for_function(_IS_SO, arg=wanted, timeout=WITHIN_MS)
        except Exception as error:
            shown = {name: self.now().get(name) for name in ("phase", "state", "line", "talk", "farHz", "farLevel")}
            raise AssertionError(f"wanted {json.dumps(wanted)}, but the desk shows {json.dumps(shown)}") from error

    def press(self, *keys: str) -> None:
        """Press keys one after another, a function key once the page has a button for it: as somebody who looks."""
        for key in keys:
            if key[0] == "F" and key[1:].isdecimal():
                self.page.wait_for_selector(f"[data-key={key}]", timeout=WITHIN_MS)
            self.page.keyboard.press(key)

    def accept(self) -> None:
        """Accept what rings; returns when the conversation stands on both sides."""
        self.wait(phase="offer", talk="ringing")
        self.page.wait_for_selector("[data-phone=accept]", timeout=WITHIN_MS)
        self.press("F2")
        self.wait(phase="talk", talk="talking")

    def hold(self) -> None:
        """Put the caller on hold, without a reason."""
        self.press("F4", "F4")

    def said(self, part: str) -> str:
        """The text of the first element that fits a selector."""
        return " ".join(self.page.locator(part).first.inner_text().split())
