"""How long things last: talking, waiting patiently, wrapping up, reaching for the receiver.

A `Duration` gives any number of seconds from a random stream, all at once. Anything with such a `draw` will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Seconds = NDArray[np.float64]


class Duration(Protocol):
    """Where seconds come from."""

    def draw(self, stream: Generator, count: int) -> Seconds:
        """`count` durations, each 0 or more; `inf` is for ever."""


@dataclass(frozen=True)
class Constant:
    """Always the same."""

    seconds: float

    def draw(self, stream: Generator, count: int) -> Seconds:  # noqa: ARG002
        """See `Duration`."""
        return np.full(count, self.seconds)


NOTHING = Constant(0.0)
FOR_EVER = Constant(float("inf"))


@dataclass(frozen=True)
class Exponential:
    """Without memory, as the Erlang formulas assume."""

    mean_s: float

    def draw(self, stream: Generator, count: int) -> Seconds:
        """See `Duration`."""
        return stream.exponential(self.mean_s, count)


@dataclass(frozen=True)
class LogNormal:
    """What talk times of real centres look like (Brown et al., JASA 2005)."""

    mean_s: float
    deviation_s: float

    def draw(self, stream: Generator, count: int) -> Seconds:
        """See `Duration`."""
        variance = log(1 + (self.deviation_s / self.mean_s) ** 2)
        return stream.lognormal(log(self.mean_s) - variance / 2, sqrt(variance), count)


@dataclass(frozen=True)
class Listed:
    """Exactly these, in this order: the first for the first caller."""

    seconds: Sequence[float]

    def draw(self, stream: Generator, count: int) -> Seconds:  # noqa: ARG002
        """See `Duration`. Raises ValueError when the list is too short."""
        if count > len(self.seconds):
            raise ValueError(f"{count} durations are needed, and the list has {len(self.seconds)}")
        return np.asarray(self.seconds[:count], dtype=np.float64)


@dataclass(frozen=True)
class Sampled:
    """Any of these, each as likely as the others, again and again: a measured distribution."""

    seconds: Sequence[float]

    def draw(self, stream: Generator, count: int) -> Seconds:
        """See `Duration`."""
        return stream.choice(np.asarray(self.seconds, dtype=np.float64), count)


def one_by_one(duration: Duration, stream: Generator) -> Iterator[float]:
    """Durations without end, for what nobody can count beforehand."""
    while True:
        yield from duration.draw(stream, 256).tolist()
