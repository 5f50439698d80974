"""One run from the first call to the last: beats the time for both crowds and shows how it goes."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import suppress
from random import Random

import click

from allo.commands.traffic.crowd import AgentCrowd, CallerCrowd, Feed
from allo.commands.traffic.plan import Wishes
from allo.commands.traffic.sipp import Callers, Sipp
from allo.web.control_client import ControlClient

TICK_S = 0.25
LINE_EVERY_S = 5.0
HANG_UP_WITHIN_S = 4.0
"""Since the last of them has hung up."""
LOG_OUT_WITHIN_S = 8.0
SETTLE_WITHIN_S = 3.0


class Run:
    """One run from the first call to the last."""

    def __init__(
        self,
        wishes: Wishes,
        callers: Callers,
        control: ControlClient,
        ids: frozenset[str],
        dispositions: tuple[str, ...],
        chance: Random,
    ) -> None:
        self.wishes = wishes
        self.callers: CallerCrowd = CallerCrowd(callers, wishes, chance)
        self.agents: AgentCrowd | None = (
            AgentCrowd(control, ids, dispositions, wishes.wrapup_s, chance) if ids else None
        )
        self.feed: Feed = Feed(control, self.callers, self.agents)
        self.stopping = asyncio.Event()
        self._lined_at = 0.0

    @property
    def sipp(self) -> Sipp:
        return self.callers.callers.sipp

    async def run(self) -> None:
        """Until all calls are made, the time is over, or somebody stops it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopping.set)
        following = asyncio.create_task(self.feed.follow())
        try:
            await self._call(following)
            if self.stopping.is_set():
                click.echo("\nEverybody hangs up ...")
                await self._hang_up()
            await self._settle()
            if self.agents is not None:
                await self.agents.leave(LOG_OUT_WITHIN_S)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _call(self, following: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self.wishes.duration_s if self.wishes.duration_s else float("inf")
        while self.sipp.is_running and not self.stopping.is_set():
            self._tick()
            if following.done():
                following.result()  # it never ends but by a fault of ours
            if loop.time() >= ends_at:
                self.sipp.finish()
                ends_at = float("inf")
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self.stopping.wait()
        self.sipp.check()

    async def _hang_up(self) -> None:
        loop = asyncio.get_running_loop()
        self.sipp.finish()
        there, until = len(self.callers.callers.open), loop.time() + HANG_UP_WITHIN_S
        while self.sipp.is_running and loop.time() < until:
            self.callers.leave()
            await asyncio.sleep(TICK_S)
            self._tick()
            still_there = len(self.callers.callers.open)
            if not still_there:
                break  # who has not dialled yet never will
            if still_there < there:  # a busy machine needs its time
                there, until = still_there, loop.time() + HANG_UP_WITHIN_S
        self.sipp.stop()

    async def _settle(self) -> None:
        """The last news of the calls comes a moment after their end."""
        loop = asyncio.get_running_loop()
        there, until = len(self.callers.calls), loop.time() + SETTLE_WITHIN_S
        while self.callers.calls and loop.time() < until:
            self._tick()
            await asyncio.sleep(TICK_S / 5)
            if len(self.callers.calls) < there:
                there, until = len(self.callers.calls), loop.time() + SETTLE_WITHIN_S

    def _tick(self) -> None:
        self.callers.tick()
        if self.agents is not None:
            self.agents.tick()
        self._show()

    def show_last(self, written: dict[str, int]) -> None:
        """The last line tells what the centre itself has written down."""
        counted = self.callers.counted
        counted.answered, counted.abandoned = written.get("answered", 0), written.get("abandoned", 0)
        counted.failed = written.get("failed", 0) + written.get("rejected", 0)
        click.echo(f"\r\033[K{self._line()}" if sys.stdout.isatty() else self._line())

    def _show(self) -> None:
        if sys.stdout.isatty():
            click.echo(f"\r\033[K{self._line()}", nl=False)
        elif time.monotonic() - self._lined_at >= LINE_EVERY_S:
            self._lined_at = time.monotonic()
            click.echo(self._line())

    def _line(self) -> str:
        callers, counted = self.callers, self.callers.counted
        failed = callers.callers.failed + counted.failed
        line = (
            f"calls {callers.callers.made}   waiting {callers.waiting}   talking {callers.talking}   "
            f"answered {counted.answered}   abandoned {counted.abandoned}   failed {failed}"
        )
        return f"{line}   (control does not answer)" if self.feed.is_away else line
