"""The day by which a compiled engine is judged has everything: whatever the engine can do runs in a simulation."""

from __future__ import annotations

from typing import get_args

from allo.core.effects import Effect
from allo.core.facts import Fact
from tests.sim.full_day import played


def test_every_effect_and_every_fact_of_the_engine_happens() -> None:
    day = played()
    assert {type(effect) for turn in day.log for effect in turn.effects} == set(get_args(Effect))
    assert {type(fact) for fact in day.facts} == set(get_args(Fact))
    assert day.unfinished == 0
