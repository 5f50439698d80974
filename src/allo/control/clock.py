"""The centre's clock: wall-clock instants that never go backwards and whose differences are true durations.

`now()` follows the monotonic clock from the instant of its start. When somebody sets the machine's clock, `now()`
does not jump with it: waits, talks and timers keep their length. It only runs a little faster or slower, by at most
2 %, until it shows the machine's time again; `check()`, called every second or so, decides how much and says when a
jump was seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable

NOTICEABLE_S = 2.0
DRIFT = 0.02
CATCH_UP_S = 10.0
"""A small difference is made up for in about this time: longer than between two checks, so that none overshoots."""


class Clock:
    """One process's clock. `not_before` is the last instant of the run before."""

    def __init__(
        self,
        not_before: float = 0.0,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._mark = monotonic()
        self._at = max(wall(), not_before)
        self._rate = 0.0
        self._off_s = wall() - self._at

    def now(self) -> float:
        """The instant, POSIX seconds."""
        return self._at + (self._monotonic() - self._mark) * (1 + self._rate)

    @property
    def off_s(self) -> float:
        """How far the machine's clock is ahead of this one, as of the last check."""
        return self._off_s

    def check(self) -> float:
        """Choose the drift towards the machine's time; returns by how much that has jumped since the last check."""
        mark, wall_at = self._monotonic(), self._wall()
        passed_s = mark - self._mark
        expected_off_s = self._off_s - passed_s * self._rate
        self._at += passed_s * (1 + self._rate)
        self._mark = mark
        self._off_s = wall_at - self._at
        self._rate = max(-DRIFT, min(DRIFT, self._off_s / CATCH_UP_S))
        jumped_s = self._off_s - expected_off_s
        return jumped_s if abs(jumped_s) >= NOTICEABLE_S else 0.0
