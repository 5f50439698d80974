"""What follows from facts: call records, agents' intervals, customers; the same whatever the batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allo.core import facts as fa
from allo.core.engine import Input
from allo.core.model import Config
from allo.data.ledger import Entry, write_facts
from allo.data.load_config import load_setup
from allo.data.models import (
    AgentInterval,
    CallPart,
    CallRecord,
    CompensationCode,
    Customer,
    Disposition,
    Fact,
    Membership,
    Number,
    Queue,
    Recording,
    User,
)
from tests.control import centres
from tests.data.lives import NOON, PAUSES, live

pytestmark = pytest.mark.django_db

LIVES = st.lists(st.tuples(centres.INPUTS, PAUSES), max_size=40)


@pytest.fixture
def people() -> dict[str, Any]:
    """The rows behind the ids of `tests.control.centres`."""
    queues = [Queue.objects.create(pk=pk, name=name) for pk, name in ((10, "Sales"), (20, "Support"))]
    users = [User.objects.create_user(name, pk=pk, display_name=name) for pk, name in ((1, "a"), (2, "b"), (3, "c"))]
    number = Number.objects.create(pattern="100", queue=queues[0], language="en")
    return {"queues": queues, "users": users, "number": number, "sold": Disposition.objects.create(pk=9, name="Sold")}


def write(entries: list[Entry], cuts: list[int]) -> None:
    places = [0, *sorted(place for place in cuts if 0 < place < len(entries)), len(entries)]
    for start, end in pairwise(places):
        write_facts(entries[start:end])


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that is computed, without the rows' own keys."""

    def plain(query: Any, *left_out: str) -> list[dict[str, Any]]:
        return [{k: v for k, v in model_to_dict(row).items() if k not in {"id", *left_out}} for row in query]

    return {
        "calls": plain(CallRecord.objects.select_related("customer").order_by("call_id"), "customer"),
        "customers": [dict(row) for row in CallRecord.objects.order_by("call_id").values("call_id", "customer__phone")],
        "parts": plain(CallPart.objects.order_by("call_record__call_id", "place"), "call_record"),
        "codes": plain(CompensationCode.objects.order_by("call_id"), "customer"),
        "spoken": plain(Recording.objects.order_by("spoken_id"), "spoken_in"),
        "intervals": plain(AgentInterval.objects.order_by("agent", "started_at", "ended_at", "state")),
    }


def forget() -> None:
    AgentInterval.objects.all().delete()
    CompensationCode.objects.all().delete()
    CallRecord.objects.all().delete()
    Customer.objects.all().delete()
    # Facts are for ever: only a test may do this.
    Fact._base_manager.all()._raw_delete("default")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lives=LIVES, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_any_batches_and_any_doubles_give_the_same_rows(
    people: dict[str, Any], lives: list[tuple[Input, float]], cuts: list[int]
) -> None:
    """Also the rebuild: facts alone, in their order, give all rows anew."""
    engine, entries = live([(what, 0.0) for what in centres.opening()] + lives)
    forget()
    write(entries, [])
    whole = rows()
    forget()
    write(entries, cuts)
    assert rows() == whole
    for place in cuts:
        write_facts(entries[place : place + 50])
    assert rows() == whole
    assert Fact.objects.count() == len(entries)
    check_calls(entries, set(engine.state.calls))
    check_intervals(entries)
    check_parts(set(engine.state.calls))


def check_parts(under_way: set[str]) -> None:
    """The parts of an ended call are over, and their seconds are the call's."""
    for record in CallRecord.objects.exclude(call_id__in=under_way).exclude(answered_at=None):
        parts = list(record.parts.order_by("place"))
        assert [part.place for part in parts] == list(range(1, len(parts) + 1)) != []
        assert all(part.ended_by and part.ended_at and part.ended_at >= part.started_at for part in parts)
        assert sum(part.talk_s for part in parts) == pytest.approx(record.talk_s, abs=0.001)
        assert sum(part.hold_s for part in parts) == pytest.approx(record.hold_s, abs=0.001)


def check_calls(entries: list[Entry], under_way: set[str]) -> None:
    """Each row against the facts, worked out another way."""
    last = {entry.fact.call_id: entry.fact for entry in entries if isinstance(entry.fact, fa.CallEnded)}
    records = {record.call_id: record for record in CallRecord.objects.all()}
    started = {entry.fact.call_id for entry in entries if isinstance(entry.fact, fa.CallStarted)}
    assert set(records) == started
    for call_id, fact in last.items():
        record = records[call_id]
        if call_id in under_way:
            continue  # the same id once more: Asterisk never does that
        assert (record.outcome, record.end_reason) == (fact.outcome.value, fact.end_reason.value)
        assert (record.wait_s, record.talk_s, record.hold_s) == (fact.wait_s, fact.talk_s, fact.hold_s)
        assert record.ended_at == datetime.fromtimestamp(fact.at, UTC)
        entered_at = datetime.fromtimestamp(fact.entered_at, UTC) if fact.entered_at else None
        assert (str(record.queue_id or ""), record.entered_at) == (fact.queue_id, entered_at)


def check_intervals(entries: list[Entry]) -> None:
    """Every agent's intervals follow each other without a gap, and at most one is open: the last."""
    for agent_id in (1, 2, 3):
        found = list(AgentInterval.objects.filter(agent=agent_id).order_by("started_at", "pk"))
        assert all(row.ended_at is not None for row in found[:-1])
        for row, after in pairwise(found):
            assert row.ended_at is not None
            assert row.started_at <= row.ended_at <= after.started_at
        seconds = sum((row.ended_at - row.started_at).total_seconds() for row in found if row.ended_at)
        facts = [one.fact for one in entries if isinstance(one.fact, fa.AgentStateChanged)]
        logged_in = [f.lasted_s for f in facts if f.agent_id == str(agent_id) and f.previous != "offline"]
        assert seconds == pytest.approx(sum(logged_in), abs=0.001)


def test_a_call_s_whole_life(people: dict[str, Any]) -> None:
    _, entries = live([(what, 2.0) for what in [*centres.opening(("1",)), *centres.conversation()]])
    customers = write_facts(entries)
    record = CallRecord.objects.get()
    assert record.customer is not None
    assert customers == {"c1": str(record.customer.pk)}
    assert (record.customer.phone, record.customer.language) == ("+79991234567", "en"), "as the number was dialled for"
    assert (record.queue, record.agent, record.number) == (people["queues"][0], people["users"][0], people["number"])
    assert record.disposition == people["sold"]
    assert (record.outcome, record.end_reason) == ("answered", "caller_hung_up")
    assert (record.wait_s, record.talk_s, record.hold_s, record.wrapup_s) == (2.0, 4.0, 2.0, 2.0)
    intervals = AgentInterval.objects.filter(agent=1).order_by("started_at", "pk")
    assert [(row.state, row.queue_id) for row in intervals] == [
        ("not_ready", None), ("ready", None), ("offered", 10), ("on_call", 10), ("wrap_up", 10), ("ready", None),
    ]  # fmt: skip


def test_the_customer_is_one_however_the_number_was_sent(people: dict[str, Any]) -> None:
    callers = ("+7 999 123-45-67", "+79991234567", "anonymous", "", "web-5-x")
    for place, caller in enumerate(callers):
        write_facts([Entry(place, f"e-{place}-0", fa.CallStarted(NOON, f"c{place}", "100", caller, "", "10"))])
    assert Customer.objects.count() == 1
    known = CallRecord.objects.order_by("call_id").values_list("customer__phone", flat=True)
    assert list(known) == ["+79991234567", "+79991234567", None, None, None]


def test_a_customer_s_card_is_not_overwritten_by_the_next_call(people: dict[str, Any]) -> None:
    Customer.objects.create(phone="+79991234567", name="Ann", language="ru")
    write_facts([Entry(1, "e-1-0", fa.CallStarted(NOON, "c1", "100", "+79991234567", "Somebody", "10"))])
    customer = Customer.objects.get()
    assert (customer.name, customer.language) == ("Ann", "ru")


def test_people_and_queues_that_are_gone_become_no_reference(people: dict[str, Any]) -> None:
    _, entries = live([(what, 2.0) for what in [*centres.opening(("1",)), *centres.conversation()]])
    people["number"].delete()
    Queue.objects.all().delete()
    Disposition.objects.all().delete()
    User.objects.filter(pk=1).delete()
    write_facts(entries)
    record = CallRecord.objects.get()
    assert (record.queue, record.agent, record.number, record.disposition) == (None, None, None, None)
    assert record.outcome == "answered"
    assert not AgentInterval.objects.exists()


@pytest.mark.parametrize("id_", ["", "nobody", "-1", "9" * 30, "٣", "1.0", " 1", "\x00"])
def test_ids_that_are_none_are_no_error(people: dict[str, Any], id_: str) -> None:
    write_facts(
        [
            Entry(1, "e-1-0", fa.CallStarted(NOON, "c1", "no number 😡", "+7999", "", id_)),
            Entry(1, "e-1-1", fa.CallAnswered(NOON, "c1", id_, id_, 1.0)),
            Entry(2, "e-2-0", fa.WrapUpEnded(NOON, "c1", id_, id_, id_, 1.0)),
            Entry(3, "e-3-0", fa.AgentStateChanged(NOON, id_, "ready", "", NOON, 0.0, "offline", "", id_)),
        ]
    )
    assert Fact.objects.count() == 4
    assert CallRecord.objects.get().queue_id in {None, 3}


def test_an_interval_whose_end_was_lost_does_not_last_until_the_next_log_in(people: dict[str, Any]) -> None:
    """A damaged input log: the agent was on a call, and is found offline by a centre that remembers nothing."""
    write_facts([Entry(1, "a-1-0", fa.AgentStateChanged(NOON, "1", "ready", "", NOON - 60, 60.0, "on_call", "", ""))])
    lost = fa.AgentStateChanged(NOON + 9000, "1", "offline", "", NOON + 100, 8900.0, "not_ready", "logged_in", "")
    write_facts([Entry(1, "b-1-0", lost)])
    found = AgentInterval.objects.order_by("started_at").values_list("state", "started_at", "ended_at")
    at = [datetime.fromtimestamp(NOON + seconds, UTC) for seconds in (-60, 0, 100, 9000)]
    assert list(found) == [("ready", at[0], at[1]), ("on_call", at[1], at[2]), ("not_ready", at[3], None)]


def test_a_call_that_starts_twice_stays_one(people: dict[str, Any]) -> None:
    """After a damaged log Asterisk's calls are found anew."""
    write_facts([Entry(1, "a-1-0", fa.CallStarted(NOON, "c1", "100", "+7999", "", "10"))])
    write_facts([Entry(1, "b-1-0", fa.CallStarted(NOON + 60, "c1", "100", "+7999", "", "10"))])
    assert CallRecord.objects.get().arrived_at == datetime.fromtimestamp(NOON, UTC)


# The set-up that facts speak of


def test_the_revision_is_never_newer_than_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change in the middle of a reading must be found by the next look, on PostgreSQL too."""
    from allo.data.load_config import numbers as number_rows
    from allo.data.load_config import setup as loading
    from allo.data.models import ConfigRevision

    ConfigRevision.bump()
    numbers = number_rows.load_numbers

    def meanwhile(*arguments: Any) -> Any:
        ConfigRevision.bump()
        return numbers(*arguments)

    monkeypatch.setattr(loading, "load_numbers", meanwhile)
    setup = load_setup()
    assert setup.config.revision < ConfigRevision.current()


def test_only_what_is_active_is_in_force(people: dict[str, Any]) -> None:
    ann, bob, _ = people["users"]
    sales, support = people["queues"]
    Membership.objects.create(user=ann, queue=sales, level=2)
    Membership.objects.create(user=ann, queue=support)
    Membership.objects.create(user=bob, queue=support)
    Number.objects.create(pattern="200", queue=support)
    support.is_active = False
    support.save()
    User.objects.filter(pk=bob.pk).update(is_active=False)
    setup = load_setup()
    assert set(setup.config.queues) == {"10"}
    assert [(m.queue_id, m.level) for m in setup.config.agents["1"].memberships] == [("10", 2)]
    assert "2" not in setup.config.agents
    assert set(setup.config.numbers) == {"100"}
    assert setup.remarks == ("number 200 leads to queue 20, which is deleted",)
    assert setup.config.problems() == []
    assert isinstance(setup.config, Config)


def test_an_empty_centre_is_a_set_up_too() -> None:
    setup = load_setup()
    assert replace(setup.config, secret="", zone="UTC") == Config()
    assert setup.config.secret
    assert setup.remarks == ()
