"""Small days worked out by hand: who waits how long, who gives up, who answers whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from numpy.random import SeedSequence

from allo.core import facts as fa
from allo.core.metrics import CallTally
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.sim import (
    AtInstants,
    Callers,
    Constant,
    Figures,
    Listed,
    Run,
    Scenario,
    ScenarioError,
    Shift,
    one_queue,
    run,
    runs,
)
from allo.sim.durations import FOR_EVER, NOTHING, Duration
from allo.sim.scenario import A_DAY_S, one_queue_config

OPEN_S = 1000.0


def day(
    arrivals: list[float],
    talks: list[float],
    patience: Duration = FOR_EVER,
    agents: int = 1,
    wrapup: Duration = NOTHING,
) -> Scenario:
    callers = Callers("100", AtInstants(arrivals), Listed(talks), patience, wrapup)
    shifts = tuple(Shift(str(number)) for number in range(1, agents + 1))
    return Scenario(one_queue_config(agents), (callers,), shifts, OPEN_S)


def with_queue(scenario: Scenario, **changes: object) -> Scenario:
    (queue,) = scenario.config.queues.values()
    changed = replace(queue, **changes)  # type: ignore[arg-type]
    return replace(scenario, config=replace(scenario.config, queues={queue.id: changed}, dispositions=("done",)))


def waits(played: Run) -> dict[str, float]:
    """Call id → wait, of all."""
    return {fact.call_id: fact.wait_s for fact in played.facts if isinstance(fact, fa.CallEnded)}


def test_first_come_first_served() -> None:
    played = run(day([0, 10, 20], [60, 30, 5]))
    assert waits(played) == {"call-1": 0, "call-2": 50, "call-3": 70}
    total = played.total
    assert total.asa_s == 40
    assert total.aht_s == pytest.approx(95 / 3)
    assert total.service_level == pytest.approx(1 / 3)
    assert total.abandonment == 0
    assert total.occupancy == pytest.approx(95 / OPEN_S)


def test_callers_lose_patience() -> None:
    played = run(day([0, 10, 20], [60, 30, 5], Listed([1, 45, 200])))
    assert waits(played) == {"call-1": 0, "call-2": 45, "call-3": 40}
    assert played.total.calls.abandoned == 1
    assert played.total.abandonment == pytest.approx(1 / 3)


def test_the_agent_who_has_been_idle_longest_answers() -> None:
    played = run(day([0, 1, 100], [50, 20, 5], agents=3))
    answered = [fact.agent_id for fact in played.facts if isinstance(fact, fa.CallAnswered)]
    assert answered == ["1", "2", "3"]
    assert played.by_agent()["2"].calls.talk_s == 20


def test_wrap_up_holds_the_next_call_off() -> None:
    scenario = with_queue(day([0, 10], [60, 30], wrapup=Constant(15)), wrapup_limit_s=60.0, outcome_required=True)
    played = run(scenario)
    assert waits(played)["call-2"] == 65
    assert played.total.aht_s == (60 + 15 + 30 + 15) / 2
    assert {fact.disposition for fact in played.facts if isinstance(fact, fa.WrapUpEnded)} == {"done"}


@pytest.mark.parametrize(("outcome_required", "second_waits"), [(False, 110), (True, 140)])
def test_wrap_up_longer_than_the_limit(*, outcome_required: bool, second_waits: float) -> None:
    """Without an outcome the limit ends it; with one the agent is held until it is written."""
    scenario = day([0, 10], [60, 30], wrapup=Constant(90))
    played = run(with_queue(scenario, wrapup_limit_s=60.0, outcome_required=outcome_required))
    assert waits(played)["call-2"] == second_waits
    assert played.total.calls.wrapup_s == 120  # after the limit it is not wrap-up any more


def test_reaching_for_the_receiver_is_waiting() -> None:
    played = run(replace(day([0], [60]), answer_delay=Constant(4)))
    assert waits(played) == {"call-1": 4}
    assert played.total.occupancy == pytest.approx(64 / OPEN_S)


def test_a_caller_who_leaves_while_it_rings_is_not_answered() -> None:
    played = run(replace(day([0, 10], [60, 5], Listed([3, 30])), answer_delay=Constant(4)))
    assert waits(played) == {"call-1": 3, "call-2": 4}
    outcomes = [fact.outcome for fact in played.facts if isinstance(fact, fa.OfferEnded)]
    assert outcomes == [fa.OfferOutcome.WITHDRAWN, fa.OfferOutcome.ACCEPTED]


def test_an_agent_too_slow_for_the_offer_comes_back_later() -> None:
    scenario = replace(day([0], [60]), answer_delay=Listed([20] + [2] * 255), return_s=30.0)
    played = run(scenario)
    assert waits(played) == {"call-1": 15 + 30 + 2}  # rang in vain, away, answered


def test_shifts_and_the_break_between_them() -> None:
    scenario = replace(day([5, 40, 100], [20, 5, 5]), shifts=(Shift("1", 10, 20), Shift("1", 50, 101)))
    played = run(scenario)
    # the first waits for the shift; its talk outlasts the shift, which ends with it
    assert waits(played) == {"call-1": 5, "call-2": 10, "call-3": 0}
    assert played.total.time.logged_in_s == pytest.approx(20 + 55)


def test_nobody_comes_for_the_endlessly_patient() -> None:
    played = run(replace(day([0, 1], [5, 5]), shifts=()))
    assert played.unfinished == 2
    assert played.total.asa_s is None
    assert not waits(played)


def test_greetings_come_before_the_queue() -> None:
    scenario = with_queue(day([0, 1], [10, 10]), greetings=("hello", "welcome"))
    played = run(replace(scenario, prompt_s={"hello": 7.0, "welcome": 3.0}))
    entered = {f.call_id: f.at - A_DAY_S for f in played.facts if isinstance(f, fa.CallEntered)}
    assert entered == {"call-2": 4, "call-1": 7}
    assert waits(played) == {"call-2": 0, "call-1": 7}


def two_queues() -> Scenario:
    queues = {
        "usual": Queue("usual", "Usual", wrapup_limit_s=0, outcome_required=False),
        "urgent": Queue("urgent", "Urgent", priority=1, wrapup_limit_s=0, outcome_required=False),
    }
    config = Config(
        queues=queues,
        agents={"ann": Agent("ann", "Ann", "ann", (Membership("usual"), Membership("urgent")))},
        numbers={"100": NumberRoute("100", "usual"), "200": NumberRoute("200", "urgent")},
    )
    return Scenario(
        config,
        (
            Callers("100", AtInstants([0, 10, 20]), Constant(60)),
            Callers("200", AtInstants([30]), Constant(60)),
        ),
        (Shift("ann"),),
        OPEN_S,
    )


def test_urgent_calls_overtake() -> None:
    by_queue = run(two_queues()).by_queue()
    assert by_queue["urgent"].asa_s == 30
    assert by_queue["usual"].asa_s == pytest.approx((0 + 110 + 160) / 3)


def test_intervals_add_up_to_the_whole() -> None:
    played = run(one_queue(calls_per_hour=300, talk_s=90, patience_s=60, agents=7, hours=2))
    intervals = played.by_interval(900)
    assert list(intervals) == [A_DAY_S + 900 * place for place in range(8)]
    whole = Figures()
    for one in intervals.values():
        whole.calls.add(one.calls)
        whole.time.add(one.time)
        assert one.time.logged_in_s == pytest.approx(900 * 7)
    assert whole.calls.answered == played.total.calls.answered
    assert whole.calls.talk_s == pytest.approx(played.total.calls.talk_s)
    assert whole.time.handling_s == pytest.approx(played.total.time.handling_s)
    agents = CallTally()
    for figures in played.by_agent().values():
        agents.add(figures.calls)
    assert agents.answered == whole.calls.answered


def test_the_warm_up_is_served_but_not_counted() -> None:
    played = run(replace(day([0, 10, 20], [60, 30, 5]), warm_up_s=15))
    assert played.total.calls.entered == 1
    assert played.total.asa_s == 70
    assert played.total.time.logged_in_s == OPEN_S - 15


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shifts": (Shift("nobody"),)}, "Shift of agent nobody, who does not exist"),
        ({"shifts": (Shift("1", 0, 50), Shift("1", 40))}, "Two shifts of agent 1 overlap"),
        ({"warm_up_s": 2000.0}, "warm-up must be shorter"),
        ({"opens_at": 0.0}, "open after the instant 0"),
        ({"callers": (Callers("555", AtInstants([1]), Constant(1)),)}, "Nobody answers number 555"),
    ],
)
def test_what_makes_no_sense_is_said(change: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        replace(day([0], [1]), **change)  # type: ignore[arg-type]


def test_an_outcome_must_be_possible_where_it_is_required() -> None:
    scenario = day([0], [1])
    (queue,) = scenario.config.queues.values()
    config = replace(scenario.config, queues={queue.id: replace(queue, outcome_required=True)})
    with pytest.raises(ScenarioError, match="there are none to choose from"):
        replace(scenario, config=config)


def test_a_list_that_is_too_short_is_said() -> None:
    with pytest.raises(ValueError, match="3 durations are needed, and the list has 2"):
        run(day([0, 1, 2], [5, 5]))


def test_replications_differ_and_each_can_be_played_again() -> None:
    small = one_queue(calls_per_hour=100, talk_s=90, patience_s=60, agents=2, hours=1)
    first, second = runs(small, 2, seed=5)
    assert first.facts != second.facts
    seed = SeedSequence(5).spawn(1)[0]
    assert run(small, seed).facts == run(small, seed).facts == first.facts
