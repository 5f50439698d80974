"""The staffing formulas against published and independently computed figures."""

from __future__ import annotations

from itertools import pairwise
from math import exp, inf

import pytest

from allo.core.erlang import agents_needed, service_level


@pytest.mark.parametrize(
    ("calls", "aht_s", "agents", "expected"),
    [
        (100, 180, 14, 0.88835),
        (250, 210, 30, 0.235),
        (250, 210, 32, 0.613),
        (250, 210, 34, 0.815),
        (250, 210, 40, 0.986),
    ],
)
def test_endless_patience_is_erlang_c(calls: int, aht_s: float, agents: int, expected: float) -> None:
    assert service_level(calls * aht_s / 1800, agents, aht_s, 20) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("agents", "expected"), [(78, 0.813), (80, 0.8606)])
def test_a_day_of_16000_calls_with_patience(agents: int, expected: float) -> None:
    assert service_level(80, agents, 180, 20, 120) == pytest.approx(expected, abs=5e-4)


def test_the_fewest_agents_may_be_fewer_than_the_load() -> None:
    assert agents_needed(80, 180, 20, 0.8, 120) == 78
    assert agents_needed(80, 180, 20, 0.8) > 80


@pytest.mark.parametrize("patience_s", [20.0, 120.0, 3000.0, inf])
@pytest.mark.parametrize("load", [0.05, 0.9, 7.0, 80.0, 400.0])
def test_more_agents_are_never_worse(load: float, patience_s: float) -> None:
    step = 1 + int(load / 40)
    levels = [service_level(load, agents, 180, 20, patience_s) for agents in range(0, int(load * 1.5) + 5, step)]
    assert all(more >= fewer - 1e-9 for fewer, more in pairwise(levels))
    assert all(0 <= level <= 1 for level in levels)


def test_long_patience_comes_to_endless_patience() -> None:
    assert service_level(10, 13, 180, 20, 1e7) == pytest.approx(service_level(10, 13, 180, 20), abs=1e-4)


@pytest.mark.parametrize("agents", [1, 8, 10, 15])
def test_patience_as_long_as_handling_gives_a_poisson_number_of_calls(agents: int) -> None:
    """With equal rates the calls present are Poisson; a target of 0 asks who need not wait at all."""
    weight, free = 1.0, 0.0
    for present in range(agents):
        free += weight
        weight *= 10 / (present + 1)
    assert service_level(10, agents, 180, 0, 180) == pytest.approx(free * exp(-10), rel=1e-4)


def test_no_calls_need_nobody_and_nobody_answers_no_call() -> None:
    assert agents_needed(0, 180, 20, 0.8) == 0
    assert service_level(1, 0, 180, 20) == 0
