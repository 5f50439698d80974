"""The end of recordings: the file goes for good, the row stays to say when."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from allo import installation
from allo.data.models import CallRecord, Recording, RecordingState

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from allo.data.models import Queue

logger = logging.getLogger(__name__)


def recording_path(recording: Recording) -> Path:
    """Return where the sound of a call lies; refuses names that lead out of the recordings folder."""
    folder = installation.current().recordings_folder.resolve()
    path = (folder / recording.file).resolve()
    if not recording.file or folder not in path.parents:
        raise FileNotFoundError(recording.pk)
    return path


def do_delete_recording(recording: Recording) -> None:
    """Delete the sound. A file that is already gone is no error."""
    if recording.file:
        recording_path(recording).unlink(missing_ok=True)
    recording.state = RecordingState.DELETED
    recording.deleted_at = timezone.now()
    recording.file = ""
    recording.save(update_fields=["state", "deleted_at", "file"])


def do_keep_no_longer(queue: Queue, days: int) -> int:
    """Keep a queue's recordings for so many days after their call and no longer; return how many this concerns.

    None is kept for longer than was said when it was made.
    """
    ended = [
        Subquery(CallRecord.objects.filter(pk=OuterRef(call)).values("ended_at")[:1])
        for call in ("call_record", "spoken_in")
    ]
    due = ExpressionWrapper(Coalesce(*ended, F("created_at")) + timedelta(days=days), output_field=DateTimeField())
    of_queue = Recording.objects.filter(Q(call_record__queue=queue) | Q(spoken_in__queue=queue))
    later = of_queue.exclude(state=RecordingState.DELETED).alias(due=due).filter(delete_after__gt=F("due"))
    return Recording.objects.filter(pk__in=later.values("pk")).update(delete_after=due)


def do_delete_expired_recordings(now: datetime) -> int:
    """Delete all recordings kept long enough, those too that could not be converted; return how many.

    One that cannot be deleted is said, stays, and is tried again the next time; the others go.
    """
    kept = (RecordingState.READY, RecordingState.FAILED)
    count = 0
    for recording in list(Recording.objects.filter(state__in=kept, delete_after__lte=now)):
        try:
            do_delete_recording(recording)
            count += 1
        except OSError as error:
            logger.error("Recording %s is due but cannot be deleted: %s", recording.pk, error)  # noqa: TRY400
    return count
