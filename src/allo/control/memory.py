"""What a restarted process finds in its journal's folder; how it is laid out is told in `journal`.

Decides what can be trusted: a torn last line was never handled and is cut off; a whole line whose input makes no sense
is left out alone, since one forgotten input harms less than a forgotten centre; from a damaged place on nothing
follows any more, so that everything behind it is set aside with a sentence and numbers go on after a wide gap.
Nothing that lies in the folder stops the start.
"""

from __future__ import annotations

import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from allo.control.wire import UNREADABLE, BadInputError, decode_input, decode_state
from allo.core.engine import Input
from allo.core.state import State

logger = logging.getLogger(__name__)

VERSION = 1
FILE_MODE = 0o600
SKIP = "!skip"
SNAPSHOT = "snapshot.json"
PENDING = "snapshot.pending"
SAFE_GAP = 1_000_000
"""Numbers left out after a damaged place: no fact of a lost input and a new one can have the same uid."""


class Head(msgspec.Struct):
    """A segment's first line."""

    version: int
    epoch: str


class Snapshot(msgspec.Struct):
    """The state after input `seq`."""

    version: int
    epoch: str
    seq: int
    at: float
    state: msgspec.Raw


class _Skip(msgspec.Struct):
    of: int


_line = msgspec.json.Decoder(tuple[int, float, str, msgspec.Raw])
_head = msgspec.json.Decoder(Head)
_snapshot = msgspec.json.Decoder(Snapshot)
_skip = msgspec.json.Decoder(_Skip)


@dataclass(slots=True)
class Memory:
    """A state, and the inputs that follow it."""

    epoch: str
    state: State = field(default_factory=State)
    """The state of the snapshot."""
    seq: int = 0
    at: float = 0.0
    """Number and instant of the last input known."""
    inputs: list[tuple[int, float, Input]] = field(default_factory=list)

    def add(self, line: bytes) -> None:
        """Take one more line of the log. Raises BadInputError."""
        if not line.endswith(b"\n"):
            raise BadInputError("the line has no end")
        try:
            seq, at, name, fields = _line.decode(line)
            of = _skip.decode(fields).of if name == SKIP else 0
        except UNREADABLE as error:
            raise BadInputError(str(error)) from error
        if name == SKIP:
            self.inputs = [entry for entry in self.inputs if entry[0] != of]
        elif seq > self.seq:
            self.seq = seq
            try:
                self.inputs.append((seq, at, decode_input(name, bytes(fields))))
            except BadInputError as error:
                logger.error("Input %d of the input log is left out: %s.", seq, error)  # noqa: TRY400  said whole
        self.at = max(self.at, at)


def read(folder: Path) -> Memory:
    """Read the snapshot and everything after it; what cannot be used is set aside."""
    memory = _read_snapshot(folder / SNAPSHOT)
    segments = [path for path in sorted(folder.glob("inputs-*.jsonl")) if not _removed_as_empty(path)]
    if memory is None:
        epoch = epoch_of(segments[0]) if segments and first_seq(segments[0]) == 1 else ""
        if segments and not epoch:
            for segment in segments:
                set_aside(segment, "the snapshot before it is missing")
            segments = []
        memory = Memory(epoch or secrets.token_hex(4))
    is_damaged = False
    for segment in segments:
        if is_damaged or epoch_of(segment) != memory.epoch:
            set_aside(segment, "it does not continue what comes before it, or another version of Allo wrote it")
            continue
        memory.seq = max(memory.seq, first_seq(segment) - 1)  # a gap left by an earlier start stays
        is_damaged = _read_segment(segment, memory)
    if is_damaged:
        memory.seq += SAFE_GAP
    return memory


def _read_snapshot(path: Path) -> Memory | None:
    try:
        found = _snapshot.decode(path.read_bytes())
        if found.version != VERSION:
            set_aside(path, f"it is of version {found.version}")
            return None
        return Memory(found.epoch, decode_state(bytes(found.state)), found.seq, found.at)
    except FileNotFoundError:
        return None
    except (OSError, BadInputError, *UNREADABLE) as error:
        set_aside(path, str(error))
        return None


def _read_segment(path: Path, memory: Memory) -> bool:
    """Add a segment's inputs; True when it is damaged before its end. A bad tail is cut off."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        set_aside(path, str(error))
        return True
    good = len(lines[0])
    for place, line in enumerate(lines[1:], 2):
        try:
            memory.add(line)
        except BadInputError as error:
            is_torn = place == len(lines) and not line.endswith(b"\n")
            if not is_torn:
                logger.warning("The input log %s is damaged at line %d: %s.", path.name, place, error)
            _cut(path, good, b"" if is_torn else b"".join(lines))
            return not is_torn
        good += len(line)
    return False


def _cut(path: Path, good: int, whole: bytes) -> None:
    """Keep the good part of a segment under its name; a copy of the `whole`, if any, beside it."""
    try:
        if whole:
            path.with_name(f"{path.name}.damaged").write_bytes(whole)
            logger.warning("A copy of it is kept as %s.damaged.", path.name)
        os.truncate(path, good)
    except OSError as error:
        logger.error("The input log %s cannot be mended: %s.", path.name, error)  # noqa: TRY400  no traceback needed


def first_seq(path: Path) -> int:
    """The number of the first input that a segment may have, by its name."""
    number = path.stem.partition("-")[2]
    return int(number) if number.isdecimal() else 0


def epoch_of(path: Path) -> str:
    """The epoch in a segment's first line; "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            head = _head.decode(file.readline())
    except (OSError, *UNREADABLE):
        return ""
    return head.epoch if head.version == VERSION else ""


def set_aside(path: Path, why: str) -> None:
    """Give a file that cannot be used another name, and say so."""
    aside = path.with_name(f"{path.name}.unreadable")
    try:
        path.replace(aside)
    except OSError as error:
        logger.error("%s cannot be used (%s) nor set aside (%s).", path.name, why, error)  # noqa: TRY400
        return
    logger.error("%s cannot be used: %s. It is kept as %s.", path.name, why, aside.name)


def _removed_as_empty(path: Path) -> bool:
    """A file without its first line, left by a full disk or a kill, says nothing."""
    try:
        if path.stat().st_size:
            return False
        path.unlink()
    except OSError:
        return False
    return True
