"""Who listened to which recording, and who deleted one: kept in the audit, apart from changes of the set-up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from allo.data.actions.recording import do_delete_recording
from allo.data.models import AuditEntry, RecordingState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from allo.data.models import Recording, User

LISTEN = "listen"
DELETE = "delete"
ONE_LISTENING = timedelta(minutes=10)
"""A player asks for a file in pieces and again after a pause: within this time it is one listening."""


def do_note_listening(listener: User, recording: Recording) -> None:
    """Write down that somebody listens."""
    recent = entries_of(recording).filter(actor=listener, action=LISTEN, at__gt=timezone.now() - ONE_LISTENING)
    if not recent.exists():
        _note(listener, LISTEN, recording)


def do_delete_recording_by(actor: User, recording: Recording) -> None:
    """Delete the sound for good and write down who did it. Twice is no error."""
    if recording.state == RecordingState.DELETED:
        return
    do_delete_recording(recording)
    with transaction.atomic():
        _note(actor, DELETE, recording)


def entries_of(recording: Recording) -> QuerySet[AuditEntry]:
    """Return what was done with a recording, newest first."""
    return AuditEntry.objects.filter(subject_kind="recording", subject_id=str(recording.pk)).select_related("actor")


def _note(actor: User, action: str, recording: Recording) -> None:
    AuditEntry.objects.create(
        actor=actor,
        action=action,
        subject_kind="recording",
        subject_id=str(recording.pk),
        subject_name=recording.call.call_id,
    )
