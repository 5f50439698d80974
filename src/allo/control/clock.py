"""The centre's clock: wall-clock instants that never go backwards and whose differences are true durations.

`now()` follows the monotonic clock from the instant of its start. When somebody sets the machine's clock, `now()`
does not jump with it: waits, talks and timers keep their length. It only drifts towards the machine's time, by at
most 2 % of the time passing, so that it is right again in the end; `check()` says when a jump was seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable

NOTICEABLE_S = 2.0
DRIFT = 0.02


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
        self._off_s = wall() - self._at

    def now(self) -> float:
        """The instant, POSIX seconds."""
        return self._at + (self._monotonic() - self._mark)

    @property
    def off_s(self) -> float:
        """How far the machine's clock is ahead of this one, as of the last check."""
        return self._off_s

    def check(self) -> float:
        """Drift towards the machine's time; returns by how much that has jumped since the last check (0: not)."""
        passed_s = self._monotonic() - self._mark
        off_s = self._wall() - self.now()
        jumped_s = off_s - self._off_s
        drift_s = max(-DRIFT * passed_s, min(DRIFT * passed_s, off_s))
        self._at += passed_s + drift_s
        self._mark += passed_s
        self._off_s = off_s - drift_s
        return jumped_s if abs(jumped_s) >= NOTICEABLE_S else 0.0
