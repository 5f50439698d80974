"""Today's figures: each fact counts once, and a day begins at the centre's own midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from allo.control.today import Today
from allo.core.callers_way import TargetKind
from allo.core.engine import Engine
from allo.core.events import ConfigChanged
from allo.core.facts import (
    AgentStateChanged,
    CallAnswered,
    CallEnded,
    CallStarted,
    CallTransferred,
    EndReason,
    Fact,
    FlowedOut,
    Outcome,
    WrapUpEnded,
)
from allo.core.metrics import CallTally
from allo.core.state import State
from tests.control.centres import config

MOSCOW = ZoneInfo("Europe/Moscow")
MIDNIGHT = datetime(2026, 3, 10, tzinfo=MOSCOW).timestamp()
NOON = MIDNIGHT + 12 * 3600


@pytest.fixture
def state() -> State:
    engine = Engine()
    engine.handle(ConfigChanged(config(service_level_target_s=20.0, short_abandon_s=5.0)), NOON)
    return engine.state


def ended(at: float, *, wait_s: float = 10.0, outcome: Outcome = Outcome.ANSWERED, entered_at: float = 0) -> CallEnded:
    return CallEnded(
        at, "c1", "10", "1" if outcome is Outcome.ANSWERED else "", "100", "+7999", outcome,
        EndReason.CALLER_HUNG_UP, 16, at - 100, entered_at or at - 90, at - 80, wait_s, 60.0, 20.0,
    )  # fmt: skip


def was(state: str, at: float, lasted_s: float, queue_id: str = "") -> AgentStateChanged:
    return AgentStateChanged(at, "1", state, "", at - lasted_s, lasted_s, "not_ready", "", queue_id)


def test_facts_that_come_twice_count_once(state: State) -> None:
    today = Today(MOSCOW, NOON)
    facts: list[tuple[str, Fact]] = [("a-1-0", ended(NOON)), ("a-2-0", WrapUpEnded(NOON, "c1", "10", "1", "9", 30.0))]
    today.add_all(facts, state)
    once = today.of_queue("10").calls
    assert (once.answered, once.talk_s, once.wrapup_s) == (1, 60.0, 30.0)
    copy = CallTally()
    copy.add(once)
    today.add_all(facts, state)
    assert not today.add("a-1-0", ended(NOON), state)
    assert today.of_queue("10").calls == copy
    assert today.of_agent("1").calls.answered == 1


def test_the_queue_s_limits_decide_what_counts(state: State) -> None:
    today = Today(MOSCOW, NOON)
    today.add("1", ended(NOON, wait_s=20.0), state)
    today.add("2", ended(NOON, wait_s=20.1), state)
    today.add("3", ended(NOON, wait_s=4.9, outcome=Outcome.ABANDONED), state)
    today.add("4", ended(NOON, wait_s=5.0, outcome=Outcome.ABANDONED), state)
    calls = today.of_queue("10").calls
    assert (calls.entered, calls.answered, calls.answered_in_target) == (4, 2, 1)
    assert (calls.abandoned, calls.short_abandons) == (2, 1)
    assert calls.service_level() == pytest.approx(1 / 3)


def test_yesterday_s_facts_and_tomorrow_s_do_not_count(state: State) -> None:
    today = Today(MOSCOW, NOON)
    assert not today.add("1", ended(MIDNIGHT - 0.001), state)
    assert not today.add("2", ended(MIDNIGHT + 24 * 3600), state)
    assert today.add("3", ended(MIDNIGHT + 24 * 3600 - 0.001), state)
    assert not today.add("4", CallStarted(NOON, "c1", "100", "", "", "10"), state)


def test_a_call_belongs_to_the_day_in_which_it_entered(state: State) -> None:
    today = Today(MOSCOW, NOON)
    today.add("1", ended(MIDNIGHT + 60, entered_at=MIDNIGHT - 1), state)
    assert today.of_queue("10").calls.entered == 0


def test_an_interval_over_midnight_is_cut(state: State) -> None:
    today = Today(MOSCOW, NOON)
    today.add("1", was("ready", MIDNIGHT + 600, 3600.0), state)
    assert today.of_agent("1").time.seconds == {"ready": 600.0}
    assert today.of_queue("10").time.seconds == today.of_queue("20").time.seconds == {"ready": 600.0}
    today.add("2", was("on_call", MIDNIGHT + 900, 300.0, "10"), state)
    assert today.of_queue("10").time.occupancy == pytest.approx(300 / 900)
    assert today.of_queue("20").time.occupancy == 0


def test_a_queues_time_is_its_peoples(state: State) -> None:
    today = Today(MOSCOW, NOON)
    today.add("1", was("ready", NOON, 600.0), state)
    people = state.config.agents
    state.config = replace(state.config, agents={"1": replace(people["1"], is_automatic=True)})
    today.add("2", was("ready", NOON + 600, 600.0), state)
    today.add("3", was("on_call", NOON + 900, 300.0, "10"), state)
    today.add("4", ended(NOON + 900), state)
    state.config = replace(state.config, agents={})
    today.add("5", was("on_call", NOON + 1200, 300.0, "10"), state)
    assert today.of_queue("10").time.seconds == {"ready": 600.0}
    assert today.of_queue("10").calls.answered == 1
    assert today.of_agent("1").time.seconds == {"ready": 1200.0, "on_call": 600.0}


def test_at_midnight_everything_begins_anew(state: State) -> None:
    today = Today(MOSCOW, NOON)
    today.add("1", ended(NOON), state)
    assert not today.turn_page(MIDNIGHT + 24 * 3600 - 0.001)
    assert today.turn_page(MIDNIGHT + 24 * 3600)
    assert today.queues == today.agents == {}
    assert not today.turn_page(MIDNIGHT + 24 * 3600 + 1)
    assert today.add("1", ended(MIDNIGHT + 25 * 3600), state), "old uids are forgotten with their day"


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (6, 1, 24)])
def test_a_day_is_as_long_as_it_is(month: int, day: int, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    today = Today(zone, datetime(2026, month, day, 12, tzinfo=zone).timestamp())
    assert today.ends_at - today.begins_at == hours * 3600


def test_calls_of_a_queue_that_is_gone_still_count(state: State) -> None:
    today = Today(MOSCOW, NOON)
    state.queues.clear()
    today.add("1", ended(NOON), state)
    today.add("2", was("ready", NOON, 60.0), State())
    assert today.of_queue("10").calls.answered == 1


def test_a_call_that_was_passed_on_counts_for_each_agent_with_the_own_seconds(state: State) -> None:
    today = Today(MOSCOW, NOON)
    told: list[tuple[str, Fact]] = [
        ("1", CallAnswered(NOON, "c1", "10", "1", 10.0)),
        ("2", CallTransferred(NOON + 20, "c1", "10", "1", "agent", "2", True, 15.0, 5.0)),
        ("3", WrapUpEnded(NOON + 25, "c1", "10", "1", "9", 5.0)),
    ]
    for _ in range(2):
        today.add_all(told, state)
    assert today.add("4", replace(ended(NOON + 80), agent_id="2"), state) == [
        ("queue", "10"),
        ("agent", "1"),
        ("agent", "2"),
    ]
    first, second = (today.of_agent(id_).calls for id_ in ("1", "2"))
    assert (first.answered, first.talk_s, first.hold_s, first.wrapup_s) == (1, 15.0, 5.0, 5.0)
    assert (second.answered, second.talk_s, second.hold_s) == (1, 45.0, 15.0)
    whole = today.of_queue("10").calls
    assert (whole.answered, whole.talk_s, whole.hold_s) == (1, 60.0, 20.0)


def test_calls_that_a_queue_did_not_keep_are_its_own_figure(state: State) -> None:
    today = Today(MOSCOW, NOON)
    waited = FlowedOut(NOON, "c1", "10", TargetKind.QUEUE, "20", EndReason.TOO_LONG, True, 90.0)
    not_taken = FlowedOut(NOON, "c2", "10", TargetKind.HANG_UP, "", EndReason.FULL, False, 0.0)
    assert today.add("a-1-0", waited, state) == [("queue", "10")]
    today.add("a-2-0", not_taken, state)
    today.add("a-3-0", replace(waited, at=MIDNIGHT - 1), state)
    calls = today.of_queue("10").calls
    assert (calls.entered, calls.flowed_out, calls.flowed_out_in_target, calls.turned_away) == (0, 1, 0, 1)
