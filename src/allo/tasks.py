"""Background tasks which outlive their own faults: one that dies is logged with its traceback and started again.

Every endless task of a process with a loop is `kept`; knows nothing of what they do and imports nothing of allo.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0


class Tasks:
    """The background tasks of one process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run endless work; start it again whenever it raises or returns."""
        self._add(kept(name, work), name)

    def every(self, name: str, period_s: float, work: Callable[[], Awaitable[None] | None]) -> None:
        """Do short work now and every `period_s` seconds."""

        async def repeat() -> None:
            while True:
                doing = work()
                if doing is not None:
                    await doing
                await asyncio.sleep(period_s)

        self.keep(name, repeat)

    def once(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that ends; a failure is logged."""

        async def attempt() -> None:
            try:
                await work()
            except Exception:
                logger.exception("%s failed", name)

        self._add(attempt(), name)

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _add(self, work: Awaitable[None], name: str) -> None:
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def kept(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run endless work; say it and begin again whenever it raises or returns. Ends by cancellation only."""
    pause_s = FIRST_PAUSE_S
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await work()
            logger.error("%s ended; it is started again in %.1f s", name, pause_s)
        except asyncio.CancelledError:
            if _is_stopping():
                raise
            logger.exception("%s was given up by what it waited for; it is started again in %.1f s", name, pause_s)
        except Exception:
            logger.exception("%s failed; it is started again in %.1f s", name, pause_s)
        if loop.time() - began > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _is_stopping() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
