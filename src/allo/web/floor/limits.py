"""From when on the floor warns, as the set-up says; read anew whenever the set-up has changed.

Parts of the floor are drawn without the database: while newer limits are being read in a thread, the ones known hold.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection

from allo.data.models import AlertLimits, QueueAlertLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allo.web.mirror import Mirror

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the centre or of one queue; ``None``: no warning."""

    beyond_target_s: float | None = 0
    """How far the longest wait may be beyond the queue's target."""
    below_goal: float | None = 10
    """How many percent the day's service level may be below the goal."""
    wrapup_s: float | None = 180
    break_share: float | None = 34
    """Percent of those who are at work in a queue."""


@dataclass(frozen=True, slots=True)
class AllLimits:
    """What is in force."""

    centre: Limits = field(default_factory=Limits)
    queues: Mapping[str, Limits] = field(default_factory=dict)
    fewest_calls: int = 10
    """A day with fewer calls says nothing about its service level."""
    fewest_on_break: int = 3
    is_sounding: bool = True

    def of(self, queue_id: str) -> Limits:
        """Return those of a queue."""
        return self.queues.get(queue_id, self.centre)


_NAMES = [one.name for one in fields(Limits)]
_known = AllLimits()
_revision: object = None
_reading = threading.Lock()


def current(mirror: Mirror) -> AllLimits:
    """Return the limits in force; on the event loop newer ones take until the next drawing."""
    known, revision = _known, mirror.system.get("config_revision", 0)
    if revision != _revision:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return _read(revision)
        loop.run_in_executor(None, _read_in_thread, revision)
    return known


def forget(**_signal: Any) -> None:
    """Receive data's ``config_changed``: the limits may be other ones now."""
    global _revision  # noqa: PLW0603 (one per process is the point)
    _revision = None


def load() -> AllLimits:
    """Read what is in force."""
    centre = AlertLimits.current()
    rows = QueueAlertLimits.objects.active()
    return AllLimits(
        _limits(centre, centre),
        {str(row.queue_id): _limits(row, centre) for row in rows},
        centre.fewest_calls,
        centre.fewest_on_break,
        centre.is_sounding,
    )


def _limits(row: AlertLimits | QueueAlertLimits, centre: AlertLimits) -> Limits:
    own = {name: getattr(row, name) for name in _NAMES}
    return Limits(**{name: getattr(centre, name) if value is None else value for name, value in own.items()})


def _read(revision: object) -> AllLimits:
    global _known, _revision
    _known, _revision = load(), revision
    return _known


def _read_in_thread(revision: object) -> None:
    if not _reading.acquire(blocking=False):
        return  # a slow database is asked once, not by every drawing
    try:
        _read(revision)
    except DatabaseError:
        log.warning("The database is away: the limits of warnings stay as they were.")
    finally:
        _reading.release()
        connection.close()
