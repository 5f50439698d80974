"""The centre's figures against their definitions, on a small day counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allo.core.callers_way import TargetKind
from allo.core.facts import AgentStateChanged, CallEnded, EndReason, FlowedOut, Outcome, WrapUpEnded
from allo.core.metrics import FORMULAS, CallTally, ServiceLevelRule, TimeTally

CALL = CallEnded(
    at=200.0,
    call_id="c1",
    queue_id="sales",
    agent_id="ann",
    number="100",
    caller="",
    outcome=Outcome.ANSWERED,
    end_reason=EndReason.CALLER_HUNG_UP,
    cause=16,
    started_at=90.0,
    entered_at=100.0,
    answered_at=110.0,
    wait_s=10.0,
    talk_s=60.0,
    hold_s=10.0,
)


def tally(*calls: CallEnded) -> CallTally:
    total = CallTally()
    for call in calls:
        total.add_call(call, target_s=20.0, short_abandon_s=5.0)
    return total


def answered(wait_s: float) -> CallEnded:
    return replace(CALL, wait_s=wait_s)


def abandoned(wait_s: float) -> CallEnded:
    return replace(CALL, outcome=Outcome.ABANDONED, answered_at=0.0, wait_s=wait_s, talk_s=0.0, hold_s=0.0)


# 4 answered (3 in time), 3 gave up (1 shortly, 1 more within the target)
DAY = tally(answered(0), answered(10), answered(20), answered(50), abandoned(3), abandoned(15), abandoned(90))


def test_service_level_by_each_rule() -> None:
    assert DAY.service_level() == pytest.approx(3 / (4 + 3 - 1))
    assert DAY.service_level(ServiceLevelRule.ASTERISK) == pytest.approx(3 / 4)
    assert DAY.service_level(ServiceLevelRule.LEFT_QUEUE) == pytest.approx((3 + 2) / 7)


def test_abandonment_leaves_short_ones_out() -> None:
    assert DAY.abandonment == pytest.approx(2 / (7 - 1))


def test_calls_that_flow_out_count_apart_and_in_the_service_level_only_when_asked() -> None:
    total = tally(answered(10), answered(50), abandoned(90))
    for was_waiting, wait_s in ((True, 120.0), (True, 15.0), (False, 0.0)):
        flow = FlowedOut(9.0, "c9", "sales", TargetKind.HANG_UP, "", EndReason.TOO_LONG, was_waiting, wait_s)
        total.add_flow_out(flow, 20.0)
    assert (total.entered, total.flowed_out, total.turned_away) == (3, 2, 1)
    assert total.longest_wait_s == 90, "of calls that entered"
    assert total.service_level() == pytest.approx(1 / 3)
    assert total.service_level(ServiceLevelRule.FLOW_OUTS) == pytest.approx(1 / 5)
    assert total.service_level(ServiceLevelRule.LEFT_QUEUE) == pytest.approx((1 + 1) / 5)


def test_callers_who_are_called_back_are_neither_answered_nor_abandoned() -> None:
    not_reached = replace(abandoned(30), outcome=Outcome.NOT_REACHED, is_callback=True)
    total = tally(answered(10), replace(answered(40), is_callback=True), not_reached)
    assert (total.entered, total.answered, total.abandoned) == (3, 1, 0)
    assert (total.callbacks, total.callbacks_reached) == (2, 1)
    assert total.service_level() == 1.0
    assert total.aht_s == pytest.approx(70)


def test_asa_is_the_mean_wait_of_the_answered() -> None:
    assert DAY.asa_s == pytest.approx((0 + 10 + 20 + 50) / 4)
    assert DAY.longest_wait_s == 90


def test_aht_is_talk_hold_and_wrapup() -> None:
    day = tally(answered(0), answered(0))
    day.add_wrapup(WrapUpEnded(210.0, "c1", "sales", "ann", "sold", 30.0))
    assert day.aht_s == pytest.approx((60 + 10 + 60 + 10 + 30) / 2)


def test_calls_which_never_entered_a_queue_do_not_count() -> None:
    never = replace(CALL, outcome=Outcome.LEFT_EARLY, entered_at=0.0, answered_at=0.0, wait_s=0.0)
    assert tally(never) == CallTally()


def test_a_failure_of_ours_is_neither_answered_nor_abandoned() -> None:
    failed = tally(replace(CALL, outcome=Outcome.FAILED, answered_at=0.0))
    assert (failed.entered, failed.failed, failed.answered, failed.abandoned) == (1, 1, 0, 0)


def test_what_cannot_be_computed_is_none() -> None:
    nothing = CallTally()
    assert nothing.asa_s is nothing.aht_s is nothing.abandonment is None
    assert all(nothing.service_level(rule) is None for rule in ServiceLevelRule)
    assert TimeTally().occupancy is None


def test_tallies_add_up() -> None:
    one, two = tally(answered(10), abandoned(90)), tally(answered(50))
    one.add(two)
    assert one == tally(answered(10), abandoned(90), answered(50))


def test_times_by_state() -> None:
    times = TimeTally()
    for state, seconds in (("ready", 100), ("offered", 10), ("on_call", 150), ("wrap_up", 40), ("not_ready", 60)):
        times.add_interval(AgentStateChanged(1000.0, "ann", state, "", 0.0, float(seconds), "ready", "", ""))
    times.add_seconds("offline", 5000.0)
    assert times.handling_s == 10 + 150 + 40
    assert times.occupancy == pytest.approx(200 / 300)
    assert times.logged_in_s == 360
    more = TimeTally()
    more.add(times)
    more.add(times)
    assert more.logged_in_s == 720


def test_every_figure_has_its_formula() -> None:
    assert {"service_level", "abandonment", "asa", "aht", "occupancy"} <= FORMULAS.keys()
