"""Unread notes of team leaders, kept at hand for parts of pages that are drawn without the database.

One look at the database serves all open desks: at most every `LOOK_EVERY_S`, in a thread. A note written through this
very process is seen at once. Knows nothing of who may write one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.utils import timezone

from allo.data.models import LeaderNote

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
KEPT_FOR = timedelta(hours=12)
"""Older ones have lost their point."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One note for one person."""

    pk: int
    author: str
    text: str
    at: datetime


_unread: dict[str, tuple[Unread, ...]] = {}
_looked_at = 0.0


def notes_for(agent_id: str) -> tuple[Unread, ...]:
    """Return what this person has not acknowledged yet, oldest first."""
    global _looked_at  # noqa: PLW0603 (one look serves the process)
    if time.monotonic() - _looked_at >= LOOK_EVERY_S:
        _looked_at = time.monotonic()
        try:
            asyncio.get_running_loop().run_in_executor(None, _look_in_thread)
        except RuntimeError:
            look()
    return _unread.get(agent_id, ())


def look() -> None:
    """Read all unread notes."""
    found: dict[str, tuple[Unread, ...]] = {}
    rows = LeaderNote.objects.filter(acknowledged_at=None, at__gte=timezone.now() - KEPT_FOR)
    for note in rows.select_related("author").order_by("at", "pk"):
        unread = Unread(note.pk, str(note.author), note.text, note.at)
        found[str(note.reader_id)] = (*found.get(str(note.reader_id), ()), unread)
    _unread.clear()
    _unread.update(found)


def _look_in_thread() -> None:
    try:
        look()
    except DatabaseError:
        log.warning("The database is away: notes of team leaders are shown when it is back.")
    finally:
        connection.close()
