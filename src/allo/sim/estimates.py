"""Many runs of one scenario: means with confidence intervals.

One run is one day among the many that could have been. Independent replications (each with random streams of its
own) and Student's t say how far the mean of such days is known: Law, Simulation Modeling and Analysis, ch. 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, stdev

from numpy.random import SeedSequence
from scipy.special import stdtrit

from allo.sim.played import Run
from allo.sim.scenario import Scenario
from allo.sim.simulation import run

Measure = Callable[[Run], float | None]

MEASURES: Mapping[str, Measure] = {
    "service_level": lambda run: run.total.service_level,
    "abandonment": lambda run: run.total.abandonment,
    "asa_s": lambda run: run.total.asa_s,
    "aht_s": lambda run: run.total.aht_s,
    "occupancy": lambda run: run.total.occupancy,
}


@dataclass(frozen=True)
class Estimate:
    """A mean and what it was computed from."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The estimate; `nan` when no run gave a value."""
        return fmean(self.values) if self.values else float("nan")

    def half_width(self, confidence: float = 0.95) -> float:
        """The interval is mean ± this; without end for fewer than two runs."""
        count = len(self.values)
        if count < 2:
            return inf
        return float(stdtrit(count - 1, (1 + confidence) / 2)) * stdev(self.values) / sqrt(count)

    def covers(self, value: float, confidence: float = 0.95) -> bool:
        """Whether `value` lies in the interval."""
        return abs(self.mean - value) <= self.half_width(confidence)


def runs(scenario: Scenario, count: int, seed: int = 1) -> Iterator[Run]:
    """`count` independent runs, one after the other."""
    for child in SeedSequence(seed).spawn(count):
        yield run(scenario, child)


def estimate(played: Iterable[Run], measures: Mapping[str, Measure] = MEASURES) -> dict[str, Estimate]:
    """Each measure over runs; a run in which it cannot be computed is left out of it."""
    values: dict[str, list[float]] = {name: [] for name in measures}
    for one in played:
        for name, measure in measures.items():
            value = measure(one)
            if value is not None:
                values[name].append(value)
    return {name: Estimate(tuple(found)) for name, found in values.items()}


def replicate(
    scenario: Scenario, replications: int, seed: int = 1, measures: Mapping[str, Measure] = MEASURES
) -> dict[str, Estimate]:
    """Play a scenario many times and estimate what is asked, by default the five usual figures."""
    return estimate(runs(scenario, replications, seed), measures)
