"""The only writer of facts: one thread, in batches, with the projections in the same transaction.

    put ──► waiting ──► [ write a batch: facts not known yet, calls, intervals, customers ] ──► on_written

Decides when a batch is written and what is done when it cannot be: a database that is away, locked, read-only or
without its tables is tried again with growing pauses, and meanwhile facts wait (they are in the input log too, until
they are written). A fact that cannot be projected is stored as a bare fact and said; one that cannot be stored at all
is kept in a file. Invariants: a fact whose uid is known already changes nothing, so that a replay doubles nothing; the
thread ends by `stop` alone.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import (
    Error,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from allo.core.effects import SendMessage
from allo.core.facts import Fact
from allo.data import models
from allo.data.many_rows import ManyRows
from allo.data.more_projections import write_messages
from allo.data.projections import Projection

logger = logging.getLogger(__name__)

BATCH = 500
GATHER_S = 0.5
"""How long the first fact of a batch waits for company."""
BEHIND_AFTER_S = 3.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

DATABASES_FAULT = (OperationalError, InterfaceError, InternalError, NotSupportedError, ProgrammingError)
"""What says nothing against the facts: away, locked, full, read-only, tables missing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact on its way to the database. `uid` is its name for ever; `seq` the number of its input.

    A message to be sent is written down in the same way: whatever dies meanwhile, it is neither lost nor doubled.
    """

    seq: int
    uid: str
    fact: Fact | SendMessage
    put_at: float = 0.0


class Ledger:
    """The writer thread. `put` never blocks; callbacks come in the writer's thread."""

    def __init__(self, rejected: Path, on_written: Callable[[Sequence[Entry], dict[str, str]], None]) -> None:
        """`on_written(entries, customers)`: written just now; `customers` maps call ids to customer ids."""
        self._rejected = rejected
        self._on_written = on_written
        self._waiting: deque[Entry] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self.failures = 0
        """Attempts that failed since the last success."""
        self.rejected = 0

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, seq: int, uid: str, fact: Fact | SendMessage) -> None:
        """Keep a fact (or a message to be sent) for writing."""
        self._waiting.append(Entry(seq, uid, fact, time.monotonic()))
        self._wake.set()

    @property
    def oldest_seq(self) -> int | None:
        """The input number of the oldest fact not yet written; None when all are."""
        try:
            return self._waiting[0].seq
        except IndexError:
            return None

    @property
    def is_behind(self) -> bool:
        """True when facts wait longer than they should."""
        try:
            return time.monotonic() - self._waiting[0].put_at > BEHIND_AFTER_S
        except IndexError:
            return False

    def stop(self, within_s: float = 5.0) -> bool:
        """Write what is left and end; False when the database did not take it in time."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(within_s)
        return not self._waiting

    # In the thread

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            if not self._waiting:
                if self._stopping.is_set():
                    break
                self._wake.wait()
                self._wake.clear()
                continue
            if len(self._waiting) < BATCH:
                self._stopping.wait(GATHER_S)
            if self._write_batch():
                pause_s = FIRST_PAUSE_S
            elif self._stopping.is_set():
                break
            else:
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        connection.close()

    def _write_batch(self) -> bool:
        entries = [self._waiting[place] for place in range(min(BATCH, len(self._waiting)))]
        try:
            customers = self._write(entries)
        except DATABASES_FAULT as error:
            self._failed(error)
            return False
        except Exception as error:  # the thread must live: facts wait, and it is tried again
            logger.exception("The ledger has a fault")
            self._failed(error)
            return False
        if self.failures:
            logger.warning("The database takes facts again after %d failed attempts.", self.failures)
        self.failures = 0
        for _ in entries:
            self._waiting.popleft()
        try:
            self._on_written(entries, customers)
        except Exception:
            logger.exception("What was written could not be told")
        return True

    def _write(self, entries: Sequence[Entry]) -> dict[str, str]:
        try:
            return write_facts(entries)
        except DATABASES_FAULT:
            raise
        except Exception:
            logger.exception("A batch of facts cannot be written as a whole; writing its facts one by one.")
            return self._write_singly(entries)

    def _failed(self, error: Exception) -> None:
        if not self.failures:
            logger.error("The database does not take facts (%s); they wait, and it is tried again.", error)
        self.failures += 1
        with suppress(Error):
            connection.close()

    def _write_singly(self, entries: Sequence[Entry]) -> dict[str, str]:
        customers: dict[str, str] = {}
        for entry in entries:
            try:
                customers |= write_facts([entry])
            except DATABASES_FAULT:
                raise
            except Exception:
                logger.exception("Fact %s cannot be projected.", entry.uid)
                self._write_bare(entry)
        return customers

    def _write_bare(self, entry: Entry) -> None:
        try:
            row = _row(entry.uid, entry.fact)
            # No `ignore_conflicts`: SQLite would also pass over a fact that breaks a constraint, and lose it unsaid.
            if not models.Fact.objects.filter(uid=entry.uid).exists():
                _FACTS.write([row])
        except DATABASES_FAULT:
            raise
        except Exception:
            self.rejected += 1
            logger.exception("Fact %s cannot be stored; it is kept in %s.", entry.uid, self._rejected.name)
            line = json.dumps(
                [entry.uid, type(entry.fact).__name__, msgspec.to_builtins(entry.fact)]
            )  # ASCII: any text
            self._rejected.touch(mode=0o600)
            with self._rejected.open("a") as file:
                file.write(f"{line}\n")


def write_facts(entries: Sequence[Entry]) -> dict[str, str]:
    """Write facts and what follows from them, in one transaction; returns customers by call id.

    Known uids are passed over. Raises django.db.Error; nothing is written then.
    """
    orders = [entry.fact for entry in entries if isinstance(entry.fact, SendMessage)]
    facts: dict[str, Fact] = {}
    for entry in entries:
        if not isinstance(entry.fact, SendMessage):
            facts.setdefault(entry.uid, entry.fact)  # of doubles in one batch the first one counts
    with transaction.atomic():
        known = {row.uid for row in _FACTS.find("uid", facts)}
        fresh = {uid: fact for uid, fact in facts.items() if uid not in known}
        _FACTS.write(_row(uid, fact) for uid, fact in fresh.items())
        projection = Projection()
        for fact in fresh.values():
            projection.add(fact)
        customers = projection.write()
        write_messages(orders)
        return customers


_FACTS = ManyRows(models.Fact, ("uid", "at", "kind", "call_id", "agent_id", "queue_id", "body"))


def _row(uid: str, fact: Fact | SendMessage) -> tuple[Any, ...]:
    """The fact as `_FACTS` writes it."""
    if isinstance(fact, SendMessage):
        raise TypeError("a message to be sent is no fact")
    body: dict[str, Any] = msgspec.to_builtins(fact)
    clean = {name: _storable(value) for name, value in body.items()}
    return (
        uid,
        moment(fact.at),
        type(fact).__name__,
        clean.get("call_id", "")[:64],
        clean.get("agent_id", "")[:32],
        clean.get("queue_id", "")[:32],
        json.dumps(clean),
    )


def _storable(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def moment(at: float) -> datetime:
    """A POSIX instant as the database's kind of time."""
    return datetime.fromtimestamp(at, UTC)
