"""The formulas against published and independently computed values."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy.stats import poisson

from allo.sim.erlang import Erlang, NoSteadyStateError
from tests.sim.steady import steady_distribution


@pytest.mark.parametrize(
    ("calls_per_hour", "talk_s", "agents", "service_level", "asa_s"),
    [
        (200, 180, 14, 0.88835, 7.84),
        (500, 210, 30, 0.235, 208.7),
        (500, 210, 32, 0.613, 37.6),
        (500, 210, 34, 0.815, 12.7),
        (500, 210, 36, 0.917, 4.9),
        (500, 210, 40, 0.986, 0.74),
    ],
)
def test_erlang_c(calls_per_hour: float, talk_s: float, agents: int, service_level: float, asa_s: float) -> None:
    centre = Erlang(calls_per_hour, talk_s, agents)
    assert centre.service_level(20) == pytest.approx(service_level, abs=0.0006)
    assert centre.asa_s == pytest.approx(asa_s, rel=0.006)
    assert centre.wait_s == pytest.approx(centre.asa_s)
    assert centre.abandonment == pytest.approx(0, abs=1e-9)


def test_erlang_c_of_a_small_centre() -> None:
    centre = Erlang(200, 180, 14)
    assert centre.wait_probability == pytest.approx(0.17413, abs=5e-6)
    assert centre.occupancy == pytest.approx(0.714, abs=5e-4)


def test_the_same_centre_with_and_without_patience() -> None:
    """Garnett, Mandelbaum and Reiman's example: 48 calls a minute, 50 agents."""
    endless, human = Erlang(2880, 60, 50), Erlang(2880, 60, 50, patience_s=120)
    assert endless.asa_s == pytest.approx(20.8, abs=0.05)
    assert endless.occupancy == pytest.approx(0.96)
    assert human.abandonment == pytest.approx(0.0309, abs=5e-5)
    assert human.wait_s == pytest.approx(3.71, abs=0.005)
    assert human.occupancy == pytest.approx(0.930, abs=5e-4)


@pytest.mark.parametrize(
    ("agents", "service_level", "abandonment"), [(77, None, None), (78, 0.813, 0.0627), (80, 0.8606, 0.04905)]
)
def test_16000_calls_a_day(agents: int, service_level: float | None, abandonment: float | None) -> None:
    """78 is the fewest for 80 % in 20 s: fewer than the load of 80 erlangs, since some give up."""
    centre = Erlang(1600, 180, agents, patience_s=120)
    if service_level is None:
        assert centre.service_level(20) < 0.8
    else:
        assert centre.service_level(20) == pytest.approx(service_level, abs=6e-4)
        assert centre.abandonment == pytest.approx(abandonment, abs=6e-5)


def test_patience_as_long_as_a_talk_makes_the_number_of_calls_poisson() -> None:
    centre = Erlang(1600, 180, 80, patience_s=180)
    assert centre.wait_probability == pytest.approx(poisson.sf(79, centre.load))


@pytest.mark.parametrize(("patience_ratio", "expected"), [(0.25, 0.667), (1, 0.5), (4, 0.333)])
def test_a_large_critically_loaded_centre(patience_ratio: float, expected: float) -> None:
    """Garnett's limit for a load equal to the agents; at 10,000 agents it is within half a percent."""
    agents = 10_000
    centre = Erlang(agents * 20, 180, agents, patience_s=180 / patience_ratio)
    assert centre.wait_probability == pytest.approx(expected, abs=0.005)


def test_patience_goes_to_its_limits() -> None:
    assert Erlang(500, 210, 32, 1e9).asa_s == pytest.approx(Erlang(500, 210, 32).asa_s, rel=1e-4)
    # Erlang B, 20 trunks at 12.03 erlangs lose 1 %: callers of no patience at all
    lossy = Erlang(12.03 * 20, 180, 20, patience_s=1e-3)
    assert lossy.abandonment == pytest.approx(0.01, abs=2e-5)


@pytest.mark.parametrize("centre", [Erlang(1600, 180, 78, 120), Erlang(1600, 180, 60, 600), Erlang(500, 210, 32)])
def test_the_birth_death_chain_says_the_same(centre: Erlang) -> None:
    shares = steady_distribution(centre)
    queue = np.maximum(np.arange(len(shares)) - centre.agents, 0)
    assert centre.wait_probability == pytest.approx(shares[centre.agents :].sum())
    assert centre.wait_s == pytest.approx((shares * queue).sum() / centre.calls_per_hour * 3600)
    busy = np.minimum(np.arange(len(shares)), centre.agents)
    assert centre.occupancy == pytest.approx((shares * busy).sum() / centre.agents)
    if centre.patience_s < inf:
        assert centre.abandonment == pytest.approx(centre.wait_s / centre.patience_s)


def test_extremes_stay_numbers() -> None:
    overloaded = Erlang(160_000, 180, 4000, patience_s=3600)
    assert overloaded.abandonment == pytest.approx(0.5, abs=1e-3)
    assert overloaded.occupancy == pytest.approx(1)
    idle = Erlang(10, 30, 500)
    assert idle.service_level(20) == pytest.approx(1)


def test_work_for_more_agents_than_there_are_has_no_steady_state() -> None:
    with pytest.raises(NoSteadyStateError, match="80 agents cannot do 80 erlangs"):
        Erlang(1600, 180, 80)
