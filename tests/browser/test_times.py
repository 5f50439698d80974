"""How long until both hear each other: after the key that accepts, and after a reload in the middle of a call.

Asserts that it happens, not how fast. To measure, alone on a quiet machine:

    ROUNDS=15 .venv/bin/python -m pytest -q -s tests/browser/test_times.py
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.sound import AGENT_HZ, CALLER_HZ
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
ROUNDS = int(os.environ.get("ROUNDS", "1"))

# The page notes on its own clock when F2 was pressed and when the far side could first be heard after it.
_WATCH = """() => {
  window.times = {};
  addEventListener('keydown', ({ key }) => { if (key === 'F2') window.times.pressed ??= performance.now(); }, true);
  const desk = document.getElementById('desk');
  new MutationObserver(() => {
    if (window.times.pressed && Number(desk.dataset.farLevel) > 0.5) window.times.heard ??= performance.now();
  }).observe(desk, { attributes: true });
}"""


def say(what: str, seconds: list[float]) -> None:
    numbers = sorted(seconds)
    print(f"\n{what}: median {statistics.median(numbers) * 1000:.0f} ms, worst {numbers[-1] * 1000:.0f} ms of {ROUNDS}")


def test_from_the_key_until_both_hear(desk: Desk, call: Call) -> None:
    agent_hears, caller_hears = [], []
    desk.ready()
    for _ in range(ROUNDS):
        caller = call()
        desk.wait(phase="offer", talk="ringing")
        desk.page.wait_for_selector("[data-phone=accept]")
        desk.page.evaluate(_WATCH)
        pressed = time.monotonic()
        desk.press("F2")
        heard = wait_until(lambda: caller.first_heard(AGENT_HZ, pressed), "the caller hears")  # noqa: B023
        desk.wait(farHz=CALLER_HZ)
        times = desk.page.evaluate("window.times")
        agent_hears.append((times["heard"] - times["pressed"]) / 1000)
        caller_hears.append(heard - pressed)
        desk.page.wait_for_selector("[data-phone=hang-up]")
        desk.press("F9")
        desk.wait(phase="wrapup", talk="none")
        desk.page.wait_for_selector("textarea[name=note]")
        desk.press("1", "F2")
        desk.wait(phase="idle", state="ready")
    assert min(agent_hears) > 0
    assert min(caller_hears) > 0
    say("Accept until the agent hears", agent_hears)
    say("Accept until the caller hears", caller_hears)


def test_from_a_reload_until_both_hear_again(desk: Desk, call: Call) -> None:
    agent_hears, caller_hears = [], []
    desk.ready()
    caller = call()
    desk.accept()
    desk.wait(farHz=CALLER_HZ)
    for _ in range(ROUNDS):
        wait_until(lambda: caller.first_heard(AGENT_HZ, caller.answered_at), "the caller hears")
        started = time.monotonic()
        desk.page.reload(wait_until="commit")
        desk.wait(farHz=CALLER_HZ, talk="talking")
        agent_hears.append(time.monotonic() - started)
        # Packets of the old leg may still come for a moment: the new leg's are those after the page was gone.
        new = started + 0.2
        heard = wait_until(lambda: caller.first_heard(AGENT_HZ, new), "the caller hears again")  # noqa: B023
        caller_hears.append(heard - started)
    say("Reload until the agent hears", agent_hears)
    say("Reload until the caller hears", caller_hears)
