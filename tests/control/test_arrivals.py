"""Who is calling: the look-up costs the caller at most its time, and the engine hears everything in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from django.db import InterfaceError, OperationalError

from allo.control.arrivals import LOOK_UP_WITHIN_S, REMEMBERED, STRANGER, Arrivals, Known, look_up
from allo.control.database import Database
from allo.core import events as ev
from allo.core.engine import Input
from allo.core.facts import CallStarted, GreetingPlayed
from allo.data.ledger import Entry, write_facts
from allo.data.models import Customer
from allo.tasks import Tasks
from tests.control.virtual_time import virtually

ANN = Known("5", "Ann", "7")
CALL = ev.CallArrived("c1", "100", "+7999", "from the network")
NAMED = ev.CallArrived("c1", "100", "+7999", "Ann", "5", "7")


class Gate:
    def __init__(self, answer: Callable[[str], Awaitable[Known]]) -> None:
        self.put: list[Input] = []
        self.tasks = Tasks()
        self.country = ""
        self.arrivals = Arrivals(self.put.append, answer, self.tasks, lambda: self.country)


def after(seconds: float, answer: Known | Exception = ANN) -> Callable[[str], Awaitable[Known]]:
    async def found(_caller: str) -> Known:
        await asyncio.sleep(seconds)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return found


@virtually
async def test_a_known_caller_has_a_name_and_the_greeting_heard_last() -> None:
    gate = Gate(after(0.01))
    gate.arrivals.event(CALL)
    assert gate.put == []
    await asyncio.sleep(0.02)
    assert gate.put == [NAMED]


@virtually
async def test_events_of_a_call_wait_for_its_look_up_and_others_do_not() -> None:
    gate = Gate(after(0.2))
    other = ev.LegAnswered("c0-a1")
    events: list[ev.Event] = [ev.PlaybackFinished("c1", "7"), ev.LegEnded("c1")]
    gate.arrivals.event(CALL)
    for event in (events[0], other, events[1], CALL):  # the doubled arrival comes from a comparison with Asterisk
        gate.arrivals.event(event)
    assert gate.put == [other]
    await asyncio.sleep(0.3)
    assert gate.put == [other, NAMED, *events], "an end never comes before the beginning"
    gate.arrivals.event(ev.LegEnded("c1"))
    assert gate.put[-1] == ev.LegEnded("c1")


@virtually
async def test_a_hidden_caller_is_not_looked_up() -> None:
    gate = Gate(after(0.01, ZeroDivisionError()))
    gate.arrivals.event(ev.CallArrived("c1", "100"))
    assert gate.put == [ev.CallArrived("c1", "100")]


@virtually
async def test_a_caller_has_one_spelling_however_the_operator_sends_it() -> None:
    asked: list[str] = []

    async def found(caller: str) -> Known:
        asked.append(caller)
        return STRANGER

    gate = Gate(found)
    gate.country = "RU"
    for sent in ("+79161234567", "79161234567", "89161234567"):
        gate.arrivals.event(ev.CallArrived(sent, "100", sent))
    await asyncio.sleep(0.1)
    assert asked == ["+79161234567"] * 3
    assert gate.put == [
        ev.CallArrived(sent, "100", "+79161234567") for sent in ("+79161234567", "79161234567", "89161234567")
    ]
    gate.put.clear()
    gate.country = ""
    same = ("89161234567", "100", "anonymous", "Restricted", "web-1a2b", "sip:ann@example.com")
    for sent in same:
        gate.arrivals.event(ev.CallArrived(sent, "89161234567", sent))
    await asyncio.sleep(0.1)
    assert gate.put == [ev.CallArrived(sent, "89161234567", sent) for sent in same]


@pytest.mark.parametrize(
    "error", [TimeoutError(), OperationalError("away"), InterfaceError("closed"), ValueError("bug")]
)
def test_a_look_up_that_fails_costs_the_name_alone(error: Exception) -> None:
    @virtually
    async def run() -> None:
        gate = Gate(after(0.1, error))
        gate.arrivals.event(CALL)
        gate.arrivals.event(ev.LegEnded("c1"))
        await asyncio.sleep(0.2)
        assert gate.put == [CALL, ev.LegEnded("c1")]

    run()


@virtually
async def test_who_has_called_before_is_known_while_the_database_is_away() -> None:
    answers: list[Known | Exception] = [ANN, OperationalError("away")]

    async def found(_caller: str) -> Known:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    gate = Gate(found)
    for call_id in ("c1", "c2"):
        gate.arrivals.event(ev.CallArrived(call_id, "100", "+7999"))
        await asyncio.sleep(0.1)
    assert gate.put[1] == ev.CallArrived("c2", "100", "+7999", "Ann", "5", "7")
    assert gate.arrivals.slow == 1


@virtually
async def test_not_everybody_is_remembered_for_ever() -> None:
    gate = Gate(after(0.0, STRANGER))
    for number in range(REMEMBERED + 10):
        gate.arrivals.event(ev.CallArrived(f"c{number}", "100", str(number)))
        await asyncio.sleep(0.001)
    assert len(gate.arrivals._remembered) == REMEMBERED
    assert gate.arrivals._held == {}


async def test_a_database_that_hangs_leaves_no_line_of_stale_questions() -> None:
    """Only what has begun goes on; what waited behind it longer than its asker is never begun."""
    database = Database("test")
    begun: list[int] = []
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang() -> None:
        begun.append(0)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

    for work in (hang, lambda: begun.append(1), lambda: begun.append(2)):
        with pytest.raises(TimeoutError):
            await database.run(work, LOOK_UP_WITHIN_S / 5)
    release.set()
    await database.run(lambda: begun.append(3))
    assert begun == [0, 3]
    await database.close()


@pytest.mark.django_db
def test_the_look_up_finds_customer_and_greeting() -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC).timestamp()
    assert look_up("+74951234567") == STRANGER
    for place, greeting in enumerate(("7", "8")):
        call_id, at = f"c{place}", noon + place * 60
        write_facts(
            [
                Entry(place, f"e-{place}-0", CallStarted(at, call_id, "100", "8 (495) 123-45-67", "", "")),
                Entry(place, f"e-{place}-1", GreetingPlayed(at + 1, call_id, "1")),
                Entry(place, f"e-{place}-2", GreetingPlayed(at + 2, call_id, greeting, "1")),
                Entry(place, f"e-{place}-3", GreetingPlayed(at + 3, call_id, "system:all_busy")),
            ]
        )
    customer = Customer.objects.get()
    customer.name = "Иван 😀"
    customer.save()
    assert look_up(customer.phone) == Known(str(customer.pk), "Иван 😀", "8", "", "ru")
    for nobody in ("", "anonymous", "web-1", "😡" * 100, "9" * 400):
        assert not look_up(nobody).customer_id
