"""What follows from facts: call records, agents' intervals, customers at their first contact (`more_projections`: the
rest).

A `Projection` is folded from one batch of new facts and written in the batch's transaction: rows are read once,
changed in memory and written back by one statement a table. Facts of a call or an agent come in their order.
Rows of people or queues that are gone for good become NULL references, never an error.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from allo.core import facts
from allo.core.agent_states import AgentState
from allo.data import models
from allo.data.many_rows import ManyRows, keys_of
from allo.data.models.number import find_number
from allo.data.more_projections import NEED_RECORD, call_id_of, write_codes, write_parts, write_spoken
from allo.data.phone_numbers import normalise

_WEB_CALLER = "web-"

_CALL_FIELDS = [
    "customer", "queue", "agent", "disposition", "entered_at", "answered_at", "ended_at", "wait_s", "talk_s",
    "hold_s", "wrapup_s", "outcome", "end_reason", "is_callback",
]  # fmt: skip
_CALLS = ManyRows(models.CallRecord, key=["call_id"], update=_CALL_FIELDS)
_CUSTOMERS = ManyRows(models.Customer, key=["phone"])
_NUMBERS = ManyRows(models.Number)
_NEW_INTERVALS = ManyRows(models.AgentInterval)
_ENDED_INTERVALS = ManyRows(
    models.AgentInterval,
    [field.name for field in models.AgentInterval._meta.concrete_fields],
    key=["id"],
    update=["ended_at", "queue"],
)


class Projection:
    """One batch."""

    def __init__(self) -> None:
        self._facts: list[facts.Fact] = []
        self._present: dict[type[Model], set[int]] = {}

    def add(self, fact: facts.Fact) -> None:
        """Take one more fact."""
        self._facts.append(fact)

    def write(self) -> dict[str, str]:
        """Write everything; returns call id → customer id of the calls that started."""
        customers = self._write_calls()
        self._write_intervals()
        return customers

    # Calls

    def _write_calls(self) -> dict[str, str]:
        starts = [fact for fact in self._facts if isinstance(fact, facts.CallStarted)]
        numbers = {number.pattern: number for number in _NUMBERS.find("is_active", [True])} if starts else {}
        phones = {fact.caller: _phone(fact) for fact in starts}
        customers = _customers({phones[fact.caller]: _language(fact, numbers) for fact in starts})
        changes = [fact for fact in self._facts if isinstance(fact, _CALL_FACTS)]
        about = {call_id_of(fact) for fact in self._facts if isinstance(fact, NEED_RECORD)}
        records = {row.call_id: row for row in _CALLS.find("call_id", about)}
        for fact in changes:
            if isinstance(fact, facts.CallStarted):
                records.setdefault(
                    fact.call_id[:64], self._new_record(fact, customers.get(phones[fact.caller]), numbers)
                )
            elif fact.call_id[:64] in records:
                _CALL_CHANGES[type(fact)](self, records[fact.call_id[:64]], fact)
        touched = {fact.call_id[:64] for fact in changes}
        _CALLS.save(row for call_id, row in records.items() if call_id in touched)
        self._write_about_calls(records)
        found = {fact.call_id: customers.get(phones[fact.caller]) for fact in starts}
        return {call_id: str(customer.pk) for call_id, customer in found.items() if customer is not None}

    def _write_about_calls(self, records: dict[str, models.CallRecord]) -> None:
        if not any(isinstance(fact, NEED_RECORD) for fact in self._facts):
            return
        new = [call_id for call_id, row in records.items() if not row.pk]
        records |= {row.call_id: row for row in _CALLS.find("call_id", new)}  # an upsert tells no keys
        write_parts(self._facts, records, self._key)
        write_codes(self._facts, records, self._key)
        write_spoken(self._facts, records)

    def _new_record(
        self, fact: facts.CallStarted, customer: models.Customer | None, numbers: dict[str, models.Number]
    ) -> models.CallRecord:
        return models.CallRecord(
            call_id=fact.call_id[:64],
            caller=_text(fact.caller, 64),
            dialled=_text(fact.number, 64),
            source=models.CallSource.WEB if fact.caller.startswith(_WEB_CALLER) else models.CallSource.SIP,
            customer=customer,
            queue_id=self._key(models.Queue, fact.queue_id),
            number=_number(fact, numbers),
            arrived_at=_moment(fact.at),
        )

    def entered(self, record: models.CallRecord, fact: facts.CallEntered) -> None:
        """Waiting began."""
        record.entered_at = _moment(fact.at)
        record.queue_id = self._key(models.Queue, fact.queue_id)

    def answered(self, record: models.CallRecord, fact: facts.CallAnswered) -> None:
        """An agent took it."""
        record.answered_at = _moment(fact.at)
        record.wait_s = fact.wait_s
        record.agent_id = self._key(models.User, fact.agent_id)

    def ended(self, record: models.CallRecord, fact: facts.CallEnded) -> None:
        """It is over."""
        record.ended_at = _moment(fact.at)
        record.queue_id = self._key(models.Queue, fact.queue_id) or record.queue_id
        record.entered_at = _moment(fact.entered_at) if fact.entered_at else None
        record.wait_s, record.talk_s, record.hold_s = fact.wait_s, fact.talk_s, fact.hold_s
        record.outcome, record.end_reason = fact.outcome.value, fact.end_reason.value
        record.agent_id = self._key(models.User, fact.agent_id) or record.agent_id
        record.is_callback = fact.is_callback

    def wrapped_up(self, record: models.CallRecord, fact: facts.WrapUpEnded) -> None:
        """The agent recorded what came of it."""
        record.wrapup_s += fact.wrapup_s
        record.disposition_id = self._key(models.Disposition, fact.disposition) or record.disposition_id

    # Agents

    def _write_intervals(self) -> None:
        changes = [fact for fact in self._facts if isinstance(fact, facts.AgentStateChanged)]
        agents = {self._key(models.User, fact.agent_id) for fact in changes}
        open_rows = _NEW_INTERVALS.find("agent", agents - {None}, "AND ended_at IS NULL ORDER BY started_at, id")
        running = {row.agent_id: row for row in open_rows}
        rows: list[models.AgentInterval] = []
        for fact in changes:
            agent = self._key(models.User, fact.agent_id)
            if agent is None:
                continue
            row = running.pop(agent, None)
            since_at = _moment(fact.since_at)
            if row is not None and (row.state, row.started_at) != (fact.previous, since_at):
                row.ended_at = max(row.started_at, since_at)  # what became of it was lost with a damaged input log
                rows.append(row)
                row = None
            row = row or self._interval(agent, fact.previous, fact.previous_reason, fact.since_at)
            if row.state != AgentState.OFFLINE.value:
                row.ended_at = _moment(fact.at)
                row.queue_id = self._key(models.Queue, fact.queue_id)
                rows.append(row)
            if fact.current != AgentState.OFFLINE.value:
                running[agent] = self._interval(agent, fact.current, fact.reason, fact.at)
        rows += running.values()
        _ENDED_INTERVALS.save(row for row in rows if row.pk)
        _NEW_INTERVALS.save(row for row in rows if not row.pk)

    def _interval(self, agent: int, state: str, reason: str, since_at: float) -> models.AgentInterval:
        return models.AgentInterval(agent_id=agent, state=state, reason=_text(reason, 64), started_at=_moment(since_at))

    # References

    def _key(self, model: type[Model], id_: str) -> int | None:
        """The primary key behind an id of the core, if there is such a row."""
        if not id_.isdecimal():
            return None
        present = self._present.setdefault(model, set())
        key = int(id_)
        if key not in present:
            present |= keys_of(model)
        return key if key in present else None


_CALL_FACTS = (facts.CallStarted, facts.CallEntered, facts.CallAnswered, facts.CallEnded, facts.WrapUpEnded)
_CALL_CHANGES: dict[type, Callable[[Projection, models.CallRecord, Any], None]] = {
    facts.CallEntered: Projection.entered,
    facts.CallAnswered: Projection.answered,
    facts.CallEnded: Projection.ended,
    facts.WrapUpEnded: Projection.wrapped_up,
}


def _phone(fact: facts.CallStarted) -> str:
    """The number by which a customer is known; visitors of the public page have none."""
    return "" if fact.caller.startswith(_WEB_CALLER) else normalise(fact.caller, "")


def _number(fact: facts.CallStarted, numbers: dict[str, models.Number]) -> models.Number | None:
    return numbers.get(fact.number) or find_number(fact.number, numbers.values())


def _language(fact: facts.CallStarted, numbers: dict[str, models.Number]) -> str:
    number = _number(fact, numbers)
    return number.language if number else ""


def _customers(languages: dict[str, str]) -> dict[str, models.Customer]:
    """Customers by normalised number; those who call for the first time are made, with the language they chose."""
    phones = languages.keys() - {""}
    if not phones:
        return {}
    known = {row.phone: row for row in _CUSTOMERS.find("phone", phones)}
    strangers = sorted(phones - known.keys())
    now = timezone.now()
    _CUSTOMERS.save(
        models.Customer(phone=phone, created_at=now, **({"language": languages[phone]} if languages[phone] else {}))
        for phone in strangers
    )
    return known | {row.phone: row for row in _CUSTOMERS.find("phone", strangers)}


def _text(text: str, limit: int) -> str:
    return text.replace("\x00", "")[:limit]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
