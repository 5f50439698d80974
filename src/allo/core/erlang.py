"""How many agents a load of calls needs: Erlang's formulas with callers who lose patience.

Decides nothing. The model is M/M/n+M (Erlang A; Erlang C where patience is endless): Poisson arrivals, exponential
handling and patience. Sources: Mandelbaum & Zeltyn, "Service Engineering in Action: the Palm/Erlang-A queue" (2007)
for the offered wait, whose density is proportional to exp(λ/θ·(1−exp(−θv)) − nμv); the integrals are taken by
Simpson's rule. Real handling times are not exponential; for the share answered in time this matters little.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import exp, inf, log

_PANELS = 64
"""Of Simpson's rule; the integrands are smooth, 64 panels give six digits."""


def service_level(load: float, agents: int, aht_s: float, target_s: float, patience_s: float = inf) -> float:
    """The share of offered calls that are answered within `target_s`.

    `load` is calls in progress if all were answered at once (arrivals a second × `aht_s`, in Erlang).
    """
    if load <= 0:
        return 1.0
    if agents <= 0:
        return 0.0
    free = _odds_of_free(load, agents)
    rate, drain = load / aht_s, agents / aht_s
    if patience_s == inf:
        if load >= agents:
            return 0.0
        waits = rate / (drain - rate)
        late = exp(-(drain - rate) * target_s)
        return (free + waits * (1 - late)) / (free + waits)
    return _with_patience(free, rate, drain, target_s, patience_s)


def _with_patience(free: float, rate: float, drain: float, target_s: float, patience_s: float) -> float:
    peak_s = max(0.0, patience_s * log(rate / drain))

    def height(wait_s: float) -> float:
        return rate * patience_s * (1 - exp(-wait_s / patience_s)) - drain * wait_s

    top = height(peak_s)

    def density(wait_s: float) -> float:
        return exp(height(wait_s) - top)

    # Beyond the peak the density falls at least as fast as a normal curve, and in the end as exp(−drain·v).
    width_s = min((patience_s / drain) ** 0.5, 1 / (drain - rate) if drain > rate else inf)
    end_s = peak_s + 12 * width_s + 12 / drain
    waits = rate * (_integral(density, 0.0, peak_s) + _integral(density, peak_s, end_s))
    in_time = rate * _integral(lambda wait_s: density(wait_s) * exp(-wait_s / patience_s), 0.0, target_s)
    free *= exp(-top)
    return (free + in_time) / (free + waits)


@lru_cache(maxsize=4096)
def agents_needed(load: float, aht_s: float, target_s: float, goal: float, patience_s: float = inf) -> int:
    """The fewest agents with whom at least `goal` of the calls are answered within `target_s`."""
    if load <= 0:
        return 0
    low, high = 0, 1
    while service_level(load, high, aht_s, target_s, patience_s) < goal:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if service_level(load, middle, aht_s, target_s, patience_s) < goal:
            low = middle
        else:
            high = middle
    return high


def _odds_of_free(load: float, agents: int) -> float:
    """The weight of the states with a free agent, that of the fullest of them being one."""
    odds = 1.0
    for busy in range(1, agents):
        odds = 1 + odds * busy / load
    return odds


def _integral(of: Callable[[float], float], start: float, end: float) -> float:
    if end <= start:
        return 0.0
    step = (end - start) / _PANELS
    inner = sum((4 if place % 2 else 2) * of(start + place * step) for place in range(1, _PANELS))
    return (of(start) + inner + of(end)) * step / 3
