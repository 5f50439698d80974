"""What callers spoke alone (voicemails, comments): from Asterisk's spool into the recordings, kept as long as they are.

The ledger has written a row for each (`Recording.spoken_id`); its WAV becomes `recordings/YYYY/MM/DD/<id>.flac`. Its
header is not believed: after a crash it says nothing of the length. Where nothing was said, nothing is kept; a file
that belongs to no row (too short to be a message) is deleted after a day. All methods block: they belong into a thread.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import soundfile
from django.utils import timezone

from allo.data.models import Recording, RecordingState

logger = logging.getLogger(__name__)

RATE = 8000
HEADER_FRAMES = 22
"""44 bytes of 16 bit."""
QUIET_S = 1.0
LOST_AFTER_S = 600.0
"""A file that is not there so long after its message will not come."""
STRANGER_AFTER_S = 24 * 3600.0
AT_ONCE = 20
USUAL_DAYS = 90


class Spoken:
    """The spoken messages of one installation."""

    def __init__(self, folder: Path, zone: ZoneInfo, file_of: Callable[[str], Path]) -> None:
        """`file_of`: where Asterisk puts a message (`Telephony.message_file`)."""
        self.folder = folder
        self.zone = zone
        self._file_of = file_of

    def fetch(self) -> int:
        """Take over what is complete; returns how many."""
        waiting = Recording.objects.filter(state=RecordingState.PENDING, spoken_id__isnull=False)
        done = 0
        for row in waiting.select_related("spoken_in__queue")[:AT_ONCE]:
            try:
                done += self._fetch(row)
            except OSError as error:
                logger.error("Spoken message %s cannot be kept yet: %s", row.spoken_id, error)  # noqa: TRY400
        return done

    def drop_strangers(self) -> None:
        """Delete old files that are no messages."""
        for file in self._file_of("any").parent.glob("*.wav"):
            is_old = time.time() - file.stat().st_mtime > STRANGER_AFTER_S
            if is_old and not Recording.objects.filter(spoken_id=file.stem, state=RecordingState.PENDING).exists():
                file.unlink(missing_ok=True)

    def _fetch(self, row: Recording) -> bool:
        call, spoken_id = row.call, row.spoken_id or ""
        source = self._file_of(spoken_id)
        if not source.exists():
            if (timezone.now() - row.created_at).total_seconds() > LOST_AFTER_S:
                logger.error("The spoken message %s is missing.", spoken_id)
                self._write(row, state=RecordingState.FAILED)
            return False
        if time.time() - source.stat().st_mtime < QUIET_S:
            return False
        name = f"{call.arrived_at.astimezone(self.zone):%Y/%m/%d}/{spoken_id}.flac"
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        frames = to_flac(source, target)
        if frames == 0:
            target.unlink(missing_ok=True)
            row.delete()
        else:
            days = call.queue.recording_retention_days if call.queue else USUAL_DAYS
            due = timezone.now() + timedelta(days=days)
            found = {"file": name, "duration_s": frames / RATE, "state": RecordingState.READY, "delete_after": due}
            if not self._write(row, **found):
                target.unlink(missing_ok=True)  # somebody has deleted it meanwhile
        source.unlink(missing_ok=True)
        return frames > 0

    @staticmethod
    def _write(row: Recording, **found: object) -> bool:
        return bool(Recording.objects.filter(pk=row.pk, state=RecordingState.PENDING).update(**found))


def to_flac(source: Path, target: Path) -> int:
    """Convert Asterisk's WAV to FLAC; returns its frames. The file appears whole or not at all. Raises OSError."""
    draft = target.with_suffix(".new")
    try:
        try:
            with soundfile.SoundFile(
                source, samplerate=RATE, channels=1, format="RAW", subtype="PCM_16", endian="LITTLE"
            ) as file:
                file.seek(min(HEADER_FRAMES, file.frames))
                frames = file.read(dtype="int16")
            soundfile.write(draft, frames, RATE, format="FLAC", subtype="PCM_16")
        except soundfile.LibsndfileError as error:
            raise OSError(str(error)) from error
        with draft.open("rb") as written:
            os.fsync(written.fileno())  # the source is deleted next
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return len(frames)
