"""What else follows from facts: agents' parts of calls, compensation codes, what callers speak, messages to be sent.

Written within the batch's transaction by `ledger` and `projections`. Each row has a key that is unique in the database,
so that whatever is written twice is there once. Rows of people or queues that are gone become NULL references.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from django.db.models import Model
from django.utils import timezone

from allo.core import facts
from allo.core.effects import SendMessage
from allo.data import models
from allo.data.call_parts import PART_FACTS, CallParts, Part
from allo.data.many_rows import ManyRows

Key = Callable[[type[Model], str], int | None]
"""The primary key behind an id of the core, if there is such a row."""

NEED_RECORD = (
    facts.CallStarted, facts.CallEntered, *PART_FACTS, facts.PromiseMissed, facts.MessageLeft, facts.SurveyCommented,
)  # fmt: skip
"""Facts that are told to the row of their call, or need its key."""
_PART_FIELDS = ["agent", "queue", "started_at", "ended_at", "talk_s", "hold_s", "wrapup_s", "ended_by", "is_consulted"]
_PARTS = ManyRows(models.CallPart, key=["call_record", "place"], update=_PART_FIELDS)


def write_parts(batch: Iterable[facts.Fact], records: Mapping[str, models.CallRecord], key: Key) -> None:
    """Fold the batch into the parts of its calls; `records` are these calls' rows, written already."""
    by_call: defaultdict[int, list[facts.Fact]] = defaultdict(list)
    for fact in batch:
        record = records.get(call_id_of(fact)) if isinstance(fact, PART_FACTS) else None
        if record is not None:
            by_call[record.pk].append(fact)
    known: defaultdict[int, list[models.CallPart]] = defaultdict(list)
    for row in _PARTS.find("call_record", by_call, "ORDER BY place"):
        known[row.call_record_id].append(row)
    rows: list[models.CallPart] = []
    for record_id, changes in by_call.items():
        call = CallParts([_part(row) for row in known[record_id]])
        for fact in changes:
            call.add(fact)
        rows += [_row(record_id, place, part, key) for place, part in enumerate(call.parts, 1)]
    _PARTS.save(rows)


def _part(row: models.CallPart) -> Part:
    return Part(
        agent_id=str(row.agent_id or ""),
        queue_id=str(row.queue_id or ""),
        started_at=row.started_at.timestamp(),
        ended_at=row.ended_at.timestamp() if row.ended_at else 0.0,
        talk_s=row.talk_s,
        hold_s=row.hold_s,
        wrapup_s=row.wrapup_s,
        ended_by=row.ended_by,
        is_consulted=row.is_consulted,
    )


def _row(record_id: int, place: int, part: Part, key: Key) -> models.CallPart:
    return models.CallPart(
        call_record_id=record_id,
        place=place,
        agent_id=key(models.User, part.agent_id),
        queue_id=key(models.Queue, part.queue_id),
        started_at=_moment(part.started_at),
        ended_at=_moment(part.ended_at) if part.ended_at else None,
        talk_s=part.talk_s,
        hold_s=part.hold_s,
        wrapup_s=part.wrapup_s,
        ended_by=part.ended_by[:8],
        is_consulted=part.is_consulted,
    )


def write_codes(batch: Iterable[facts.Fact], records: Mapping[str, models.CallRecord], key: Key) -> None:
    """Issue the codes of missed promises."""
    missed = {call_id_of(fact): fact for fact in batch if isinstance(fact, facts.PromiseMissed)}
    if not missed:
        return
    taken = models.CompensationCode.objects.filter(call_id__in=missed).values_list("call_id", flat=True)
    models.CompensationCode.objects.bulk_create(
        models.CompensationCode(
            code=fact.code[:16],
            call_id=call_id,
            customer_id=records[call_id].customer_id if call_id in records else None,
            queue_id=key(models.Queue, fact.queue_id),
            amount=fact.amount,
            issued_at=_moment(fact.at),
        )
        for call_id, fact in missed.items()
        if call_id not in set(taken)
    )


def write_spoken(batch: Iterable[facts.Fact], records: Mapping[str, models.CallRecord]) -> None:
    """Expect the recordings of what callers spoke alone; control fetches the sound."""
    spoken = {
        fact.recording_id[:80]: fact
        for fact in batch
        if isinstance(fact, facts.MessageLeft | facts.SurveyCommented) and call_id_of(fact) in records
    }
    if not spoken:
        return
    known = set(models.Recording.objects.filter(spoken_id__in=spoken).values_list("spoken_id", flat=True))
    models.Recording.objects.bulk_create(
        models.Recording(
            spoken_in=records[call_id_of(fact)],
            spoken_id=spoken_id,
            spoken_kind=_kind(fact),
            duration_s=fact.length_s,
        )
        for spoken_id, fact in spoken.items()
        if spoken_id not in known
    )


def _kind(fact: facts.Fact) -> models.SpokenKind:
    return models.SpokenKind.VOICEMAIL if isinstance(fact, facts.MessageLeft) else models.SpokenKind.COMMENT


def write_messages(orders: Iterable[SendMessage]) -> None:
    """Write down what is to be sent; each call, channel and template once, for ever."""
    wanted = {key_of(order): order for order in orders}
    known = (
        set(models.OutgoingMessage.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
    )
    fresh = {key: order for key, order in wanted.items() if key not in known}
    if not fresh:
        return
    ids = {int(order.customer_id) for order in fresh.values() if order.customer_id.isdecimal()}
    customers = set(models.Customer.objects.filter(pk__in=ids).values_list("pk", flat=True))
    now = timezone.now()
    models.OutgoingMessage.objects.bulk_create(
        models.OutgoingMessage(
            key=key,
            call_id=order.call_id[:64],
            channel=order.channel[:24],
            template=order.template[:24],
            to=order.to.replace("\x00", "")[:64],
            customer_id=next((pk for pk in customers if str(pk) == order.customer_id), None),
            language=order.language[:8],
            values=dict(order.values),
            asked_at=now,
            due_at=now,
        )
        for key, order in fresh.items()
    )


def key_of(order: SendMessage) -> str:
    """What is the same message."""
    return f"{order.call_id[:64]}:{order.channel[:24]}:{order.template[:24]}"


def call_id_of(fact: facts.Fact) -> str:
    """The call a fact is about, as long as the database takes it."""
    return str(getattr(fact, "call_id", ""))[:64]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
