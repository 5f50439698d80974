"""The end of recordings: the file goes for good, the row stays to say when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from allo import installation
from allo.data.models import Recording, RecordingState

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


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


def do_delete_expired_recordings(now: datetime) -> int:
    """Delete all recordings kept long enough; return how many."""
    expired = Recording.objects.filter(state=RecordingState.READY, delete_after__lte=now)
    count = 0
    for recording in expired.iterator():
        do_delete_recording(recording)
        count += 1
    return count
