"""Spoken messages: from Asterisk's spool to a file that plays, with their call, as long as recordings are kept."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import soundfile
from django.utils import timezone

from allo.control.spoken import LOST_AFTER_S, RATE, STRANGER_AFTER_S, Spoken
from allo.data.actions.recording import do_delete_recording
from allo.data.models import CallRecord, Queue, Recording, RecordingState, SpokenKind

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
ARRIVED = datetime(2026, 1, 15, 22, 30, tzinfo=UTC)  # already the 16th in Moscow
TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE * 2) / RATE)).astype(np.int16)


class Box:
    def __init__(self, home: Path) -> None:
        self.spool, self.kept = home / "spool", home / "recordings"
        self.spool.mkdir()
        self.spoken = Spoken(self.kept, MOSCOW, lambda id_: self.spool / f"{id_}.wav")
        queue = Queue.objects.create(name="Sales", recording_retention_days=7)
        self.call = CallRecord.objects.create(call_id="c1", queue=queue, arrived_at=ARRIVED)

    def row(self, id_: str = "c1-v1") -> Recording:
        return Recording.objects.create(spoken_in=self.call, spoken_id=id_, spoken_kind=SpokenKind.VOICEMAIL)

    def wav(self, id_: str = "c1-v1", samples: object = TONE, age_s: float = 5.0) -> Path:
        path = self.spool / f"{id_}.wav"
        soundfile.write(path, samples, RATE, subtype="PCM_16")
        os.utime(path, (time.time() - age_s, time.time() - age_s))
        return path


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_message_becomes_a_recording_of_its_call(box: Box) -> None:
    row, source = box.row(), box.wav()
    assert box.spoken.fetch() == 1
    row.refresh_from_db()
    assert (row.state, row.file, row.duration_s) == (RecordingState.READY, "2026/01/16/c1-v1.flac", 2.0)
    assert row.call == box.call
    sound, rate = soundfile.read(box.kept / row.file, dtype="int16")
    assert rate == RATE
    assert np.array_equal(sound, TONE), "not a sample is lost"
    assert not source.exists()
    assert row.delete_after is not None
    assert timedelta(days=6, hours=23) < row.delete_after - timezone.now() <= timedelta(days=7)
    assert box.spoken.fetch() == 0


def test_a_header_left_by_a_crash_is_not_believed(box: Box) -> None:
    row, source = box.row(), box.wav()
    whole = source.read_bytes()
    source.write_bytes(whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:])
    os.utime(source, (1.0, 1.0))
    box.spoken.fetch()
    row.refresh_from_db()
    assert (row.state, row.duration_s) == (RecordingState.READY, 2.0)


def test_a_message_that_is_being_written_is_waited_for(box: Box) -> None:
    row = box.row()
    box.wav(age_s=0.0)
    assert box.spoken.fetch() == 0
    row.refresh_from_db()
    assert row.state == RecordingState.PENDING


def test_where_nothing_was_said_nothing_is_kept(box: Box) -> None:
    box.row()
    source = box.wav(samples=TONE[:0])
    assert box.spoken.fetch() == 0
    assert not Recording.objects.exists()
    assert not source.exists()
    assert not list(box.kept.rglob("*.flac"))


def test_a_message_that_never_comes_has_failed(box: Box) -> None:
    row = box.row()
    box.spoken.fetch()
    row.refresh_from_db()
    assert row.state == RecordingState.PENDING
    Recording.objects.update(created_at=timezone.now() - timedelta(seconds=LOST_AFTER_S + 1))
    box.spoken.fetch()
    row.refresh_from_db()
    assert row.state == RecordingState.FAILED


def test_a_message_deleted_before_it_was_fetched_stays_deleted(box: Box) -> None:
    row = box.row()
    box.wav()
    do_delete_recording(row)
    assert box.spoken.fetch() == 0
    row.refresh_from_db()
    assert (row.state, row.file) == (RecordingState.DELETED, "")


def test_files_that_are_no_messages_go_after_a_day(box: Box) -> None:
    box.row("c1-v2")
    young, old, mine = (box.wav(id_, age_s=age_s) for id_, age_s in (
        ("young", 60.0), ("old", STRANGER_AFTER_S + 60), ("c1-v2", STRANGER_AFTER_S + 60),
    ))  # fmt: skip
    box.spoken.drop_strangers()
    assert (young.exists(), old.exists(), mine.exists()) == (True, False, True)
