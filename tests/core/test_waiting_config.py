"""What is wrong with promises, break rules and forecasts is told, and does no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allo.core.break_plan import BreakRule, Forecast
from allo.core.engine import Engine
from allo.core.events import CallArrived, ConfigChanged, TimerFired
from allo.core.model import Config, NumberRoute, Queue
from allo.core.queue_speech import Announcing, Promise

PROMISE = Promise(prompt="promise", amount=450, daily_budget=900)
SOUND = Config(
    queues={"sales": Queue("sales", "Sales", promise=PROMISE)},
    break_reasons=("lunch",),
    break_rules={"lunch": BreakRule("lunch")},
    forecasts={"sales": Forecast(0.0, 1800.0, (10.0,))},
    secret="of the tests",
)


def promising(**changes: object) -> Config:
    return replace(SOUND, queues={"sales": Queue("sales", "Sales", promise=replace(PROMISE, **changes))})  # type: ignore[arg-type]


def test_a_sound_one() -> None:
    assert SOUND.problems() == []


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (replace(SOUND, secret=""), "the secret that compensation codes are made with is missing"),
        (promising(prompt=""), "the prompt that tells the promise is missing"),
        (promising(daily_budget=449), "one promise costs more than the budget of a day"),
        (replace(SOUND, break_reasons=()), "because of lunch, which is no break reason"),
        (replace(SOUND, forecasts={"old": Forecast(0.0, 60.0, ())}), "a forecast for queue old, which does not exist"),
        (replace(SOUND, forecasts={"sales": Forecast(0.0, 0.0, (1.0,))}), "is left aside"),
    ],
)
def test_problems(config: Config, problem: str) -> None:
    assert [text for text in config.problems() if problem in text]


def test_a_forecast_without_intervals_covers_nothing() -> None:
    assert Forecast(0.0, 0.0, (1.0,)).load_at(0.0) is None
    assert Forecast(0.0, 60.0, (1.0,), aht_s=0.0).load_at(0.0) is None
    assert Forecast(0.0, 60.0, (1.0,), aht_s=30.0).load_at(59.0) == 0.5


def test_announcements_never_follow_each_other_without_a_pause() -> None:
    queue = Queue("sales", "Sales", announcing=Announcing(first_s=0.0, every_s=0.0))
    engine = Engine()
    engine.handle(ConfigChanged(Config(queues={"sales": queue}, numbers={"1": NumberRoute("1", "sales")})), 0.0)
    engine.handle(CallArrived("c1", "1"), 1.0)
    engine.handle(TimerFired("speak:c1"), 1.0)
    assert engine.state.timers["speak:c1"] == 2.0
