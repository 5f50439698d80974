"""An independent simulation of the same day agrees call by call, not only on average."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import simpy

from allo.core.facts import CallEnded, Outcome
from allo.sim import AtInstants, Callers, Listed, Scenario, Shift, run
from allo.sim.scenario import one_queue_config

AGENTS, CALLS, OPEN_S = 20, 3000, 20_000.0


def simpy_day(arrivals: list[float], talks: list[float], patiences: list[float]) -> list[tuple[str, float]]:
    """What becomes of each caller, in their order, as SimPy's examples model impatient customers."""
    environment = simpy.Environment()
    crew = simpy.Resource(environment, AGENTS)
    found: list[tuple[str, float]] = [("", 0.0)] * len(arrivals)

    def call(place: int) -> Generator[simpy.Event, Any, None]:
        yield environment.timeout(arrivals[place])
        with crew.request() as agent:
            yield agent | environment.timeout(patiences[place])
            found[place] = ("answered" if agent.triggered else "abandoned", environment.now - arrivals[place])
            if agent.triggered:
                yield environment.timeout(talks[place])

    for place in range(len(arrivals)):
        environment.process(call(place))
    environment.run()
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_callers_meet_the_same(seed: int) -> None:
    stream = np.random.default_rng(seed)
    arrivals = np.sort(stream.uniform(0, OPEN_S, CALLS)).tolist()
    talks, patiences = stream.exponential(130, CALLS).tolist(), stream.exponential(60, CALLS).tolist()
    callers = Callers("100", AtInstants(arrivals), Listed(talks), Listed(patiences))
    shifts = tuple(Shift(str(number)) for number in range(1, AGENTS + 1))
    played = run(Scenario(one_queue_config(AGENTS), (callers,), shifts, OPEN_S))
    ended = {fact.call_id: fact for fact in played.facts if isinstance(fact, CallEnded)}
    abandoned = 0
    for place, (outcome, wait_s) in enumerate(simpy_day(arrivals, talks, patiences), 1):
        mine = ended[f"call-{place}"]
        assert mine.outcome.value == outcome
        assert mine.wait_s == pytest.approx(wait_s, abs=1e-6)
        abandoned += mine.outcome is Outcome.ABANDONED
    assert 100 < abandoned < CALLS / 2, "the day is busy enough to show something"
