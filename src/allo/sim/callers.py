"""Everybody who will call, drawn before the first call.

What a caller is like does not depend on who answers: the same seed brings the same callers to any number of agents,
so that a difference between two crews is not one of luck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence

from allo.core.events import CallArrived
from allo.sim.scenario import Callers, Scenario


@dataclass(slots=True)
class Caller:
    """One caller, known in advance."""

    of: Callers
    """What they have in common with others."""
    arrives_at: float
    talk_s: float
    patience_s: float
    wrapup_s: float
    callback_s: float
    """After so long a wait they would rather be called back; `inf`: never."""
    message_s: float
    is_surveyed: bool
    last_agent_id: str
    call_id: str = ""
    phone: str = ""

    def arrival(self) -> CallArrived:
        """As the centre sees it."""
        of = self.of
        return CallArrived(
            self.call_id,
            of.number,
            self.phone,
            last_agent_id=self.last_agent_id,
            priority=of.priority,
            requirements=of.requirements,
            language=of.language,
            kind=of.kind,
        )


def draw_callers(scenario: Scenario, seeds: list[SeedSequence]) -> list[Caller]:
    """Everybody who will call, in the order of arrival. Each property has a random stream of its own."""
    found: list[Caller] = []
    for callers, seed in zip(scenario.callers, seeds, strict=True):
        arrival, *streams = (np.random.default_rng(child) for child in seed.spawn(8))
        talk, patience, wrapup, key, message, survey, past = streams
        arrivals = scenario.opens_at + callers.arrivals.draw(arrival, scenario.open_s)
        count = len(arrivals)
        known = callers.last_agents or ("",)
        columns: Iterator[tuple[float, float, float, float, float, float, bool, int]] = zip(
            arrivals.tolist(),
            callers.talk.draw(talk, count).tolist(),
            callers.patience.draw(patience, count).tolist(),
            callers.wrapup.draw(wrapup, count).tolist(),
            callers.callback_after.draw(key, count).tolist(),
            callers.message.draw(message, count).tolist(),
            (survey.random(count) < callers.surveyed).tolist(),
            past.integers(len(known), size=count).tolist(),
            strict=True,
        )
        found += [
            Caller(callers, at, talk_s, patience_s, wrapup_s, callback_s, message_s, is_surveyed, known[place])
            for at, talk_s, patience_s, wrapup_s, callback_s, message_s, is_surveyed, place in columns
        ]
    found.sort(key=lambda caller: caller.arrives_at)
    for place, caller in enumerate(found, 1):
        caller.call_id = f"call-{place}"
        if not caller.of.hides_number:
            caller.phone = caller.of.phone or f"+1{place:010}"
    return found
