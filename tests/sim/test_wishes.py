"""Small days in which agents ask for breaks and callers ask to be called back, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allo.core import facts as fa
from allo.core.break_plan import BreakAnswer, BreakKind, BreakRule, Forecast
from allo.core.model import CallbackRules, Config, Dialling
from allo.core.skill import Requirement
from allo.sim import AtInstants, BreakWish, Callers, Constant, Listed, Run, Scenario, ScenarioError, Shift, run
from allo.sim.durations import FOR_EVER, Duration
from allo.sim.scenario import A_DAY_S, one_queue_config

OPEN_S = 2000.0


def day(
    config: Config,
    arrivals: list[float],
    talks: list[float],
    breaks: tuple[BreakWish, ...] = (),
    callback_after: Duration = FOR_EVER,
    reached: float = 1.0,
) -> Scenario:
    callers = Callers(
        "100", AtInstants(arrivals), Listed(talks), callback_after=callback_after, reached=reached, wrapup=Constant(0)
    )
    shifts = tuple(Shift(id_) for id_ in config.agents)
    return Scenario(config, (callers,), shifts, OPEN_S, breaks=breaks, prompt_s={"say:callback": 4.0})


def away(played: Run, reason: str) -> list[tuple[str, float, float]]:
    """Who was on this break, from when, how long."""
    return [
        (fact.agent_id, fact.since_at - A_DAY_S, fact.lasted_s)
        for fact in played.facts
        if isinstance(fact, fa.AgentStateChanged) and fact.previous_reason == reason
    ]


def test_a_break_without_a_rule_is_taken_at_once_or_after_the_call() -> None:
    config = replace(one_queue_config(2), break_reasons=("tea",))
    wishes = (BreakWish("1", 50, "tea", 200), BreakWish("2", 60, "tea", 100))
    played = run(day(config, [0, 120], [90, 10], wishes))
    assert away(played, "tea") == [("2", 60, 100), ("1", 90, 200)]
    waits = {fact.call_id: fact.wait_s for fact in played.facts if isinstance(fact, fa.CallEnded)}
    assert waits == {"call-1": 0, "call-2": 40}  # nobody was there until agent 2 came back


def test_the_rule_puts_the_second_break_off_until_the_first_is_over() -> None:
    """Two Erlang of calls need three of the four agents: one may be away at a time."""
    rule = BreakRule("meal", BreakKind.MEAL, typical_s=300, longest_wait_s=0)
    forecast = Forecast(A_DAY_S - 3600, 3600.0, (40.0, 40.0, 40.0), aht_s=180.0)
    config = replace(
        one_queue_config(5), break_reasons=("meal",), break_rules={"meal": rule}, forecasts={"queue": forecast}
    )
    wishes = tuple(BreakWish(id_, 10, "meal", 300) for id_ in "12")
    played = run(day(config, [], [], wishes))
    (first, first_at, _), (second, second_at, _) = away(played, "meal")
    assert {first, second} == {"1", "2"}
    assert first_at == 10
    assert 310 <= second_at <= 340  # claims are looked at again when somebody is back
    answers = [fact.answer for fact in played.facts if isinstance(fact, fa.BreakAnswered)]
    assert answers == [BreakAnswer.NOW, BreakAnswer.LATER, BreakAnswer.NOW]


def test_a_wish_for_a_second_break_waits_for_the_end_of_the_first() -> None:
    config = replace(one_queue_config(1), break_reasons=("tea", "meal"))
    played = run(day(config, [], [], (BreakWish("1", 50, "tea", 100), BreakWish("1", 60, "meal", 30))))
    assert away(played, "tea") == [("1", 50, 100)]
    assert away(played, "meal") == [("1", 180, 30)]


def test_a_caller_is_called_back_and_keeps_the_place() -> None:
    config = one_queue_config(1)
    queue = replace(config.queues["queue"], callback=CallbackRules(retry_s=100, most_tries=2, ring_s=20))
    config = replace(config, queues={"queue": queue}, dialling=Dialling(allowed=("+1*",)))
    played = run(day(config, [0, 10, 20], [100, 30, 5], callback_after=Listed([999, 15, 999])))
    agreed = [fact for fact in played.facts if isinstance(fact, fa.CallbackAgreed)]
    assert [(fact.call_id, fact.wait_s) for fact in agreed] == [("call-2", 19)]  # 15 and the question's 4
    answered = [(fact.call_id, fact.at - A_DAY_S) for fact in played.facts if isinstance(fact, fa.CallAnswered)]
    assert answered == [("call-1", 0), ("call-2", 100), ("call-3", 130)]


def test_who_is_not_reached_is_tried_as_often_as_agreed() -> None:
    config = one_queue_config(1)
    queue = replace(config.queues["queue"], callback=CallbackRules(retry_s=100, most_tries=2, ring_s=20))
    config = replace(config, queues={"queue": queue}, dialling=Dialling(allowed=("+1*",)))
    played = run(day(config, [0, 10], [100, 30], callback_after=Listed([999, 15]), reached=0.0))
    tries = [fact.at - A_DAY_S for fact in played.facts if isinstance(fact, fa.CallbackTried)]
    assert tries == [120, 240]
    assert [fact.outcome for fact in played.facts if isinstance(fact, fa.CallEnded)] == [
        fa.Outcome.ANSWERED,
        fa.Outcome.NOT_REACHED,
    ]
    assert played.unfinished == 0


def test_only_who_has_the_skill_answers_until_it_is_given_up() -> None:
    config = one_queue_config(2)
    french = Requirement("french", at_least=5, relax_after_s=60)
    numbers = {"100": replace(config.numbers["100"], requirements=(french,))}
    agents = {"1": config.agents["1"], "2": replace(config.agents["2"], skills={"french": 7})}
    config = replace(config, numbers=numbers, agents=agents)
    played = run(day(config, [0, 10], [200, 5]))
    answered = [(fact.agent_id, fact.wait_s) for fact in played.facts if isinstance(fact, fa.CallAnswered)]
    assert answered == [("2", 0), ("1", 60)]


def test_a_wish_for_a_break_that_nobody_knows_is_refused_beforehand() -> None:
    with pytest.raises(ScenarioError, match="reason nap"):
        day(one_queue_config(1), [], [], (BreakWish("1", 5, "nap", 10),))
