"""Centres that are in their steady state from the first second on, so that no warm-up is lost.

How many calls are there is drawn from the steady distribution. Where talks and patiences are exponential these calls
need no past: what is left of a talk is distributed as a whole one. They come at second 0 and are not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import t

from allo.core.facts import CallAnswered
from allo.sim import Estimate, Poisson, Run, Scenario, one_queue
from allo.sim.durations import Seconds
from allo.sim.erlang import Erlang


def steady_distribution(centre: Erlang) -> NDArray[np.float64]:
    """The shares of time with 0, 1, 2 ... calls there: a birth-death chain, as far as it matters."""
    calls = np.arange(1, 20_000)
    leaving = (
        np.minimum(calls, centre.agents) / centre.talk_s + np.maximum(calls - centre.agents, 0) / centre.patience_s
    )
    logs = np.concatenate([[0.0], np.cumsum(np.log(centre.calls_per_hour / 3600 / leaving))])
    weights = np.exp(logs - logs.max())
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


@dataclass(frozen=True)
class SteadyArrivals:
    """Poisson arrivals, after those who are there already."""

    centre: Erlang

    def draw(self, stream: Generator, open_s: float) -> Seconds:
        shares = steady_distribution(self.centre)
        present = stream.choice(len(shares), p=shares)
        return np.concatenate([np.zeros(present), Poisson([self.centre.calls_per_hour]).draw(stream, open_s)])


def steady(centre: Erlang, hours: float) -> Scenario:
    """The centre of the formulas, as a scenario."""
    scenario = one_queue(
        calls_per_hour=centre.calls_per_hour,
        talk_s=centre.talk_s,
        agents=centre.agents,
        hours=hours,
        patience_s=None if centre.patience_s == inf else centre.patience_s,
        warm_up_s=0.001,
    )
    return replace(scenario, callers=(replace(scenario.callers[0], arrivals=SteadyArrivals(centre)),))


def wait_probability(run: Run) -> float:
    """The share of callers who were not answered at once."""
    at_once = sum(fact.wait_s == 0 for fact in run.facts if type(fact) is CallAnswered and fact.at in run.window)
    return 1 - at_once / run.total.calls.entered


@dataclass(frozen=True)
class Controlled:
    """An estimate freed of what is known to be luck: how many called, and how long they talked.

    Both means are known exactly, and a figure is mostly far from its mean because they were. The regression of the
    figures of all runs on these two, taken at the known means, has the same mean and a narrower interval (control
    variates: Lavenberg and Welch, Management Science 27, 1981).
    """

    mean: float
    half_width: float

    @staticmethod
    def of(figure: Estimate, controls: Sequence[tuple[Estimate, float]], confidence: float) -> Controlled:
        """`controls`: each with its known mean."""
        runs = len(figure.values)
        luck = [np.asarray(control.values) - mean for control, mean in controls]
        columns = np.column_stack([np.ones(runs), *luck])
        values = np.asarray(figure.values)
        coefficients, *_ = np.linalg.lstsq(columns, values, rcond=None)
        freedom = runs - columns.shape[1]
        variance = ((values - columns @ coefficients) ** 2).sum() / freedom
        deviation = np.sqrt(variance * np.linalg.inv(columns.T @ columns)[0, 0])
        return Controlled(float(coefficients[0]), float(deviation * t.ppf((1 + confidence) / 2, freedom)))

    def covers(self, value: float) -> bool:
        return abs(self.mean - value) <= self.half_width
