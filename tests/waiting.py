"""Waiting in tests: for what must come true, never for a fixed time.

What is asked is asked again and again, so that it must be cheap, and must stay true once it is (or be looked at soon
enough). Nothing waits for the patience to end but a test that fails.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE_S = 60.0
"""Enough for a whole centre to start on a machine that has much else to do."""
ASKED_EVERY_S = 0.01
ASKED_EVERY_S_OUTSIDE = 0.03
"""Where no loop runs another process is asked, or its tables."""
Why = str | Callable[[], str]
"""What is waited for, or words found once it was in vain (logs)."""


async def until(what: Callable[[], T | None], why: Why = "", within_s: float = PATIENCE_S) -> T:
    """What `what()` returns as soon as that is true; an AssertionError that says `why` when it never is."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, _in_vain(why, within_s)
        await asyncio.sleep(ASKED_EVERY_S)
    return found


def wait_until(what: Callable[[], T | None], why: Why = "", within_s: float = PATIENCE_S) -> T:
    """The same where no loop runs."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, _in_vain(why, within_s)
        time.sleep(ASKED_EVERY_S_OUTSIDE)
    return found


def _in_vain(why: Why, within_s: float) -> str:
    return f"it did not happen within {within_s:g} s: {why() if callable(why) else why}"
