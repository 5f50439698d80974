"""The vocabulary of the scenarios for what callers hear while they wait, promises, surveys and breaks.

Lines of a scenario's head: `breaks lunch meal typical_s=1800`, `forecast sales calls=10/20 aht_s=180`,
`announcing sales first_s=10 messages=web/hours`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allo.core import effects as ef
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.break_plan import BreakKind, BreakRule, Forecast
from allo.core.model import Config
from allo.core.queue_speech import Announcing, Promise, Question, Survey

SAYINGS: dict[str, Callable[..., Any]] = {
    "unbreak": rq.WithdrawBreak,
    "grant": lambda leader, agent: rq.AnswerBreak(leader, agent, is_granted=True),
    "deny": lambda leader, agent: rq.AnswerBreak(leader, agent, is_granted=False),
}


def _answered(fact: fa.BreakAnswered) -> str:
    when = f" in {fact.in_s:g}" if fact.in_s else ""
    place = f" place {fact.place}" if fact.place else ""
    return f"{fact.agent_id} {fact.reason} {fact.answer}{when}{place} because {fact.because}"


FACTS: dict[type, Callable[[Any], str]] = {
    fa.BreakAnswered: _answered,
    fa.SurveyStarted: lambda f: f"{f.call_id} asked about {f.agent_id}",
    fa.SurveyAnswered: lambda f: f"{f.call_id} {f.question} {f.key} for {f.agent_id}",
    fa.SurveyCommented: lambda f: f"{f.call_id} comment {f.length_s:g} for {f.agent_id}",
    fa.PromiseMade: lambda f: f"{f.call_id} promised {f.amount} within {f.within_s:g}",
    fa.PromiseWithheld: lambda f: f"{f.call_id} no promise because {f.because}",
    fa.PromiseKept: lambda f: f"{f.call_id} promise kept after {f.after_s:g}",
    fa.PromiseMissed: lambda f: f"{f.call_id} promise missed because {f.because}",
    fa.PromiseLapsed: lambda f: f"{f.call_id} promise lapsed because {f.because}",
    fa.Announced: lambda f: f"{f.call_id} {f.position}. wait {f.because}",
}
TEXTS: dict[type, Callable[[Any], str]] = {
    ef.SendMessage: lambda e: f"send {e.template} by {e.channel} to {e.to}",
}

_Values = Callable[[type, dict[str, str]], dict[str, Any]]


def _break_rule(config: Config, reason: str, names: list[str], given: dict[str, Any]) -> Config:
    rule = BreakRule(reason, BreakKind(names[0]), **given)
    reasons = tuple(dict.fromkeys((*config.break_reasons, reason)))
    return replace(config, break_reasons=reasons, break_rules={**config.break_rules, reason: rule})


def _forecast(config: Config, queue_id: str, _: list[str], given: dict[str, Any]) -> Config:
    forecast = Forecast(**{"starts_at": 0.0, "interval_s": 1800.0, **given})
    return replace(config, forecasts={**config.forecasts, queue_id: forecast})


def _announcing(config: Config, queue_id: str, _: list[str], given: dict[str, Any]) -> Config:
    queue = replace(config.queues[queue_id], announcing=Announcing(**given))
    return replace(config, queues={**config.queues, queue_id: queue})


def _promise(config: Config, queue_id: str, _: list[str], given: dict[str, Any]) -> Config:
    """The promise is spoken as `promise`, and `sorry` before the code."""
    usual = {"prompt": "promise", "missed_prompt": "sorry", "amount": 450, "daily_budget": 900}
    queue = replace(config.queues[queue_id], promise=Promise(**{**usual, **given}))
    return replace(config, secret="of the tests", queues={**config.queues, queue_id: queue})


def _survey(config: Config, queue_id: str, names: list[str], given: dict[str, Any]) -> Config:
    """`survey sales solved:12 rating:12345 comment_prompt=comment`: each question with its keys."""
    pairs = (name.partition(":") for name in names)
    questions = tuple(Question(name, f"ask-{name}", keys) for name, _, keys in pairs)
    queue = replace(config.queues[queue_id], survey=Survey(questions, **given))
    return replace(config, queues={**config.queues, queue_id: queue})


def without(config: Config, kind: str, name: str) -> Config:
    """The configuration without one of these."""
    if kind == "breaks":
        return replace(config, break_rules={key: one for key, one in config.break_rules.items() if key != name})
    if kind == "announcing":
        queue = replace(config.queues[name], announcing=None)
        return replace(config, queues={**config.queues, name: queue})
    assert kind == "forecast", kind
    return replace(config, forecasts={key: one for key, one in config.forecasts.items() if key != name})


LINES: dict[str, tuple[type, Callable[[Config, str, list[str], dict[str, Any]], Config]]] = {
    "breaks": (BreakRule, _break_rule),
    "forecast": (Forecast, _forecast),
    "announcing": (Announcing, _announcing),
    "promise": (Promise, _promise),
    "survey": (Survey, _survey),
}
"""The first word of a line to what it describes, and how it changes the configuration."""
