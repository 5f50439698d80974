"""Waiting in tests: for what must come true, never for a fixed time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE_S = 30.0
Why = Callable[[], str]


def _nothing_more() -> str:
    return ""


async def until(what: Callable[[], T], within_s: float = PATIENCE_S, why: Why = _nothing_more) -> T:
    """What `what()` returns as soon as that is true; an AssertionError with the words of `why()` when it never is."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, f"it did not happen within {within_s:g} s {why()}"
        await asyncio.sleep(0.02)
    return found


def wait_until(what: Callable[[], T], within_s: float = PATIENCE_S, why: Why = _nothing_more) -> T:
    """The same where no loop runs."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, f"it did not happen within {within_s:g} s {why()}"
        time.sleep(0.05)
    return found
