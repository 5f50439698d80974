"""Reading the database from the loop: one thread of its own, and never longer than the asker wants to wait.

The ledger has its own thread; everything else that control reads or writes goes through here, in turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connection

T = TypeVar("T")


class Database:
    """A thread that runs functions which use the ORM."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T], within_s: float | None = None) -> T:
        """The function's result. Raises its error, or TimeoutError; it goes on to its end in any case."""
        future = asyncio.get_running_loop().run_in_executor(self._pool, _fresh, work)
        if within_s is None:
            return await future
        return await asyncio.wait_for(asyncio.shield(future), within_s)

    def close(self) -> None:
        """Finish what is under way and close the connection."""
        self._pool.submit(connection.close)
        self._pool.shutdown(wait=True, cancel_futures=False)


def _fresh(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
