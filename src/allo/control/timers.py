"""The engine's timers on the event loop: each fires once, never early, and `TimerFired` goes back to the engine.

Durations are kept on the loop's own monotonic clock: setting the machine's clock moves no timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from allo.core.events import TimerFired


class Timers:
    """Running timers by their ids."""

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float]) -> None:
        self._loop = loop
        self._now = now
        self._running: dict[str, asyncio.TimerHandle] = {}
        self.fire: Callable[[TimerFired], None] = lambda _: None

    def keys(self) -> set[str]:
        """Which timers run."""
        return set(self._running)

    def start(self, timer_id: str, fires_at: float) -> None:
        """Start a timer, or move it; an overdue one fires in the loop's next turn."""
        self.cancel(timer_id)
        delay_s = max(0.0, fires_at - self._now())
        self._running[timer_id] = self._loop.call_later(delay_s, self._fired, timer_id, fires_at)

    def cancel(self, timer_id: str) -> None:
        """Stop a timer if it runs."""
        handle = self._running.pop(timer_id, None)
        if handle is not None:
            handle.cancel()

    def reset(self, timers: Mapping[str, float], not_before: float = 0.0) -> None:
        """Let exactly these timers run, the overdue ones too; none fires before the instant `not_before`."""
        for timer_id in list(self._running):
            self.cancel(timer_id)
        for timer_id, fires_at in timers.items():
            self.start(timer_id, max(fires_at, not_before))

    def _fired(self, timer_id: str, fires_at: float) -> None:
        if self._now() < fires_at:  # a loop that counts in whole milliseconds is a little early
            self.start(timer_id, fires_at)
            return
        self._running.pop(timer_id, None)
        self.fire(TimerFired(timer_id))
