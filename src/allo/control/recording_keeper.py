"""When recordings are finished, deleted and paused: the loop's side of `recordings`.

A call that is in the ledger is finished as soon as Asterisk has closed its file, one at a time, so that the
conversion never takes more than one core from the calls. What a restart left behind is adopted at the start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from allo.control.database import Database
from allo.control.recordings import Recordings
from allo.control.spoken import Spoken
from allo.tasks import Tasks

logger = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.5
MOST_LOOKS = 20
SWEEP_EVERY_S = 3600.0
DISK_EVERY_S = 10.0
SPOKEN_EVERY_S = 3.0


class RecordingKeeper:
    """`state` is what the pages show: ok, disk_full or off."""

    def __init__(
        self,
        recordings: Recordings,
        database: Database,
        *,
        is_on: bool,
        living: Callable[[], Collection[str]],
        switch: Callable[[bool], Awaitable[None]],
        spoken: Spoken | None = None,
    ) -> None:
        """`living`: ids of calls under way; `switch`: tells telephony whether to record."""
        self.recordings = recordings
        self._database = database
        self._is_on = is_on
        self._living = living
        self._switch = switch
        self._spoken = spoken
        self._finished: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self.state = "ok" if is_on else "off"

    def start(self, tasks: Tasks) -> None:
        """Begin the endless work."""
        tasks.keep("finishing recordings", self._finish_all)
        tasks.every("the recordings' sweep", SWEEP_EVERY_S, self._sweep)
        if self._spoken is not None:
            tasks.every("fetching spoken messages", SPOKEN_EVERY_S, self._fetch_spoken)
        if self._is_on:
            tasks.every("the look at the disk", DISK_EVERY_S, self.look_at_disk)

    def call_ended(self, call_id: str, *, is_wanted: bool) -> None:
        """The call is in the ledger: its recording can be finished."""
        self._finished.put_nowait((call_id, is_wanted))

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.close()

    async def tell(self) -> None:
        """Tell telephony, say after it was away, whether to record."""
        await self._switch(self.state == "ok")

    async def look_at_disk(self) -> None:
        """Pause or resume by the room that is left."""
        is_full = await self._database.run(self.recordings.is_disk_full)
        state = "disk_full" if is_full else "ok"
        if state == self.state:
            return
        self.state = state
        if is_full:
            logger.error("The disk is nearly full: new calls are not recorded until there is room. Calls go on.")
        else:
            logger.warning("There is room on the disk again: calls are recorded.")
        await self.tell()

    async def _finish_all(self) -> None:
        while True:
            call_id, is_wanted = await self._finished.get()
            try:
                await self._finish(call_id, is_wanted=is_wanted)
            except Exception:
                logger.exception(
                    "The recording of call %s could not be finished; it is tried at the next start.", call_id
                )

    async def _finish(self, call_id: str, *, is_wanted: bool | None) -> str:
        if not self.recordings.has_raw(call_id):
            return "nothing"
        for _ in range(MOST_LOOKS):
            if await self._database.run(lambda: self.recordings.is_complete(call_id)):
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        return await self._database.run(lambda: self.recordings.finish(call_id, is_wanted=is_wanted))

    async def _fetch_spoken(self) -> None:
        if self._spoken is not None:
            await self._database.run(self._spoken.fetch)

    async def _sweep(self) -> None:
        """Delete what is due, which makes room; adopt what was left behind."""
        if self._spoken is not None:
            await self._database.run(self._spoken.drop_strangers)
        count = await self._database.run(self.recordings.delete_expired)
        if count:
            logger.info("%d recordings were kept long enough and are deleted.", count)
        await self._database.run(self.recordings.drop_replaced_greetings)
        for call_id in await self._database.run(partial(self.recordings.orphans, self._living())):
            try:
                done = await self._finish(call_id, is_wanted=None)
                if done == "unknown":
                    await self._database.run(partial(self.recordings.drop_stranger, call_id))
                else:
                    logger.info("The left-over recording of call %s: %s.", call_id, done)
            except Exception:
                logger.exception("The left-over recording of call %s could not be finished.", call_id)
