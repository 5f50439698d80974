"""One subscription to control per web process, shared by all open pages.

The hub's task takes a snapshot, follows control's updates into the `Mirror`, and wakes whoever waits, at
most `WAKES_PER_S` times a second: all pages then draw the same state, so each fragment is drawn once. When
updates were missed it takes a fresh snapshot; when control is away, or what it says cannot be worked off, the hub
says since when and tries again.

Runs in the event loop that serves pages; started by the first page that follows. Views outside the loop
read `mirror_now()` instead.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from allo.tasks import kept
from allo.web.control_client import ControlAwayError, control
from allo.web.mirror import GapError, Mirror

if TYPE_CHECKING:
    from collections.abc import Callable

    from allo.web.control_client import ControlClient

log = logging.getLogger(__name__)

WAKES_PER_S = 4
LONGEST_PAUSE_S = 2.0


class Hub:
    """Follows control; `mirror`, `away_since` and `tick` are what pages read."""

    def __init__(self, client: Callable[[], ControlClient] = control) -> None:
        self.mirror = Mirror()
        self.away_since: float | None = time.time()
        """When control was last heard; None while it is there."""
        self.tick = 0
        """Grows with every wake: everything drawn within one tick is the same."""
        self._client = client
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._due: asyncio.TimerHandle | None = None
        self._woke_at = 0.0

    # For pages ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow, once; called with every page that opens."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(kept("the hub", self._follow), name="hub")

    async def stop(self) -> None:
        """End the task (tests, shutdown)."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._due is not None:
            self._due.cancel()

    async def changed_after(self, tick: int, within_s: float) -> int:
        """Wait until there is a later tick, or for ``within_s``; return the present tick."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.tick <= tick:
                    await self._wake.wait()
        return self.tick

    def touch(self) -> None:
        """Wake all pages soon: something they show has changed."""
        if self._due is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = max(0.0, self._woke_at + 1 / WAKES_PER_S - loop.time())
        self._due = loop.call_later(wait_s, self._wake_all)

    # The task -------------------------------------------------------------------------------------

    def _wake_all(self) -> None:
        self._due = None
        self._woke_at = asyncio.get_running_loop().time()
        self.tick += 1
        self._wake.set()
        self._wake = asyncio.Event()

    async def _follow(self) -> None:
        attempt = 0
        while True:
            try:
                await self._follow_once()
                attempt = 0
            except GapError:
                attempt = 0
                log.info("Updates were missed; taking a fresh snapshot.")
            except (ControlAwayError, ValueError, KeyError, TypeError):  # away, or cut off in the middle of a line
                attempt += 1
                self._away()
                await asyncio.sleep(_pause_s(attempt))
            except Exception:
                self._away()  # pages must not show old states as today's
                raise

    async def _follow_once(self) -> None:
        client = self._client()
        snapshot = await client.asnapshot()
        self.mirror.replace(snapshot)
        self.away_since = None
        self.touch()
        async with client.updates(self.mirror.seq) as updates:
            async for update in updates:
                if self.mirror.apply(update):
                    self.touch()
        raise ControlAwayError("/updates")  # the stream has ended: control is going down

    def _away(self) -> None:
        if self.away_since is None:
            self.away_since = time.time()
            log.warning("Control is away.")
            self.touch()


def _pause_s(attempt: int) -> float:
    return min(LONGEST_PAUSE_S, 0.1 * 2.0 ** min(attempt, 8))


_hub: Hub | None = None


def hub() -> Hub:
    """Return this process's hub."""
    global _hub  # noqa: PLW0603 (one per process is the point)
    if _hub is None:
        _hub = Hub()
    return _hub


def mirror_now() -> tuple[Mirror, bool]:
    """For ordinary views: the state of this moment, and whether control is there to tell it."""
    try:
        return Mirror(control().snapshot()), True
    except ControlAwayError:
        return Mirror(), False
