"""Recordings: from what Asterisk has written to a file that plays, until it is deleted for good."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import soundfile

from allo import installation
from allo.control import recordings as recordings_module
from allo.control.recording_keeper import DISK_EVERY_S, LOOK_AGAIN_S, MOST_LOOKS, SWEEP_EVERY_S, RecordingKeeper
from allo.control.recordings import AGAIN_BYTES, RATE, RESERVE_BYTES, Recordings, to_flac
from allo.data.actions.queue import do_save_queue
from allo.data.actions.recording import do_delete_recording
from allo.data.models import CallRecord, Queue, Recording, RecordingState
from allo.tasks import Tasks
from tests.control.test_journal import full_disk
from tests.control.virtual_time import virtually

MOSCOW = ZoneInfo("Europe/Moscow")
ENDED = datetime(2026, 1, 15, 22, 30, tzinfo=UTC)  # already the 16th in Moscow
SECONDS = 3


def tone(hertz: float) -> Any:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(RATE * SECONDS) / RATE)).astype(np.int16)


def loudest(channel: Any) -> float:
    """The frequency that is heard most."""
    spectrum = np.abs(np.fft.rfft(channel))
    return float(np.argmax(spectrum)) * RATE / len(channel)


class Disk:
    def __init__(self, folder: Path) -> None:
        self.free = 10 * AGAIN_BYTES
        self.recordings = Recordings(folder, MOSCOW, lambda _folder: self.free)
        self.folder = folder

    def raw(self, call_id: str = "c1", *, age_s: float = 60.0) -> Path:
        """What Asterisk leaves: the caller's 1000 Hz left, the agent's 440 Hz right."""
        path = self.folder / f"{call_id}.raw"
        path.write_bytes(np.column_stack([tone(1000), tone(440)]).tobytes())
        os.utime(path, (time.time() - age_s, time.time() - age_s))
        return path

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def disk() -> Disk:
    folder = installation.current().recordings_folder
    for path in sorted(folder.rglob("*"), reverse=True) if folder.exists() else []:
        path.rmdir() if path.is_dir() else path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    return Disk(folder)


@pytest.fixture
def record(db: None) -> CallRecord:
    return make_record("c1")


def make_record(call_id: str, **queue: Any) -> CallRecord:
    row, _ = Queue.objects.get_or_create(name=f"Sales {queue}", **({"recording_retention_days": 30} | queue))
    return CallRecord.objects.create(call_id=call_id, queue=row, arrived_at=ENDED, ended_at=ENDED)


def test_the_caller_is_left_and_the_agent_right(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    assert disk.recordings.finish("c1", is_wanted=True) == "made"
    assert disk.files() == ["2026/01/16/c1.flac"], "by the centre's own day; nothing else is left"
    recording = Recording.objects.get()
    assert (recording.state, recording.file, recording.duration_s) == ("ready", "2026/01/16/c1.flac", SECONDS)
    assert recording.delete_after == ENDED + timedelta(days=30)
    samples, rate = soundfile.read(disk.folder / recording.file)
    assert rate == RATE
    assert [loudest(samples[:, place]) for place in (0, 1)] == [1000, 440]
    assert np.array_equal(soundfile.read(disk.folder / recording.file, dtype="int16")[0][:, 0], tone(1000)), "lossless"


def test_a_second_time_does_no_harm(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    disk.recordings.finish("c1", is_wanted=True)
    assert disk.recordings.finish("c1", is_wanted=True) == "nothing"
    disk.raw()
    assert disk.recordings.finish("c1", is_wanted=True) == "done already"
    assert disk.files() == ["2026/01/16/c1.flac"]


def test_an_odd_end_of_the_raw_file_is_dropped(disk: Disk, record: CallRecord) -> None:
    path = disk.raw()
    path.write_bytes(path.read_bytes() + b"\x01\x02\x03")
    assert disk.recordings.finish("c1", is_wanted=True) == "made"
    assert Recording.objects.get().duration_s == SECONDS


@pytest.mark.parametrize("content", [b"", b"\x01\x02"])
def test_a_call_that_was_never_connected_has_no_recording(disk: Disk, record: CallRecord, content: bytes) -> None:
    (disk.folder / "c1.raw").write_bytes(content)
    assert disk.recordings.finish("c1", is_wanted=True) == "dropped"
    assert disk.files() == []
    assert not Recording.objects.exists()


def test_what_the_queue_does_not_want_is_deleted_not_kept(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    assert disk.recordings.finish("c1", is_wanted=False) == "dropped"
    assert disk.files() == []


@pytest.mark.django_db
def test_what_was_left_behind_is_kept_only_as_its_queue_wishes(disk: Disk) -> None:
    make_record("c1", recording=True)
    make_record("c2", recording=False)
    for call_id in ("c1", "c2", "c3"):
        disk.raw(call_id)
    disk.raw("living")
    disk.raw("being-written", age_s=0)
    assert disk.recordings.orphans(["living"]) == ["c1", "c2", "c3"]
    done = [disk.recordings.finish(call_id, is_wanted=None) for call_id in ("c1", "c2", "c3")]
    assert done == ["made", "dropped", "unknown"]
    assert disk.files() == ["2026/01/16/c1.flac", "being-written.raw", "c3.raw", "living.raw"]


@pytest.mark.django_db
def test_a_stranger_s_recording_goes_after_a_day(disk: Disk) -> None:
    disk.raw("young")
    disk.raw("old", age_s=25 * 3600)
    for call_id in ("young", "old", "not there"):
        disk.recordings.drop_stranger(call_id)
    assert disk.files() == ["young.raw"]


@pytest.mark.parametrize("call_id", ["../secrets", "a/b", ".hidden", "", "x" * 65, "c1\n", "😡"])
def test_a_call_s_id_never_leads_elsewhere(disk: Disk, call_id: str) -> None:
    assert not disk.recordings.has_raw(call_id)


# Disks


def test_on_a_full_disk_the_raw_file_stays_and_is_tried_again(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    disk.free = RESERVE_BYTES - 1
    with full_disk(2000), pytest.raises(OSError, match="No space left"):
        disk.recordings.finish("c1", is_wanted=True)
    assert disk.files() == ["c1.raw"], "no half file is left, and nothing is lost"
    assert Recording.objects.get().state == RecordingState.PENDING
    disk.free = AGAIN_BYTES
    assert disk.recordings.orphans([]) == ["c1"]
    assert disk.recordings.finish("c1", is_wanted=None) == "made"
    assert disk.files() == ["2026/01/16/c1.flac"]


def test_what_cannot_be_converted_says_so_and_is_deleted_when_due(
    disk: Disk, record: CallRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.raw()
    with full_disk(2000):  # there is room, says the disk: the fault is another
        assert disk.recordings.finish("c1", is_wanted=True) == "failed"
    assert disk.files() == ["c1.failed"]
    assert Recording.objects.get().state == RecordingState.FAILED
    Recording.objects.update(delete_after=ENDED)
    assert disk.recordings.delete_expired() == 1
    assert disk.files() == [], "the sound of a customer is not kept for ever"


def test_recording_pauses_below_the_reserve_and_goes_on_above_twice_of_it(disk: Disk) -> None:
    steps = [(RESERVE_BYTES, False), (RESERVE_BYTES - 1, True), (AGAIN_BYTES - 1, True), (AGAIN_BYTES, False)]
    for free, is_full in [*steps, (RESERVE_BYTES, False)]:
        disk.free = free
        assert disk.recordings.is_disk_full() is is_full


def test_a_conversion_leaves_a_whole_file_or_none(tmp_path: Path) -> None:
    raw = tmp_path / "c1.raw"
    raw.write_bytes(b"\x00" * 4000)
    target = tmp_path / "c1.flac"
    assert to_flac(raw, target) == 1000 / RATE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c1.flac", "c1.raw"]


# Deletion


@pytest.mark.django_db
def test_retention_deletes_the_file_really_and_only_what_is_due(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    for call_id in ("due", "stuck", "kept"):
        make_record(call_id)
        disk.raw(call_id)
        disk.recordings.finish(call_id, is_wanted=True)
    due = Recording.objects.exclude(call_record__call_id="kept")
    due.update(delete_after=ENDED)
    Recording.objects.filter(call_record__call_id="kept").update(delete_after=datetime(2999, 1, 1, tzinfo=UTC))
    Recording.objects.filter(call_record__call_id="stuck").update(file="../outside.flac")
    assert disk.recordings.delete_expired() == 1
    assert disk.files() == ["2026/01/16/kept.flac", "2026/01/16/stuck.flac"]
    deleted = Recording.objects.get(call_record__call_id="due")
    assert (deleted.state, deleted.file) == (RecordingState.DELETED, "")
    assert deleted.deleted_at is not None
    assert "due but cannot be deleted" in caplog.text, "one that is stuck is said and keeps no other"


def test_fewer_days_hold_for_what_is_there_and_more_days_do_not(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    disk.recordings.finish("c1", is_wanted=True)
    queue = record.queue
    assert queue is not None
    message = Recording.objects.create(
        spoken_in=record,
        spoken_id="c1-m1",
        state=RecordingState.READY,
        delete_after=ENDED + timedelta(days=30),
    )
    other = make_record("c2", recording=True)
    Recording.objects.create(call_record=other, state=RecordingState.READY, delete_after=ENDED + timedelta(days=30))

    def kept_days() -> list[int]:
        rows = Recording.objects.order_by("pk")
        return [(row.delete_after - ENDED).days for row in rows if row.delete_after]

    assert kept_days() == [30, 30, 30]
    for days, kept in ((60, [30, 30, 30]), (45, [30, 30, 30]), (7, [7, 7, 30]), (90, [7, 7, 30])):
        queue.recording_retention_days = days
        do_save_queue(None, queue)
        assert kept_days() == kept
    message.refresh_from_db()
    assert message.delete_after == ENDED + timedelta(days=7)


def test_what_was_deleted_does_not_come_back(disk: Disk, record: CallRecord) -> None:
    disk.raw()
    disk.recordings.finish("c1", is_wanted=True)
    do_delete_recording(Recording.objects.get())
    disk.raw()
    assert disk.recordings.finish("c1", is_wanted=None) == "done already"
    assert disk.files() == []
    assert Recording.objects.get().state == RecordingState.DELETED


def test_what_is_deleted_during_its_conversion_stays_deleted(
    disk: Disk, record: CallRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(raw: Path, target: Path) -> float:
        seconds = to_flac(raw, target)
        do_delete_recording(Recording.objects.get())
        return seconds

    monkeypatch.setattr(recordings_module, "to_flac", slow)
    disk.raw()
    disk.recordings.finish("c1", is_wanted=True)
    assert disk.files() == []
    assert Recording.objects.get().state == RecordingState.DELETED


# The keeper, in virtual time


class Shelf:
    """In place of the files: what is asked of them, and when."""

    def __init__(self) -> None:
        self.done: list[tuple[str, bool | None]] = []
        self.complete_after = 0
        self.left_behind: list[str] = []
        self.results: dict[str, str | Exception] = {}
        self.is_full: bool | Exception = False
        self.sweeps = self.greetings_swept = 0
        self.dropped: list[str] = []

    def has_raw(self, _call_id: str) -> bool:
        return True

    def is_complete(self, _call_id: str) -> bool:
        self.complete_after -= 1
        return self.complete_after < 0

    def finish(self, call_id: str, *, is_wanted: bool | None) -> str:
        self.done.append((call_id, is_wanted))
        result = self.results.get(call_id, "made")
        if isinstance(result, Exception):
            raise result
        return result

    def orphans(self, living: list[str]) -> list[str]:
        return [call_id for call_id in self.left_behind if call_id not in living]

    def drop_stranger(self, call_id: str) -> None:
        self.dropped.append(call_id)

    def delete_expired(self) -> int:
        self.sweeps += 1
        return 0

    def drop_replaced_greetings(self) -> int:
        self.greetings_swept += 1
        return 0

    def is_disk_full(self) -> bool:
        if isinstance(self.is_full, Exception):
            raise self.is_full
        return self.is_full


class Now:
    """A database thread that is done at once."""

    async def run(self, work: Callable[[], Any], within_s: float | None = None) -> Any:
        return work()


class Keeping:
    def __init__(self, *, is_on: bool = True) -> None:
        self.shelf = Shelf()
        self.switched: list[bool] = []
        self.tasks = Tasks()
        self.keeper = RecordingKeeper(
            self.shelf, Now(), is_on=is_on, living=lambda: ["living"], switch=self.switch  # type: ignore[arg-type]
        )  # fmt: skip

    async def switch(self, is_on: bool) -> None:
        self.switched.append(is_on)


@virtually
async def test_calls_are_finished_one_by_one_and_a_failure_stops_none() -> None:
    keeping = Keeping()
    keeping.shelf.results["c2"] = OSError("full")
    keeping.keeper.start(keeping.tasks)
    for call_id in ("c1", "c2", "c3"):
        keeping.keeper.call_ended(call_id, is_wanted=True)
    await asyncio.sleep(1)
    assert keeping.shelf.done == [("c1", True), ("c2", True), ("c3", True)]
    await keeping.tasks.stop()


@virtually
async def test_a_file_still_written_is_waited_for_but_not_for_ever() -> None:
    keeping = Keeping()
    keeping.keeper.start(keeping.tasks)
    keeping.shelf.complete_after = 3
    keeping.keeper.call_ended("c1", is_wanted=True)
    await asyncio.sleep(LOOK_AGAIN_S * 2.5)
    assert keeping.shelf.done == []
    await asyncio.sleep(LOOK_AGAIN_S)
    assert keeping.shelf.done == [("c1", True)]
    keeping.shelf.complete_after = 10**9
    keeping.keeper.call_ended("c2", is_wanted=False)
    await asyncio.sleep(LOOK_AGAIN_S * (MOST_LOOKS + 1))
    assert keeping.shelf.done[1:] == [("c2", False)]
    await keeping.tasks.stop()


@virtually
async def test_the_sweep_deletes_first_and_one_bad_file_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    keeping = Keeping()
    keeping.shelf.left_behind = ["living", "bad", "good", "strange"]
    keeping.shelf.results |= {"bad": OSError("full"), "strange": "unknown"}
    keeping.keeper.start(keeping.tasks)
    await asyncio.sleep(1)
    assert keeping.shelf.done == [("bad", None), ("good", None), ("strange", None)]
    assert (keeping.shelf.sweeps, keeping.shelf.greetings_swept, keeping.shelf.dropped) == (1, 1, ["strange"])
    assert "call bad could not be finished" in caplog.text
    await asyncio.sleep(SWEEP_EVERY_S)
    assert keeping.shelf.sweeps == 2
    await keeping.tasks.stop()


@virtually
async def test_a_full_disk_pauses_recording_and_room_resumes_it() -> None:
    keeping = Keeping()
    keeping.keeper.start(keeping.tasks)
    await asyncio.sleep(1)
    assert (keeping.keeper.state, keeping.switched) == ("ok", [])
    keeping.shelf.is_full = True
    await asyncio.sleep(DISK_EVERY_S)
    assert (keeping.keeper.state, keeping.switched) == ("disk_full", [False])
    await keeping.keeper.tell()  # Asterisk was started again
    assert keeping.switched == [False, False]
    keeping.shelf.is_full = OSError("no such folder")
    await asyncio.sleep(DISK_EVERY_S)
    keeping.shelf.is_full = False
    await asyncio.sleep(DISK_EVERY_S * 2)
    assert (keeping.keeper.state, keeping.switched) == ("ok", [False, False, True])
    await keeping.tasks.stop()


@virtually
async def test_an_installation_that_does_not_record_tells_asterisk_so() -> None:
    keeping = Keeping(is_on=False)
    keeping.keeper.start(keeping.tasks)
    await asyncio.sleep(DISK_EVERY_S * 3)
    await keeping.keeper.tell()
    assert (keeping.keeper.state, keeping.switched) == ("off", [False])
    await keeping.tasks.stop()
