"""A day of 80 agents who all want their break at the same hours: the rule holds the level, no turn is passed."""

from __future__ import annotations

from allo.sim import run
from bench.breaks import GOAL, Days, day, is_out_of_turn, taken_breaks


def test_the_rule_holds_the_service_level() -> None:
    at_will, by_rule = run(day(2, None), 2), run(day(2, 3600.0), 2)
    assert at_will.total.service_level is not None
    assert by_rule.total.service_level is not None
    assert by_rule.total.service_level > max(GOAL, at_will.total.service_level + 0.04)
    taken = taken_breaks(by_rule)
    assert len(taken) == len(by_rule.scenario.breaks)
    assert not any(is_out_of_turn(one, taken) for one in taken)
    assert max(one.granted_at - one.asked_at for one in taken) <= 3600 + 30, "claims are looked at every 30 seconds"
    days = Days()
    days.add(by_rule)
    assert days.never == 0
