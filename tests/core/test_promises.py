"""Compensation codes: never the same twice, and not to be guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core.engine import Engine
from allo.core.model import Config, NumberRoute, Queue
from allo.core.promises import code_of
from allo.core.queue_speech import Promise

SECRET = "of this installation"


def test_no_two_codes_are_the_same() -> None:
    codes = {
        code_of(SECRET, day, serial) for day in ("2026-02-28", "2026-03-01", "2026-03-02") for serial in range(3000)
    }
    assert len(codes) == 9000


@given(day=st.dates(date(2020, 1, 1), date(2150, 1, 1)), serial=st.integers(0, 2**24 - 1))
def test_a_code_is_easy_to_say_and_to_type(day: date, serial: int) -> None:
    code = code_of(SECRET, str(day), serial)
    assert len(code) == 8
    assert not set(code) - set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def test_the_code_depends_on_the_secret() -> None:
    ours = {code_of(SECRET, "2026-03-01", serial) for serial in range(2000)}
    theirs = {code_of("of another", "2026-03-01", serial) for serial in range(2000)}
    assert not ours & theirs


def test_one_code_tells_nothing_of_the_next() -> None:
    """Neighbours differ in all their signs as two random codes would: in 31 of 32."""
    codes = [code_of(SECRET, "2026-03-01", serial) for serial in range(4000)]
    differing = [one != other for a, b in pairwise(codes) for one, other in zip(a, b, strict=True)]
    assert abs(sum(differing) / len(differing) - 31 / 32) < 0.005


def centre(zone: str) -> Config:
    promise = Promise(5.0, "promise", amount=100, daily_budget=250, countdown=())
    queue = Queue("q", "Q", promise=promise)
    return Config(queues={"q": queue}, numbers={"1": NumberRoute("1", "q")}, secret=SECRET, zone=zone)


def comes_of(engine: Engine, call_id: str, at: float) -> fa.PromiseMissed | fa.PromiseWithheld:
    """What comes of the promise to a caller whom nobody answers."""
    effects: list[ef.Effect] = engine.handle(ev.CallArrived(call_id, "1"), at)
    for what in (ev.PlaybackFinished(call_id, "promise"), ev.TimerFired(f"promise:{call_id}")):
        effects += engine.handle(what, at)
        at += 5
    facts = [effect.fact for effect in effects if isinstance(effect, ef.RecordFact)]
    (found,) = [fact for fact in facts if isinstance(fact, (fa.PromiseMissed, fa.PromiseWithheld))]
    return found


def test_the_day_of_budget_and_codes_begins_at_the_centres_midnight() -> None:
    engine = Engine()
    engine.handle(ev.ConfigChanged(centre("Asia/Vladivostok")), 0)
    evening = datetime(2026, 3, 7, 13, 50, tzinfo=UTC).timestamp()  # ten minutes before midnight there
    codes = [comes_of(engine, f"c{number}", evening + 10 * number) for number in range(3)]
    assert [type(one) for one in codes] == [fa.PromiseMissed, fa.PromiseMissed, fa.PromiseWithheld]
    assert isinstance(comes_of(engine, "c4", evening + 580), fa.PromiseWithheld)
    tomorrow = comes_of(engine, "c5", evening + 600)
    assert isinstance(tomorrow, fa.PromiseMissed)
    assert tomorrow.code == code_of(SECRET, "2026-03-08", 0)


def test_no_code_is_given_again_however_the_zone_is_changed() -> None:
    engine, at = Engine(), datetime(2026, 3, 7, 13, 50, tzinfo=UTC).timestamp()
    codes = []
    for number, zone in enumerate(("Europe/London", "Pacific/Auckland", "Europe/London", "Pacific/Auckland")):
        engine.handle(ev.ConfigChanged(replace(centre(zone), revision=number)), at)
        missed = comes_of(engine, f"c{number}", at)
        assert isinstance(missed, fa.PromiseMissed)
        codes.append(missed.code)
        at += 60
    assert len(set(codes)) == len(codes)
