"""Everybody who will call, drawn before the first call.

What a caller is like does not depend on who answers: the same seed brings the same callers to any number of agents,
so that a difference between two crews is not one of luck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.random import SeedSequence

from allo.sim.scenario import Scenario


@dataclass(slots=True)
class Caller:
    """One caller, known in advance."""

    arrives_at: float
    call_id: str
    number: str
    talk_s: float
    patience_s: float
    wrapup_s: float
    callback_s: float
    """After so long a wait they would rather be called back; `inf`: never."""
    reached: float
    phone: str = ""
    """Their number, of those who want to be called back."""


def draw_callers(scenario: Scenario, seeds: list[SeedSequence]) -> list[Caller]:
    """Everybody who will call, in the order of arrival. Each property has a random stream of its own."""
    found: list[Caller] = []
    for callers, seed in zip(scenario.callers, seeds, strict=True):
        arrival, talk, patience, wrapup, key = (np.random.default_rng(child) for child in seed.spawn(5))
        arrivals = scenario.opens_at + callers.arrivals.draw(arrival, scenario.open_s)
        count = len(arrivals)
        columns: Iterator[tuple[float, float, float, float, float]] = zip(
            arrivals.tolist(),
            callers.talk.draw(talk, count).tolist(),
            callers.patience.draw(patience, count).tolist(),
            callers.wrapup.draw(wrapup, count).tolist(),
            callers.callback_after.draw(key, count).tolist(),
            strict=True,
        )
        found += [
            Caller(at, "", callers.number, talk_s, patience_s, wrapup_s, callback_s, callers.reached)
            for at, talk_s, patience_s, wrapup_s, callback_s in columns
        ]
    found.sort(key=lambda caller: caller.arrives_at)
    for place, caller in enumerate(found, 1):
        caller.call_id = f"call-{place}"
        if caller.callback_s != inf:
            caller.phone = f"+1{place:010}"
    return found
