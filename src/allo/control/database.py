"""Reading the database from the loop: one thread of its own, and never longer than the asker wants to wait.

The ledger has its own thread; everything else that control reads or writes goes through here, in turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.db import close_old_connections, connection

T = TypeVar("T")


class Database:
    """A thread that runs functions which use the ORM."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T], within_s: float | None = None) -> T:
        """The function's result. Raises its error, or TimeoutError.

        What has begun goes on to its end; what nobody waits for any more before its turn is never begun, so that
        a database that hangs does not leave a line of stale questions.
        """
        future = asyncio.get_running_loop().run_in_executor(self._pool, _fresh, work)
        async with asyncio.timeout(within_s):
            return await future

    async def close(self, within_s: float = 1.0) -> None:
        """Close the connection after what is under way; not waited for longer than this."""
        closing = asyncio.get_running_loop().run_in_executor(self._pool, lambda: connection.close())  # noqa: PLW0108  of that thread
        self._pool.shutdown(wait=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await closing


def _fresh(work: Callable[[], T]) -> T:
    # A server's connection may have gone stale; SQLite's has not, and opening it anew costs more than a look-up.
    if connection.vendor != "sqlite" or connection.errors_occurred:
        close_old_connections()
    return work()
