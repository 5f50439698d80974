"""Past calls as lines: with their outcomes, what was promised, and the recording as soon as it is written.

Decides which calls are still awaited: the page looks again while their recordings may come (`is_coming`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from allo.data.models import CallOutcome, CallRecord, Fact, Recording, RecordingState
from allo.web.hub import mirror_now
from allo.web.promise_words import KEPT, MISSED, PromiseWords, of_fact

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_CALLS = 30
COMES_WITHIN = timedelta(minutes=2)
"""A recording that is not there so long after the end of its call is not awaited on a page."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A line of the history."""

    record: CallRecord
    outcomes: list[CallOutcome]
    recording: Recording | None
    promise: PromiseWords | None


@dataclass(frozen=True, slots=True)
class History:
    """Lines, newest first; `is_coming`: soon there may be more to see."""

    lines: list[PastCall]
    is_coming: bool


def past_calls(calls: QuerySet[CallRecord], *, but: str = "") -> History:
    """The ended ones of these calls without the one that runs, with one question to the database for each part."""
    others = calls.exclude(call_id=but).select_related("queue", "customer", "agent", "recording")[:MOST_CALLS]
    records = [call for call in others if call.ended_at is not None]
    outcomes: dict[str, list[CallOutcome]] = {}
    found = CallOutcome.objects.filter(call_id__in=[call.call_id for call in records])
    for outcome in found.select_related("agent", "disposition"):
        outcomes.setdefault(outcome.call_id, []).append(outcome)
    promises = _promises(records)
    lines = [
        PastCall(call, outcomes.get(call.call_id, []), _playable(call), promises.get(call.call_id)) for call in records
    ]
    return History(lines, _is_recorded() and any(_is_coming(call) for call in others))


def _is_recorded() -> bool:
    """Whether the centre records its calls, as far as is known here."""
    mirror, _is_there = mirror_now()
    return bool(mirror.system.get("recording", "ok") == "ok")


def _promises(calls: list[CallRecord]) -> dict[str, PromiseWords]:
    facts = Fact.objects.filter(call_id__in=[call.call_id for call in calls], kind__in=[MISSED, KEPT])
    return {fact.call_id: of_fact(fact.kind, fact.body) for fact in facts}


def _playable(call: CallRecord) -> Recording | None:
    recording: Recording | None = getattr(call, "recording", None)
    return recording if recording is not None and recording.state == RecordingState.READY else None


def _is_coming(call: CallRecord) -> bool:
    """An answered call that has just ended, or is about to be written down as ended, without its recording."""
    recording: Recording | None = getattr(call, "recording", None)
    is_written = recording is not None and recording.state != RecordingState.PENDING
    is_fresh = (call.ended_at or call.arrived_at) > timezone.now() - COMES_WITHIN
    return call.answered_at is not None and is_fresh and not is_written
