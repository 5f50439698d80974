"""The input log: every input is on disk before the engine sees it, so that a killed centre remembers everything.

    journal/inputs-<first seq>.jsonl     {"version", "epoch"}, then one line an input: [seq, at, name, {fields}]
    journal/snapshot.json                the state after input `seq`; older inputs are not needed any more
    journal/snapshot.pending             the same, until the ledger has written all facts up to its `seq`

A line is written, not synced: it survives the death of this process, which is what we must expect. Lines that the
disk does not take wait in memory and are written first, in their order, once it does. A snapshot replaces older
inputs only when their facts are in the database, for facts come out of a replay again. Inputs that the engine could
not take are marked by a line `[seq, at, "!skip", {"of": n}]`. `memory` reads all this.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from contextlib import suppress
from pathlib import Path

import msgspec

from allo.control import memory
from allo.control.memory import FILE_MODE, PENDING, SKIP, SNAPSHOT, VERSION, Head, Memory, Snapshot
from allo.control.wire import encode_line, encode_state
from allo.core.engine import Input
from allo.core.state import State

logger = logging.getLogger(__name__)


class Journal:
    """The journal of one installation; one process at a time writes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.epoch = ""
        self.is_failing = False
        """True while the disk does not take lines: a restart now would forget them."""
        self._path = folder
        self._file = -1
        self._size = 0
        self._unwritten: deque[bytes] = deque()
        self._pending_seq: int | None = None

    def load(self) -> Memory:
        """Everything that is remembered, ready for a replay; the journal goes on behind it."""
        waiting = [line for line in self._unwritten if line != self._head()]
        self._unwritten.clear()
        self._pending_seq = None
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / PENDING).unlink(missing_ok=True)
        found = memory.read(self.folder)
        if found.epoch != self.epoch:
            waiting = []
            self.epoch = found.epoch
        self._go_on_in(found.seq + 1)
        for line in waiting:
            found.add(line)
            self._write(line)
        return found

    # Inputs

    def append(self, seq: int, at: float, what: Input) -> None:
        """Put an input on disk; a full disk does not stop the calls. Raises BadInputError for what no line can hold."""
        self._write(encode_line(seq, at, what))

    def skip(self, seq: int, at: float) -> None:
        """Mark an input that the engine could not take: replays leave it out."""
        self._write(msgspec.json.encode((seq, at, SKIP, {"of": seq})) + b"\n")

    def flush(self) -> bool:
        """Write what waits; True when nothing does any more."""
        while self._unwritten and self._put(self._unwritten[0]):
            self._unwritten.popleft()
        if self.is_failing and not self._unwritten:
            self.is_failing = False
            logger.warning("The input log can be written again; nothing of it is missing.")
        return not self._unwritten

    def close(self) -> None:
        """Write no more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, line: bytes) -> None:
        self._unwritten.append(line)
        self.flush()

    def _put(self, line: bytes) -> bool:
        """Write a whole line or nothing of it."""
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
                self._size = os.fstat(self._file).st_size
            written, trouble = os.write(self._file, line), "the disk is full"
        except OSError as error:
            written, trouble = 0, str(error)
        if written == len(line):
            self._size += written
            return True
        if written:
            with suppress(OSError):
                os.truncate(self._file, self._size)
        if not self.is_failing:
            logger.error("The input log cannot be written (%s): a restart now would forget what happens.", trouble)
        self.is_failing = True
        return False

    def _go_on_in(self, first: int) -> None:
        """Write into the file of the inputs from `first` on; it is opened with its first line."""
        self.close()
        self._path = self.folder / f"inputs-{first:012d}.jsonl"
        if self._path.exists() and memory.epoch_of(self._path) != self.epoch:
            memory.set_aside(self._path, "it belongs to something else")
        if not self._path.exists():
            self._write(self._head())

    def _head(self) -> bytes:
        return msgspec.json.encode(Head(VERSION, self.epoch)) + b"\n"

    # Snapshots

    def take_snapshot(self, seq: int, at: float, state: State) -> bool:
        """Write the state down and go on in a new file; False while an earlier snapshot still waits or fails."""
        if self._pending_seq is not None or not self.flush():
            return False
        text = msgspec.json.encode(Snapshot(VERSION, self.epoch, seq, at, msgspec.Raw(encode_state(state))))
        draft = self.folder / "snapshot.new"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            draft.replace(self.folder / PENDING)
        except OSError as error:
            logger.error("The centre's state cannot be written down: %s", error)  # noqa: TRY400  no traceback needed
            return False
        self._pending_seq = seq
        self._go_on_in(seq + 1)
        return True

    @property
    def pending_seq(self) -> int | None:
        """The snapshot that waits for its facts to be in the ledger."""
        return self._pending_seq

    def ledger_has(self, seq: int) -> None:
        """All facts up to `seq` are in the database: an older snapshot counts now, what it replaces goes."""
        pending = self._pending_seq
        if pending is None or seq < pending:
            return
        self._pending_seq = None
        try:
            (self.folder / PENDING).replace(self.folder / SNAPSHOT)
            for path in self.folder.glob("inputs-*.jsonl"):
                if memory.first_seq(path) <= pending:
                    path.unlink(missing_ok=True)
        except OSError as error:
            logger.error("The centre's last snapshot cannot be used, older inputs stay: %s", error)  # noqa: TRY400
