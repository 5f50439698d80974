"""The set-up in force: read at the start, on notice and now and then; the last good one is kept.

Decides when tables are read again: the web's notice, or a revision that has grown (a notice may be lost). What
the engine needs goes to it as `ConfigChanged`; telephone lines go to telephony.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from django.db import DatabaseError

from allo import installation
from allo.ari.telephony import Telephony, TelephonyAwayError, TrunkSettings
from allo.control.database import Database
from allo.core.events import ConfigChanged
from allo.core.model import Config
from allo.data.load_config import Setup, TrunkLine, current_revision, load_setup

logger = logging.getLogger(__name__)

POLL_S = 15.0
AGAIN_S = 2.0
SYSTEM = "system:"


class Configuration:
    """The last set-up read, and the task that watches for the next."""

    def __init__(self, database: Database, telephony: Telephony, put: Callable[[ConfigChanged], None]) -> None:
        self._database = database
        self._telephony = telephony
        self._put = put
        self._notice = asyncio.Event()
        self._lines: dict[str, TrunkLine] = {}
        """Lines which telephony has now."""
        self.setup = Setup()
        self.first = asyncio.Event()
        """Set once a set-up has been read."""

    def changed(self) -> None:
        """The tables were changed: read them soon."""
        self._notice.set()

    async def run(self, in_force: Callable[[], Config]) -> None:
        """Read and watch, for ever."""
        while True:
            try:
                await self._read(in_force())
                wait_s = POLL_S
            except (DatabaseError, ValueError) as error:
                logger.error("The set-up cannot be read; the last one stays in force: %s", error)  # noqa: TRY400
                wait_s = AGAIN_S
            try:
                async with asyncio.timeout(wait_s):
                    await self._notice.wait()
                self._notice.clear()
            except TimeoutError:
                continue

    async def _read(self, in_force: Config) -> None:
        if self.first.is_set() and not self._notice.is_set():
            revision = await self._database.run(current_revision)
            if revision == self.setup.config.revision:
                return
        setup = await self._database.run(load_setup)
        for remark in setup.remarks:
            logger.warning("Set-up: %s.", remark)
        if setup.config.problems():
            logger.error("The set-up contradicts itself; the last one stays in force.")
            return
        self.setup = setup
        if setup.config != in_force:
            self._put(ConfigChanged(setup.config))
            logger.info("Set-up of revision %d is in force.", setup.config.revision)
        self.first.set()
        if self._telephony.is_up:
            try:
                await self.push_lines()
            except TelephonyAwayError as error:
                logger.warning("The telephone lines could not be told to Asterisk: %s", error)

    async def push_lines(self) -> None:
        """Make telephony's lines those of the set-up. Raises TelephonyAwayError."""
        if not self.first.is_set():
            return
        wanted = {line.id: line for line in self.setup.trunks}
        for id_ in self._lines.keys() - wanted.keys():
            await self._telephony.remove_trunk(id_)
        for line in wanted.values():
            await self._telephony.make_trunk(
                TrunkSettings(line.id, line.host, line.port, line.username, line.secret, line.networks)
            )
        self._lines = wanted

    def media_of(self, prompt: str) -> str:
        """A prompt id of the core as media for Asterisk."""
        if prompt.startswith(SYSTEM):
            name = prompt.removeprefix(SYSTEM).replace("_", "-")
            return f"sound:allo/prompts/{installation.current().language}/{name}"
        return self.setup.prompts.get(prompt, "sound:silence/1")
