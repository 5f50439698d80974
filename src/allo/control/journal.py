"""The input log: every input is on disk before the engine sees it, so that a killed centre remembers everything.

    journal/inputs-<first seq>.jsonl     {"version", "epoch"}, then one line an input: [seq, at, name, {fields}]
    journal/snapshot.json                the state after input `seq`; older inputs are not needed any more
    journal/snapshot.pending             the same, until the ledger has written all facts up to its `seq`

A line is written, not synced: it survives the death of this process, which is what we must expect. A snapshot
replaces older inputs only when their facts are in the database, for facts come out of a replay again.
Inputs that the engine could not take are marked by a line `[seq, at, "!skip", {"of": n}]`.
What cannot be read is set aside with a sentence and never stops the start; a torn last line was never handled.
"""

from __future__ import annotations

import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from allo.control.wire import BadInputError, decode_input, decode_state, encode_line, encode_state
from allo.core.engine import Input
from allo.core.state import State

logger = logging.getLogger(__name__)

VERSION = 1
FILE_MODE = 0o600
SKIP = "!skip"
SAFE_GAP = 1_000_000
"""Numbers left out after a damaged place: no fact of a lost input and a new one can have the same uid."""

_line = msgspec.json.Decoder(tuple[int, float, str, msgspec.Raw])


class _Head(msgspec.Struct):
    version: int
    epoch: str


class _Snapshot(msgspec.Struct):
    version: int
    epoch: str
    seq: int
    at: float
    state: msgspec.Raw


@dataclass(slots=True)
class Memory:
    """What a restarted process finds."""

    epoch: str
    state: State = field(default_factory=State)
    """The state of the snapshot; inputs that follow it are in `inputs`."""
    seq: int = 0
    at: float = 0.0
    """Number and instant of the last input known."""
    inputs: list[tuple[int, float, Input]] = field(default_factory=list)


class Journal:
    """The journal of one installation; one process at a time writes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epoch = ""
        self.is_failing = False
        self._file = -1
        self._size = 0
        self._pending_seq: int | None = None

    # Reading

    def load(self) -> Memory:
        """Everything that is remembered, ready for a replay; the journal goes on behind it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.close()
        self._pending_seq = None
        (self.folder / "snapshot.pending").unlink(missing_ok=True)
        memory = self._read()
        self.epoch = memory.epoch
        self._open(memory.seq + 1)
        return memory

    def _read(self) -> Memory:
        memory = self._read_snapshot()
        segments = sorted(self.folder.glob("inputs-*.jsonl"))
        if memory is None:
            first = _first_seq(segments[0]) if segments else 1
            epoch = _epoch_of(segments[0]) if segments and first == 1 else ""
            if segments and not epoch:
                for segment in segments:
                    _set_aside(segment, "the snapshot before it is missing")
                segments = []
            memory = Memory(epoch or secrets.token_hex(4))
        is_damaged = False
        skipped: set[int] = set()
        for segment in segments:
            if is_damaged or _epoch_of(segment) != memory.epoch:
                _set_aside(segment, "it does not continue what comes before it")
                continue
            is_damaged = self._read_segment(segment, memory, skipped)
        memory.inputs = [entry for entry in memory.inputs if entry[0] not in skipped]
        if is_damaged:
            memory.seq += SAFE_GAP
        return memory

    def _read_snapshot(self) -> Memory | None:
        path = self.folder / "snapshot.json"
        try:
            found = msgspec.json.decode(path.read_bytes(), type=_Snapshot)
            if found.version != VERSION:
                _set_aside(path, f"it is of version {found.version}")
                return None
            return Memory(found.epoch, decode_state(bytes(found.state)), found.seq, found.at)
        except FileNotFoundError:
            return None
        except (OSError, BadInputError, msgspec.DecodeError, msgspec.ValidationError) as error:
            _set_aside(path, str(error))
            return None

    def _read_segment(self, path: Path, memory: Memory, skipped: set[int]) -> bool:
        """Add a segment's inputs; True when it is damaged before its end. A bad tail is cut off."""
        good = 0
        lines = path.read_bytes().splitlines(keepends=True)
        for place, line in enumerate(lines):
            if place:
                try:
                    self._read_line(line, memory, skipped)
                except (BadInputError, msgspec.DecodeError, msgspec.ValidationError) as error:
                    is_torn = place == len(lines) - 1 and not line.endswith(b"\n")
                    if not is_torn:
                        copy = path.with_name(f"{path.name}.damaged")
                        copy.write_bytes(b"".join(lines))
                        logger.warning(
                            "The input log %s is damaged at line %d (%s); a copy is kept as %s.",
                            path.name, place + 1, error, copy.name,
                        )  # fmt: skip
                    os.truncate(path, good)
                    return not is_torn
            good += len(line)
        return False

    def _read_line(self, line: bytes, memory: Memory, skipped: set[int]) -> None:
        if not line.endswith(b"\n"):
            raise BadInputError("the line has no end")
        seq, at, name, fields = _line.decode(line)
        memory.at = max(memory.at, at)
        if name == SKIP:
            skipped.add(int(msgspec.json.decode(fields)["of"]))
        elif seq > memory.seq:
            memory.inputs.append((seq, at, decode_input(name, bytes(fields))))
            memory.seq = seq

    # Writing

    def append(self, seq: int, at: float, what: Input) -> None:
        """Put an input on disk. A full disk is said once and does not stop the calls."""
        self._write(encode_line(seq, at, what))

    def skip(self, seq: int, at: float) -> None:
        """Mark an input that the engine could not take: replays leave it out."""
        self._write(msgspec.json.encode((seq, at, SKIP, {"of": seq})) + b"\n")

    def _write(self, line: bytes) -> None:
        try:
            written, trouble = os.write(self._file, line), "the disk is full"
        except OSError as error:
            written, trouble = 0, str(error)
        if written == len(line):
            self._size += written
            return
        if self._file >= 0:
            os.truncate(self._file, self._size)
        if not self.is_failing:
            logger.error("The input log cannot be written (%s): a restart now would forget what happens.", trouble)
        self.is_failing = True

    def take_snapshot(self, seq: int, at: float, state: State) -> bool:
        """Write the state down and go on in a new file; False while an earlier snapshot still waits or fails."""
        if self._pending_seq is not None:
            return False
        text = msgspec.json.encode(_Snapshot(VERSION, self.epoch, seq, at, msgspec.Raw(encode_state(state))))
        draft = self.folder / "snapshot.new"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            draft.replace(self.folder / "snapshot.pending")
            self._open(seq + 1)
        except OSError as error:
            logger.error("The centre's state cannot be written down: %s", error)  # noqa: TRY400  no traceback needed
            return False
        self._pending_seq = seq
        self.is_failing = False
        return True

    @property
    def pending_seq(self) -> int | None:
        """The snapshot that waits for its facts to be in the ledger."""
        return self._pending_seq

    def ledger_has(self, seq: int) -> None:
        """All facts up to `seq` are in the database: an older snapshot counts now, what it replaces goes."""
        if self._pending_seq is None or seq < self._pending_seq:
            return
        (self.folder / "snapshot.pending").replace(self.folder / "snapshot.json")
        for path in self.folder.glob("inputs-*.jsonl"):
            if _first_seq(path) <= self._pending_seq:
                path.unlink()
        self._pending_seq = None

    def close(self) -> None:
        """Write no more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self, first: int) -> None:
        path = self.folder / f"inputs-{first:012d}.jsonl"
        if path.exists() and _epoch_of(path) != self.epoch:
            _set_aside(path, "it belongs to something else")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        self.close()
        self._file = descriptor
        self._size = os.fstat(descriptor).st_size
        if not self._size:
            self._write(msgspec.json.encode(_Head(VERSION, self.epoch)) + b"\n")


def _first_seq(path: Path) -> int:
    number = path.stem.partition("-")[2]
    return int(number) if number.isdigit() else 0


def _epoch_of(path: Path) -> str:
    """The epoch in a segment's first line; "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            head = msgspec.json.decode(file.readline(), type=_Head)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return ""
    return head.epoch if head.version == VERSION else ""


def _set_aside(path: Path, why: str) -> None:
    aside = path.with_name(f"{path.name}.unreadable")
    try:
        path.replace(aside)
    except OSError as error:
        logger.error("%s cannot be used (%s) nor set aside (%s).", path.name, why, error)  # noqa: TRY400
        return
    logger.error("%s cannot be used: %s. It is kept as %s.", path.name, why, aside.name)
