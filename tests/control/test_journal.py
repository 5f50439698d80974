"""The input log: what is remembered after kills, damage, a full disk and an upgrade."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.control.journal import Journal
from allo.control.memory import PENDING, SAFE_GAP, SNAPSHOT, Memory
from allo.control.wire import BadInputError
from allo.core import events as ev
from allo.core.engine import Engine, Input
from allo.core.state import State
from tests.control.centres import INPUTS, config, conversation, opening


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """No file of this process can grow beyond `room` bytes: writes fail, the last one halfway."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def write(journal: Journal, inputs: list[Input], first: int = 1) -> None:
    for seq, what in enumerate(inputs, first):
        journal.append(seq, 1000.0 + seq, what)


def load(folder: Path) -> Memory:
    journal = Journal(folder)
    memory = journal.load()
    journal.close()
    return memory


def filled(folder: Path, inputs: list[Input]) -> Journal:
    journal = Journal(folder)
    journal.load()
    write(journal, inputs)
    return journal


def segment(folder: Path) -> Path:
    return min(folder.glob("inputs-*.jsonl"))


DEVICES: list[Input] = [ev.DeviceUp(str(number)) for number in range(1, 6)]


@settings(max_examples=50)
@given(st.lists(INPUTS, max_size=20))
def test_every_input_is_remembered_as_it_was(tmp_path_factory: pytest.TempPathFactory, inputs: list[Input]) -> None:
    folder = tmp_path_factory.mktemp("journal")
    filled(folder, inputs)  # not closed: a kill
    memory = load(folder)
    assert [what for _, _, what in memory.inputs] == inputs
    assert [at for _, at, _ in memory.inputs] == [1001.0 + place for place in range(len(inputs))]
    assert memory.seq == len(inputs)


def test_the_files_are_for_their_owner_alone(folder: Path) -> None:
    journal = filled(folder, DEVICES)
    assert journal.take_snapshot(5, 1005.0, State())
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_torn_last_line_was_never_handled_and_goes(folder: Path) -> None:
    filled(folder, DEVICES)
    whole = segment(folder).read_bytes()
    for size in range(len(whole) - 1, len(whole) - 12, -1):
        segment(folder).write_bytes(whole[:size])
        memory = load(folder)
        assert [seq for seq, _, _ in memory.inputs] == [1, 2, 3, 4]
        assert memory.seq == 4, "its number is free: nothing came of it"
    assert not list(folder.glob("*.damaged"))


def test_behind_a_damaged_line_nothing_follows_and_numbers_leave_a_gap(folder: Path) -> None:
    filled(folder, DEVICES)
    lines = segment(folder).read_bytes().splitlines(keepends=True)
    lines[3] = b"\xff\x00 what is this\n"
    segment(folder).write_bytes(b"".join(lines))
    memory = load(folder)
    assert [seq for seq, _, _ in memory.inputs] == [1, 2]
    assert memory.seq == 2 + SAFE_GAP
    (copy,) = folder.glob("*.damaged")
    assert copy.read_bytes() == b"".join(lines), "a person may still look at what was lost"
    assert load(folder).seq == 2 + SAFE_GAP, "the gap stays although nothing was written since"


@pytest.mark.parametrize(
    "line",
    [
        b'[3,1.0,"!skip",{}]\n',
        b'[3,"noon","DeviceUp",{"agent_id":"1"}]\n',
        b"[" * 100_000 + b"\n",
        b"null\n",
        b"\n",
    ],
)
def test_no_line_stops_the_start(folder: Path, line: bytes) -> None:
    filled(folder, DEVICES[:2])
    with segment(folder).open("ab") as file:
        file.write(line + b'[4,1.0,"DeviceUp",{"agent_id":"9"}]\n')
    memory = load(folder)
    assert (len(memory.inputs), memory.seq) == (2, 2 + SAFE_GAP)


@pytest.mark.parametrize(
    "line",
    [
        b'[3,1.0,"DeviceUp",{}]\n',
        b'[3,1.0,"DeviceUp",{"agent_id":3}]\n',
        b'[3,1.0,"FromTheFuture",{}]\n',
        b'[3,1.0,"DeviceUp",{"agent_id":"\xff"}]\n',
    ],
)
def test_an_input_that_makes_no_sense_is_left_out_alone(folder: Path, line: bytes) -> None:
    filled(folder, DEVICES[:2])
    with segment(folder).open("ab") as file:
        file.write(line + b'[4,1.0,"DeviceUp",{"agent_id":"9"}]\n')
    memory = load(folder)
    assert [seq for seq, _at, _what in memory.inputs] == [1, 2, 4]
    assert memory.seq == 4


@settings(max_examples=150)
@given(place=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=1, max_size=8), where=st.booleans())
def test_no_damage_stops_the_start(
    tmp_path_factory: pytest.TempPathFactory, place: float, noise: bytes, *, where: bool
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = filled(folder, opening())
    engine = Engine()
    for what in opening():
        engine.handle(what, 1000.0)
    journal.take_snapshot(10, 1010.0, engine.state)
    journal.ledger_has(10)
    write(journal, conversation(), 11)
    path = folder / SNAPSHOT if where else segment(folder)
    text = bytearray(path.read_bytes())
    start = int(place * len(text))
    text[start : start + len(noise)] = noise
    path.write_bytes(text)
    memory = load(folder)
    for seq, at, what in memory.inputs:
        assert seq <= memory.seq
        Engine(memory.state).handle(what, at)


def test_a_snapshot_counts_only_when_the_ledger_has_its_facts(folder: Path) -> None:
    engine = Engine()
    journal = filled(folder, [])
    for seq, what in enumerate(opening(), 1):
        journal.append(seq, 1000.0, what)
        engine.handle(what, 1000.0)
    assert journal.take_snapshot(10, 1000.0, engine.state)
    assert journal.pending_seq == 10
    assert not journal.take_snapshot(10, 1000.0, engine.state), "one at a time"
    write(journal, DEVICES[:1], 11)
    journal.ledger_has(9)
    assert len(load(folder).inputs) == 11, "a kill now: every fact must come out of the replay again"

    journal = Journal(folder)
    journal.load()
    assert journal.take_snapshot(11, 1011.0, engine.state), "what was pending is forgotten"
    journal.ledger_has(11)
    assert journal.pending_seq is None
    memory = load(folder)
    assert (memory.inputs, memory.seq, memory.at) == ([], 11, 1011.0)
    assert memory.state == engine.state
    assert [path.name for path in sorted(folder.iterdir())] == ["inputs-000000000012.jsonl", SNAPSHOT]


def test_a_kill_between_the_two_steps_of_a_promotion_doubles_nothing(folder: Path) -> None:
    journal = filled(folder, DEVICES)
    journal.take_snapshot(5, 1005.0, State())
    write(journal, DEVICES[:2], 6)
    (folder / PENDING).replace(folder / SNAPSHOT)  # older inputs still lie there
    memory = load(folder)
    assert [seq for seq, _, _ in memory.inputs] == [6, 7]


def test_a_pending_snapshot_that_vanished_leaves_the_inputs(folder: Path) -> None:
    journal = filled(folder, DEVICES)
    journal.take_snapshot(5, 1005.0, State())
    (folder / PENDING).unlink()
    journal.ledger_has(5)
    assert journal.pending_seq is None, "another one may be taken"
    assert len(load(folder).inputs) == 5


def test_an_unknown_version_is_set_aside_with_its_inputs(folder: Path) -> None:
    journal = filled(folder, DEVICES)
    journal.take_snapshot(5, 1005.0, State())
    journal.ledger_has(5)
    text = json.loads((folder / SNAPSHOT).read_bytes())
    (folder / SNAPSHOT).write_text(json.dumps({**text, "version": 99}))
    memory = load(folder)
    assert (memory.inputs, memory.seq) == ([], 0)
    assert memory.epoch not in {"", journal.epoch}, "uids of another life cannot be met again"
    assert len(list(folder.glob("*.unreadable"))) == 2


def test_inputs_of_another_epoch_are_not_taken_for_ours(folder: Path) -> None:
    journal = filled(folder, DEVICES[:2])
    journal.close()
    strange = folder / "inputs-000000000003.jsonl"
    strange.write_text('{"version":1,"epoch":"other"}\n[3,1.0,"DeviceUp",{"agent_id":"9"}]\n')
    memory = load(folder)
    assert [seq for seq, _, _ in memory.inputs] == [1, 2]
    assert strange.with_name(strange.name + ".unreadable").exists()


def test_inputs_that_were_left_out_stay_out(folder: Path) -> None:
    journal = filled(folder, DEVICES)
    journal.skip(3, 1003.0)
    memory = load(folder)
    assert [seq for seq, _, _ in memory.inputs] == [1, 2, 4, 5]
    assert memory.seq == 5


def test_what_no_line_can_hold_is_refused_and_harms_nothing(folder: Path) -> None:
    journal = filled(folder, DEVICES[:1])
    odd_ones: list[Any] = [
        ev.DeviceUp("\ud800"),
        ev.DeviceUp(5),  # type: ignore[arg-type]
        ev.LegEnded("c1", cause=float("nan")),  # type: ignore[arg-type]
        ev.CallArrived("c1", "100", last_greeting=4),  # type: ignore[arg-type]
        ev.ConfigChanged(config(service_level_goal=float("inf"))),
        State(),
    ]
    for odd in odd_ones:
        with pytest.raises(BadInputError):
            journal.append(2, 1002.0, odd)
    journal.append(2, 1002.0, ev.CallArrived("c1", "100", "null", "It is null, 😡"))
    assert [what for _, _, what in load(folder).inputs][1:] == [ev.CallArrived("c1", "100", "null", "It is null, 😡")]


# A full disk


def test_a_full_disk_stops_no_call_and_loses_nothing_once_there_is_room(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = filled(folder, DEVICES[:2])
    size = segment(folder).stat().st_size
    with full_disk(size + 20):
        write(journal, DEVICES[2:], 3)
        assert journal.is_failing
        assert not journal.take_snapshot(5, 1005.0, State())
        assert segment(folder).stat().st_size == size, "no half line stays"
    assert len([record for record in caplog.records if "cannot be written" in record.message]) == 1
    assert journal.flush()
    assert not vars(journal)["is_failing"]
    write(journal, DEVICES[:1], 6)
    assert [seq for seq, _, _ in load(folder).inputs] == [1, 2, 3, 4, 5, 6]


def test_a_rebuild_on_a_full_disk_remembers_what_the_disk_did_not_take(folder: Path) -> None:
    journal = filled(folder, DEVICES[:2])
    with full_disk(segment(folder).stat().st_size + 5):
        write(journal, DEVICES[2:], 3)
        journal.skip(4, 1004.0)
        memory = journal.load()
        assert [seq for seq, _, _ in memory.inputs] == [1, 2, 3, 5]
        assert journal.is_failing
    assert journal.flush()
    assert [seq for seq, _, _ in load(folder).inputs] == [1, 2, 3, 5]


def test_a_start_on_a_full_disk_writes_its_first_line_when_it_can(folder: Path) -> None:
    journal = Journal(folder)
    with full_disk():
        journal.load()
        write(journal, DEVICES)
        assert journal.is_failing
    assert journal.flush()
    assert len(load(folder).inputs) == 5


def test_an_empty_file_left_by_a_full_disk_is_no_damage(folder: Path) -> None:
    filled(folder, DEVICES[:2])
    (folder / "inputs-000000000003.jsonl").touch()
    memory = load(folder)
    assert memory.seq == 2
    assert not list(folder.glob("*.unreadable"))


def test_what_is_no_file_stops_no_start(folder: Path) -> None:
    filled(folder, DEVICES)
    (folder / SNAPSHOT).mkdir()
    (folder / "inputs-000000000006.jsonl").mkdir()
    assert len(load(folder).inputs) == 5
