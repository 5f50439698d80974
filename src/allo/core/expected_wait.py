"""How long will this caller still wait? An interval that has held for nine in ten, or nothing at all.

The model: while callers wait, the queue takes one every 1/ρ seconds on average, and each waiting caller gives up at
rate θ. Somebody with p−1 callers in front waits for p such events: the sum of the means 1/(ρ+jθ), j = 0 … p−1, which is
roughly gamma distributed. ρ and θ come from the queue's last calls (`Pace`), the recent ones counting more.

The model is not believed. What it says is put on a scale on which a gamma wait is standard normal (Wilson & Hilferty
1931), and the band on that scale is corrected after each caller so that on each side one in twenty falls outside
(adaptive conformal inference, Gibbs & Candès 2021: holds in the long run whatever the true distribution is). The share
that held lately is known too: below `TRUSTED`, or before `ENOUGH` callers, nothing is said.

Plain numbers without a clock; whoever gives up earlier than their interval's end proves nothing and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

TRUSTED = 0.87
"""The share of intervals which must have held lately for anything to be said; a little over what is promised (0.85)."""
ENOUGH = 30
"""Callers whose wait came out before anything is said."""
_MISSES_A_SIDE = 0.08
_STEP = 0.15
"""How far the band moves for a miss, in standard deviations; a hit moves it back by a nineteenth of that."""
_MEMORY_OF_STARTS = 1 / 30
_MEMORY_OF_PATIENCE = 1 / 300
_MEMORY_OF_TRUST = 1 / 100
_LEAST_STARTS = 5.0
_MINUTE_S = 60.0


@dataclass(slots=True)
class Pace:
    """What a queue's recent past says about its speed, and how well that has served."""

    since_at: float = 0.0
    """The instant up to which the sums are kept."""
    waiting: int = 0
    """Callers who were not offered to anybody at once and still wait."""
    starts: float = 0.0
    """Of them, those answered lately, in `busy_s` of somebody waiting."""
    busy_s: float = 0.0
    left: float = 0.0
    """Of them, those who gave up, in `waited_s` of all their waiting."""
    waited_s: float = 0.0
    low: float = -2.0
    high: float = 2.0
    """The band, in standard deviations of the model."""
    seen: int = 0
    """Guesses that came out."""
    held: float = 1.0
    """The share of them, lately, that held."""


@dataclass(slots=True)
class Guess:
    """What was thought of one caller's remaining wait at one instant."""

    at: float
    mean_s: float
    shape: float
    low_s: float
    high_s: float


def pass_time(pace: Pace, now: float) -> None:
    """Add up the time since the last change; to be called before every change of the line."""
    lasted_s = max(0.0, now - pace.since_at)
    if pace.waiting > 0:
        pace.busy_s += lasted_s
        pace.waited_s += lasted_s * pace.waiting
    pace.since_at = now


def guess(pace: Pace, position: int, now: float) -> Guess | None:
    """The interval for who is at `position` (1 = next) now; None while too little is known of the queue."""
    pass_time(pace, now)
    if pace.starts < _LEAST_STARTS or pace.busy_s <= 0:
        return None
    rate = pace.starts / pace.busy_s
    leave_rate = pace.left / pace.waited_s if pace.waited_s > 0 else 0.0
    means = [1 / (rate + ahead * leave_rate) for ahead in range(position)]
    mean_s = sum(means)
    shape = mean_s**2 / sum((mean**2 for mean in means), 0.0)
    return Guess(now, mean_s, shape, _at(mean_s, shape, pace.low), _at(mean_s, shape, pace.high))


def spoken(known: Guess) -> tuple[int, int]:
    """The interval in whole minutes, rounded outwards: what the caller is told."""
    return floor(known.low_s / _MINUTE_S), max(1, ceil(known.high_s / _MINUTE_S))


def is_trusted(pace: Pace) -> bool:
    """Whether the intervals have held often enough lately to be told to callers."""
    return pace.seen >= ENOUGH and pace.held >= TRUSTED


def came_out(pace: Pace, guesses: list[Guess], now: float, *, is_answered: bool) -> None:
    """A caller who had to wait is answered, or has given up: learn the speed, and how good the guesses were."""
    pass_time(pace, now)
    pace.waiting -= 1
    if is_answered:
        pace.starts = pace.starts * (1 - _MEMORY_OF_STARTS) + 1
        pace.busy_s *= 1 - _MEMORY_OF_STARTS
    else:
        pace.left += 1
    pace.left *= 1 - _MEMORY_OF_PATIENCE
    pace.waited_s *= 1 - _MEMORY_OF_PATIENCE
    proved = [known for known in guesses if is_answered or now - known.at > known.high_s]
    if proved:
        _learn(pace, proved, now)


def _learn(pace: Pace, proved: list[Guess], now: float) -> None:
    """One caller counts once: the band is to hold for all that was thought of their wait."""
    scores = [_score(known.mean_s, known.shape, now - known.at) for known in proved]
    pace.high += _STEP * ((max(scores) > pace.high) - _MISSES_A_SIDE)
    pace.low -= _STEP * ((min(scores) < pace.low) - _MISSES_A_SIDE)
    has_held = all(_holds(known, now - known.at) for known in proved)
    pace.seen += 1
    pace.held += (has_held - pace.held) * _MEMORY_OF_TRUST


def _holds(known: Guess, waited_s: float) -> bool:
    low, high = spoken(known)
    return low * _MINUTE_S <= waited_s <= high * _MINUTE_S


def _score(mean_s: float, shape: float, waited_s: float) -> float:
    """Where a wait lies among the model's, in standard deviations."""
    spread = 1 / (3 * sqrt(shape))
    return float(((waited_s / mean_s) ** (1 / 3) - 1 + spread**2) / spread)


def _at(mean_s: float, shape: float, score: float) -> float:
    """The wait that lies at `score`: the inverse of `_score`."""
    spread = 1 / (3 * sqrt(shape))
    return float(mean_s * max(0.0, 1 - spread**2 + score * spread) ** 3)
