"""The only writer of facts: order, batches, doubles, a database that is away, facts that cannot be stored."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import (
    DataError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)

from allo.core import facts as fa
from allo.data import ledger as ledger_module
from allo.data.ledger import Entry, Ledger, write_facts
from allo.data.models import CallRecord, Customer, Fact, User
from allo.data.models.fact import FactIsImmutableError
from allo.data.reading import calls_customers, facts_since
from tests.data.lives import NOON
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def started(call_id: str = "c1", at: float = NOON, **more: Any) -> fa.CallStarted:
    return replace(fa.CallStarted(at, call_id, "100", "+74951234567", "", ""), **more)


def entries(count: int, first: int = 1) -> list[Entry]:
    return [Entry(seq, f"e-{seq}-0", started(f"c{seq}", NOON + seq)) for seq in range(first, first + count)]


class Writing:
    """A ledger at work, and what it has told: wait by that, for SQLite in memory refuses a reader while it writes."""

    def __init__(self, folder: Path) -> None:
        self.rejected = folder / "rejected.jsonl"
        self.told: list[Entry] = []
        self.customers: dict[str, str] = {}
        self.ledger = Ledger(self.rejected, self._written)

    def _written(self, written: Sequence[Entry], customers: dict[str, str]) -> None:
        assert threading.current_thread().name == "ledger"
        self.told += written
        self.customers |= customers

    def put(self, *found: Entry) -> None:
        for entry in found:
            self.ledger.put(entry.seq, entry.uid, entry.fact)


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writing]:
    monkeypatch.setattr(ledger_module, "GATHER_S", 0.02)
    monkeypatch.setattr(ledger_module, "FIRST_PAUSE_S", 0.02)
    one = Writing(tmp_path)
    yield one
    if one.ledger._thread.is_alive():
        assert one.ledger.stop(10)


def uids() -> list[str]:
    return list(Fact.objects.order_by("pk").values_list("uid", flat=True))


def test_facts_are_written_in_their_order_and_told(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "BATCH", 7)
    found = entries(40)
    writing.ledger.start()
    writing.put(*found)
    wait_until(lambda: len(writing.told) == 40)
    assert uids() == [entry.uid for entry in found] == [entry.uid for entry in writing.told]
    assert writing.ledger.oldest_seq is None
    customer = Customer.objects.get()
    assert set(writing.customers.values()) == {str(customer.pk)}
    assert calls_customers(["c1", "c40", "c41"]) == {"c1": str(customer.pk), "c40": str(customer.pk)}


def test_known_facts_change_nothing(writing: Writing) -> None:
    writing.put(*entries(3))
    writing.put(*entries(5))
    writing.put(Entry(2, "e-2-0", started("another call")))
    writing.ledger.start()
    wait_until(lambda: writing.ledger.oldest_seq is None)
    assert uids() == [f"e-{seq}-0" for seq in range(1, 6)]
    assert not CallRecord.objects.filter(call_id="another call").exists()
    write_facts(entries(5))
    assert Fact.objects.count() == CallRecord.objects.count() == 5


def test_a_stop_writes_what_is_left(writing: Writing) -> None:
    writing.ledger.start()
    writing.put(*entries(20))
    assert writing.ledger.stop(10)
    assert len(uids()) == 20


class Away:
    """A database that fails while it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        self.is_away = True
        self.tries = 0
        write = write_facts

        def fail(found: Sequence[Entry]) -> dict[str, str]:
            self.tries += 1
            if self.is_away:
                raise error
            return write(found)

        monkeypatch.setattr(ledger_module, "write_facts", fail)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        OperationalError("database or disk is full"),
        InterfaceError("connection already closed"),
        InternalError("cannot execute INSERT in a read-only transaction"),
        ProgrammingError('relation "data_fact" does not exist'),
    ],
)
def test_a_database_that_is_away_gets_everything_when_it_is_back(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(ledger_module, "BEHIND_AFTER_S", 0.05)
    monkeypatch.setattr(ledger_module, "LONGEST_PAUSE_S", 0.05)
    away = Away(monkeypatch, error)
    writing.ledger.start()
    writing.put(*entries(3))
    wait_until(lambda: away.tries >= 3 and writing.ledger.is_behind)
    writing.put(*entries(3, 4))
    assert writing.ledger.oldest_seq == 1
    assert writing.told == []
    away.is_away = False
    wait_until(lambda: len(writing.told) == 6)
    assert uids() == [f"e-{seq}-0" for seq in range(1, 7)]
    assert not writing.ledger.is_behind
    assert not writing.rejected.exists(), "nothing speaks against the facts"
    said = [record.message for record in caplog.records if record.name == "allo.data.ledger"]
    assert len(said) == 2, "said once when it goes, once when it is back"


def test_a_stop_while_the_database_is_away_says_so_at_once(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Away(monkeypatch, OperationalError("away"))
    monkeypatch.setattr(ledger_module, "FIRST_PAUSE_S", 60.0)
    writing.ledger.start()
    writing.put(*entries(1))
    wait_until(lambda: away.tries == 1)
    assert not writing.ledger.stop(30)
    assert not writing.ledger._thread.is_alive(), "the pause of a minute is not waited for"


def test_no_fault_ends_the_thread(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours, or one of the listener's."""
    monkeypatch.setattr(ledger_module, "LONGEST_PAUSE_S", 0.05)
    # Stays away until the end: a fact that is just being refused when the fault goes must have nowhere else to go.
    monkeypatch.setattr(writing.ledger, "_rejected", Path("/nowhere/at/all"))
    with pytest.MonkeyPatch.context() as fault:
        fault.setattr(ledger_module, "_row", lambda *_anything: 1 / 0)
        away = Away(fault, ZeroDivisionError())
        writing.ledger.start()
        writing.put(*entries(2))
        wait_until(lambda: away.tries > 4)
    wait_until(lambda: len(writing.told) == 2)

    def fail(*_anything: object) -> None:
        raise KeyError("the listener's own fault")

    monkeypatch.setattr(writing.ledger, "_on_written", fail)
    writing.put(*entries(2, 3))
    wait_until(lambda: writing.ledger.oldest_seq is None)
    assert len(uids()) == 4
    assert writing.ledger._thread.is_alive()


# Facts that are odd


def test_a_fact_that_cannot_be_projected_is_kept_bare(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from allo.data.projections import Projection

    new_record = Projection._new_record

    def fail(self: Projection, fact: fa.CallStarted, *more: Any) -> CallRecord:
        if fact.call_id == "c2":
            raise DataError("odd")
        return new_record(self, fact, *more)

    monkeypatch.setattr(Projection, "_new_record", fail)
    writing.put(*entries(3))
    writing.ledger.start()
    wait_until(lambda: len(writing.told) == 3)
    assert uids() == ["e-1-0", "e-2-0", "e-3-0"]
    assert sorted(CallRecord.objects.values_list("call_id", flat=True)) == ["c1", "c3"]
    assert "Fact e-2-0 cannot be projected" in caplog.text
    assert "+7495" not in caplog.text, "no numbers of people in the log"


@pytest.mark.parametrize(
    "odd",
    [
        started(at=1e18),
        started(at=float("nan")),
        started(caller="\ud800 half a sign"),
        fa.CallAnswered(NOON, "c1", "1", "1", float("nan")),
    ],
)
def test_a_fact_that_cannot_be_stored_is_kept_in_a_file_and_stops_no_other(writing: Writing, odd: fa.Fact) -> None:
    first, last = entries(1)[0], entries(1, 3)[0]
    writing.put(first, Entry(2, "e-2-0", odd), last)
    writing.ledger.start()
    wait_until(lambda: len(writing.told) == 3)
    kept = [json.loads(line) for line in writing.rejected.read_text().splitlines()] if writing.rejected.exists() else []
    assert [uid for uid in ("e-1-0", "e-2-0", "e-3-0") if uid in uids()] + [uid for uid, *_ in kept] in (
        ["e-1-0", "e-3-0", "e-2-0"],
        ["e-1-0", "e-2-0", "e-3-0"],
    )
    if kept:
        assert kept[0][1] == type(odd).__name__
        assert writing.ledger.rejected == 1
    connection.ensure_connection()


@pytest.mark.parametrize(
    ("caller", "phone"),
    [
        ("9" * 400, "9" * 32),
        ("😡" * 40, ("😡" * 40)[:32]),
        ("\x00+74951234567\x00", "+74951234567"),
        ("'; DROP TABLE data_fact; --", None),
        ("", ""),
        ("anonymous", ""),
        ("web-17-abc", ""),
    ],
)
def test_absurd_callers_are_kept_as_far_as_they_fit(writing: Writing, caller: str, phone: str | None) -> None:
    fact = started(caller=caller, number="1" * 300, caller_name="👩‍🚒" * 1000, call_id="c" * 300)
    writing.put(Entry(1, "e-1-0", fact))
    writing.ledger.start()
    wait_until(lambda: len(writing.told) == 1)
    assert not writing.rejected.exists()
    record = CallRecord.objects.get()
    assert (len(record.call_id), len(record.dialled)) == (64, 64)
    assert Fact.objects.get().body["caller_name"] == "👩‍🚒" * 1000
    if phone is not None:
        assert (record.customer.phone if record.customer else "") == phone
    assert record.source == ("web" if caller.startswith("web-") else "sip")


# Facts are for ever


def test_facts_cannot_be_changed_or_deleted() -> None:
    write_facts(entries(1))
    fact = Fact.objects.get()
    attempts: list[Callable[[], object]] = [
        fact.save,
        fact.delete,
        Fact.objects.all().delete,
        lambda: Fact.objects.update(kind="Other"),
        lambda: Fact.objects.filter(pk=fact.pk).update(kind="Other"),
    ]
    for attempt in attempts:
        with pytest.raises(FactIsImmutableError):
            attempt()
    assert Fact.objects.get().kind == "CallStarted"


def test_facts_are_read_back_as_they_were() -> None:
    ended = fa.CallEnded(
        NOON + 5, "c1", "1", "2", "100", "+7999", fa.Outcome.ANSWERED, fa.EndReason.AGENT_HUNG_UP, 16,
        NOON - 0.125, NOON, NOON + 1, 1.0, 3.1, 0.2,
    )  # fmt: skip
    state = fa.AgentStateChanged(NOON + 6, "2", "ready", "", NOON, 6.0, "on_call", "", "1")
    write_facts([Entry(1, "e-1-0", started()), Entry(2, "e-2-0", ended), Entry(3, "e-3-0", state)])
    kinds = (fa.CallEnded, fa.AgentStateChanged)
    assert facts_since(NOON, kinds) == [("e-2-0", ended), ("e-3-0", state)]
    assert facts_since(NOON + 5.5, kinds) == [("e-3-0", state)]


def test_a_fact_of_another_version_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    state = fa.AgentStateChanged(NOON, "2", "ready", "", NOON, 6.0, "on_call", "", "1")
    write_facts([Entry(1, "e-1-0", state)])
    copy = Fact.objects.get()
    Fact.objects.create(uid="old", at=copy.at, kind="AgentStateChanged", body={"agent": 5})
    assert facts_since(NOON - 1, (fa.AgentStateChanged,)) == [("e-1-0", state)]
    assert "Fact old cannot be read" in caplog.text


def test_two_writers_at_once_double_nothing(tmp_path: Path) -> None:
    """It must not happen (a lock sees to it); if it does, uids decide."""
    pair = [Writing(tmp_path) for _ in range(2)]
    User.objects.create_user("ann", display_name="Ann")
    for one in pair:
        one.put(*entries(200))
    for one in pair:
        one.ledger.start()
    for one in pair:
        wait_until(lambda one=one: one.ledger.oldest_seq is None)  # type: ignore[misc]
        assert one.ledger.stop(10)
    assert sorted(uids()) == sorted(entry.uid for entry in entries(200))
    assert CallRecord.objects.count() == 200
