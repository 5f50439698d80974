"""Writes down when each of the floor's warnings began and ended, for today's history.

Looks at the hub's mirror at each of its ticks, and every `LOOK_EVERY_S` for what comes with time alone, once any live
page has been opened; a history belongs to the centre, so one look serves everybody. While control is away nothing is
known, and nothing is ended.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection

from allo.data.actions.alert import Begun, do_forget_alerts, do_keep_alerts
from allo.tasks import kept
from allo.web.floor import attention, limits
from allo.web.hub import hub

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
KEPT_FOR = timedelta(days=14)

_task: asyncio.Task[None] | None = None


def start() -> None:
    """Begin to watch, once a process."""
    global _task  # noqa: PLW0603 (one per process is the point)
    if _task is None or _task.done() or _task.get_loop() is not asyncio.get_running_loop():
        _task = asyncio.get_running_loop().create_task(kept("the history of warnings", _watch), name="alerts")


async def _watch() -> None:
    known: set[str] | None = None
    tick = 0
    while True:
        source = hub()
        if source.away_since is None and source.mirror.version:
            present = attention.alerts(source.mirror, source.mirror.now(), limits.in_force.current(source.mirror))
            keys = {alert.key for alert in present}
            if keys != known:
                begun = [Begun(one.key, one.kind, one.rule, one.values) for one in present]
                known = keys if await asyncio.to_thread(_keep, begun) else None
        tick = await source.changed_after(tick, LOOK_EVERY_S)


def _keep(begun: list[Begun]) -> bool:
    now = datetime.now(UTC)
    try:
        do_keep_alerts(begun, now)
        do_forget_alerts(now - KEPT_FOR)
    except DatabaseError:
        log.warning("The database is away: the history of warnings goes on when it is back.")
        return False
    finally:
        connection.close()
    return True
