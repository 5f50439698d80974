"""What the set-up says, kept at hand for parts of pages that are drawn without the database.

Read anew whenever the set-up has changed, through this process or (by control's revision) another one: at once in a
view; on the event loop in a thread, and until that has ended what was known holds.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import DatabaseError, connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from allo.web.mirror import Mirror

log = logging.getLogger(__name__)
ValueT = TypeVar("ValueT")


class AtHand(Generic[ValueT]):
    """One value of the set-up; ``load`` reads it, ``known`` is what holds before."""

    def __init__(self, load: Callable[[], ValueT], known: ValueT) -> None:
        self._load = load
        self._known = known
        self._revision: object = None
        self._reading = threading.Lock()

    def current(self, mirror: Mirror) -> ValueT:
        """Return what is in force; on the event loop newer values take until a later drawing."""
        known, revision = self._known, mirror.system.get("config_revision", 0)
        if revision != self._revision:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                self._read(revision)
            else:
                loop.run_in_executor(None, self._read_in_thread, revision)
                return known  # even where the thread was faster than this line
        return self._known

    def forget(self, **_signal: Any) -> None:
        """Receive data's ``config_changed``: something else may be in force now."""
        self._revision = None

    def _read(self, revision: object) -> None:
        self._known, self._revision = self._load(), revision

    def _read_in_thread(self, revision: object) -> None:
        if not self._reading.acquire(blocking=False):
            return  # a slow database is asked once, not by every drawing
        try:
            self._read(revision)
        except DatabaseError:
            log.warning("The database is away: what open pages show of the set-up stays as it was.")
        finally:
            self._reading.release()
            connection.close()
