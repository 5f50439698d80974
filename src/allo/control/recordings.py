"""Recordings: what Asterisk has written down of a call becomes a file that browsers play, and goes when due.

While a call lasts, Asterisk appends `recordings/<call id>.raw`: 8 kHz, 16 bit, caller left and agent right, only
while both are connected. When the call is in the ledger, that becomes `recordings/YYYY/MM/DD/<call id>.flac` (lossless,
a third of the size or less, every browser plays it) with its row. Decides: what is kept (the queue's wish), how
long, and when recording pauses because the disk is nearly full; calls go on all the same.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import soundfile
from django.utils import timezone

from allo.data.actions.recording import do_delete_expired_recordings
from allo.data.actions.sound_files import do_drop_replaced_greetings
from allo.data.models import CallRecord, Recording, RecordingState

logger = logging.getLogger(__name__)

RATE = 8000
CHANNELS = 2
BYTES_A_SECOND = RATE * CHANNELS * 2
BLOCK = 65_536
QUIET_S = 1.0
"""A file that nobody has written to for so long is complete."""
STRANGER_AFTER_S = 24 * 3600.0
RESERVE_BYTES = 500 * 1024 * 1024
AGAIN_BYTES = 2 * RESERVE_BYTES
"""Recording pauses below the reserve and goes on above twice of it."""

_DONE = (RecordingState.READY, RecordingState.DELETED)
_CALL_ID = re.compile(r"[\w-][\w.-]{0,63}")


class Recordings:
    """The recordings of one installation. All methods block: they belong into a thread."""

    def __init__(
        self,
        folder: Path,
        zone: ZoneInfo,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self.folder = folder
        self.zone = zone
        self._free_bytes = free_bytes
        self._is_full = False

    def has_raw(self, call_id: str) -> bool:
        """Is there anything written down of this call?"""
        return bool(_CALL_ID.fullmatch(call_id)) and self._raw(call_id).exists()

    def is_complete(self, call_id: str) -> bool:
        """Has Asterisk finished writing?"""
        try:
            return time.time() - self._raw(call_id).stat().st_mtime >= QUIET_S
        except FileNotFoundError:
            return True

    def finish(self, call_id: str, *, is_wanted: bool | None) -> str:
        """Turn a finished call's raw file into its recording; returns what was done, for the log and tests.

        `is_wanted` None: as the call's queue wishes now. Raises OSError when the disk does not take it (the raw file
        stays) and django.db.Error.
        """
        raw = self._raw(call_id)
        if not raw.exists():
            return "nothing"
        size = raw.stat().st_size
        if is_wanted is False or size < CHANNELS * 2:
            raw.unlink(missing_ok=True)
            return "dropped"
        record = CallRecord.objects.filter(call_id=call_id).select_related("queue").first()
        if record is None:
            return "unknown"
        if is_wanted is None and record.queue is not None and not record.queue.recording:
            raw.unlink(missing_ok=True)
            return "dropped"
        if Recording.objects.filter(call_record=record, state__in=_DONE).exists():
            raw.unlink(missing_ok=True)
            return "done already"
        return self._convert(raw, record)

    def _convert(self, raw: Path, record: CallRecord) -> str:
        day = record.arrived_at.astimezone(self.zone)
        name = f"{day:%Y/%m/%d}/{record.call_id}.flac"
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        days = record.queue.recording_retention_days if record.queue else 90
        row, _ = Recording.objects.get_or_create(call_record=record)
        result = {"delete_after": (record.ended_at or timezone.now()) + timedelta(days=days)}
        try:
            duration_s = to_flac(raw, target)
        except soundfile.LibsndfileError as error:
            if self._free_bytes(self.folder) < RESERVE_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            logger.error("The recording of call %s cannot be converted: %s", record.call_id, error)  # noqa: TRY400
            failed = raw.with_suffix(".failed")
            raw.replace(failed)
            _write(row, **result, file=failed.name, state=RecordingState.FAILED)
            return "failed"
        if not _write(row, **result, file=name, duration_s=duration_s, state=RecordingState.READY):
            target.unlink(missing_ok=True)  # somebody has deleted it meanwhile
        raw.unlink(missing_ok=True)
        return "made"

    def orphans(self, living: Collection[str]) -> list[str]:
        """Calls whose raw files were left behind: not under way, and quiet."""
        found = []
        for raw in self.folder.glob("*.raw"):
            call_id = raw.stem
            if call_id in living or not _CALL_ID.fullmatch(call_id) or not self.is_complete(call_id):
                continue
            found.append(call_id)
        return sorted(found)

    def drop_stranger(self, call_id: str) -> None:
        """Delete an old raw file that no call in the ledger owns: nobody could ever find or erase it."""
        raw = self._raw(call_id)
        if raw.exists() and time.time() - raw.stat().st_mtime > STRANGER_AFTER_S:
            logger.warning("The recording %s belongs to no known call; it is deleted.", raw.name)
            raw.unlink(missing_ok=True)

    def delete_expired(self) -> int:
        """Delete what has been kept long enough."""
        return do_delete_expired_recordings(timezone.now())

    def drop_replaced_greetings(self) -> int:
        """Delete the voices that were recorded over."""
        return do_drop_replaced_greetings()

    def is_disk_full(self) -> bool:
        """Is there too little room to go on recording?"""
        free = self._free_bytes(self.folder)
        self._is_full = free < (AGAIN_BYTES if self._is_full else RESERVE_BYTES)
        return self._is_full

    def _raw(self, call_id: str) -> Path:
        return self.folder / f"{call_id}.raw"


def _write(row: Recording, **result: Any) -> bool:
    """Fill in a row; False when somebody has deleted the recording meanwhile."""
    rows = Recording.objects.filter(pk=row.pk).exclude(state=RecordingState.DELETED)
    return bool(rows.update(**result))


def to_flac(raw: Path, target: Path) -> float:
    """Convert interleaved 16-bit stereo to FLAC, block by block; returns the length in seconds.

    The file appears whole or not at all. Raises OSError, soundfile.LibsndfileError.
    """
    draft = target.with_suffix(".new")
    frames = 0
    try:
        with soundfile.SoundFile(
            draft, "w", samplerate=RATE, channels=CHANNELS, format="FLAC", subtype="PCM_16"
        ) as file:
            blocks = soundfile.blocks(
                raw, BLOCK, dtype="int16", samplerate=RATE, channels=CHANNELS, format="RAW", subtype="PCM_16"
            )
            for block in blocks:
                file.write(block)
                frames += len(block)
        with draft.open("rb") as written:
            os.fsync(written.fileno())  # the raw file is deleted next
        os.replace(draft, target)  # noqa: PTH105
    finally:
        draft.unlink(missing_ok=True)
    return frames / RATE
