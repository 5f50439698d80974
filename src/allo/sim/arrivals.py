"""When calls come, in seconds since the centre opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator

from allo.sim.durations import Seconds


class Arrivals(Protocol):
    """Where the seconds of arrival come from."""

    def draw(self, stream: Generator, open_s: float) -> Seconds:
        """All arrivals in [0, open_s), ascending."""


@dataclass(frozen=True)
class Poisson:
    """Callers who know nothing of each other. The rate holds for one interval each, the last one to the end."""

    per_hour: Sequence[float]
    interval_s: float = 3600.0

    def draw(self, stream: Generator, open_s: float) -> Seconds:
        """See `Arrivals`. In an interval: a Poisson number of calls, each at any instant of it."""
        starts = np.arange(len(self.per_hour)) * self.interval_s
        ends = np.append(starts[1:], max(open_s, starts[-1]))
        starts, ends = np.minimum(starts, open_s), np.minimum(ends, open_s)
        counts = stream.poisson(np.asarray(self.per_hour) / 3600 * (ends - starts))
        return np.sort(stream.uniform(np.repeat(starts, counts), np.repeat(ends, counts)))


@dataclass(frozen=True)
class AtInstants:
    """Exactly these: a recorded day. What is not in [0, open_s) is left out."""

    seconds: Sequence[float]

    def draw(self, stream: Generator, open_s: float) -> Seconds:  # noqa: ARG002
        """See `Arrivals`."""
        seconds = np.sort(np.asarray(self.seconds, dtype=np.float64))
        return seconds[(seconds >= 0) & (seconds < open_s)]
