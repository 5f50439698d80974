"""What agents record after a call: the draft while they type, then the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from allo.data.actions.customer import LONGEST_NOTE, TextTooLongError, clean_text
from allo.data.models import CallOutcome, WrapUpDraft

if TYPE_CHECKING:
    from allo.data.models import Disposition, User


def do_save_draft(call_id: str, agent: User, *, disposition: Disposition | None, note: str) -> WrapUpDraft:
    """Keep what is typed so far. Raises TextTooLongError."""
    _check(note)
    draft, _is_new = WrapUpDraft.objects.update_or_create(
        call_id=call_id,
        agent=agent,
        defaults={"disposition": disposition, "note": note.replace("\x00", ""), "at": timezone.now()},
    )
    return draft


def do_record_outcome(call_id: str, agent: User, *, disposition: Disposition | None, note: str) -> CallOutcome:
    """Record the outcome and drop the draft. Twice with the same call changes the one record."""
    _check(note)
    with transaction.atomic():
        outcome, _is_new = CallOutcome.objects.update_or_create(
            call_id=call_id,
            agent=agent,
            defaults={"disposition": disposition, "note": clean_text(note), "at": timezone.now()},
        )
        WrapUpDraft.objects.filter(call_id=call_id, agent=agent).delete()
    return outcome


def _check(note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise TextTooLongError(len(note), LONGEST_NOTE)
