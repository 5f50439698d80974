"""The set-up in force: read at the start, on notice and now and then; the last good one is kept.

Decides when tables are read again: the web's notice, or a revision that has grown (a notice may be lost). What
the engine needs goes to it as `ConfigChanged`; telephone lines go to telephony, each by itself, so that one which
Asterisk does not take keeps no other away; telephones of people who have left go. Outside numbers are rung through the
first outgoing line that is not offline; which lines are, is asked now and then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import Error

from allo import installation
from allo.ari.telephony import OutgoingLine, Telephony, TelephonyAwayError, TrunkSettings
from allo.control.database import Database
from allo.core.events import ConfigChanged
from allo.core.model import Config
from allo.data.load_config import Setup, TrunkLine, current_revision, load_setup
from allo.data.phone_numbers import as_dialled

logger = logging.getLogger(__name__)

POLL_S = 15.0
AGAIN_S = 2.0


def local_date(zone: ZoneInfo) -> date:
    """Today in the centre."""
    return datetime.now(zone).date()


class Configuration:
    """The last set-up read, and the task that watches for the next."""

    def __init__(self, database: Database, telephony: Telephony, put: Callable[[ConfigChanged], None]) -> None:
        self._database = database
        self._telephony = telephony
        self._put = put
        self._wake = asyncio.Event()
        self._is_noticed = True
        self._lines: dict[str, TrunkLine | None] | None = None
        """Lines which telephony has now; None: nobody knows."""
        self._music: tuple[str, ...] | None = None
        """Files of music which telephony plays from; None: nobody knows."""
        self._read_on: date | None = None
        """The day of the last reading: forecasts are made for a day."""
        self.line_states: dict[str, str] = {}
        """Line to "online", "offline" or "unknown", as lately known."""
        self.registrations: dict[str, str] = {}
        """Line that registers to "registered", "refused", "no_answer", "pending" or "unknown", as lately known."""
        self.outgoing_line: OutgoingLine | None = None
        """By which outside numbers are rung now."""
        self.setup = Setup()
        self.first = asyncio.Event()
        """Set once a set-up has been read."""

    def changed(self) -> None:
        """The tables were changed: read them soon."""
        self._is_noticed = True
        self._wake.set()

    def link_is_up(self) -> None:
        """Asterisk is there (again): it may be another one, and must be told its lines."""
        self._lines = self._music = None
        self.line_states, self.registrations = {}, {}
        self._wake.set()

    async def run(self, in_force: Callable[[], Config]) -> None:
        """Read and watch, for ever."""
        while True:
            self._wake.clear()
            wait_s = POLL_S
            try:
                await self._read(in_force)
                if self._telephony.is_up:
                    await self._tell_lines()
                    await self._forget_phones()
                    await self._choose_outgoing()
                    await self._tell_music()
                    await self._ask_registrations()
            except (Error, ValueError) as error:
                logger.error("The set-up cannot be read; the last one stays in force: %s", error)  # noqa: TRY400
                wait_s = AGAIN_S
            except TelephonyAwayError as error:
                logger.warning("The telephone lines could not be told to Asterisk: %s", error)
                wait_s = AGAIN_S
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _read(self, in_force: Callable[[], Config]) -> None:
        today = local_date(installation.current().zone)
        is_known = not self._is_noticed and self._read_on == today
        if is_known and await self._database.run(current_revision) == self.setup.config.revision:
            return
        self._is_noticed, self._read_on = False, today
        try:
            setup = await self._database.run(load_setup)
        except BaseException:
            self._is_noticed = True
            raise
        for remark in setup.remarks:
            logger.warning("Set-up: %s.", remark)
        if setup.config.problems():
            logger.error("The set-up contradicts itself; the last one stays in force.")
            return
        self.setup = setup
        if setup.config != in_force():
            self._put(ConfigChanged(setup.config))
            logger.info("Set-up of revision %d is in force.", setup.config.revision)
        self.first.set()

    async def _tell_lines(self) -> None:
        """Make telephony's lines those of the set-up. Raises TelephonyAwayError."""
        if not self.first.is_set():
            return
        if self._lines is None:
            self._lines = dict.fromkeys(await self._telephony.trunk_states())
        told, wanted = self._lines, {line.id: line for line in self.setup.trunks}
        for id_ in told.keys() - wanted.keys():
            await self._telephony.remove_trunk(id_)
            del told[id_]
        for line in wanted.values():
            if told.get(line.id) == line:
                continue
            settings = TrunkSettings(line.id, line.host, line.port, line.username, line.secret, line.networks)
            try:
                await self._telephony.make_trunk(settings)
                told[line.id] = line
            except TelephonyAwayError as error:
                logger.warning("Asterisk has not taken line %s: %s", line.id, error)

    async def _forget_phones(self) -> None:
        """Who works here no more has no telephone any more: its password would be good for ever, and after restarts.

        A conversation under way goes on; looked for again with the next reading. Raises TelephonyAwayError.
        """
        if not self.first.is_set():
            return
        for agent_id in await self._telephony.idle_agent_endpoints() - self.setup.config.agents.keys():
            await self._telephony.remove_agent_endpoint(agent_id)

    async def _tell_music(self) -> None:
        """Let telephony play from new music. Raises TelephonyAwayError."""
        if self.first.is_set() and (self._music or ()) != self.setup.music:
            await self._telephony.reload_music()
            self._music = self.setup.music

    async def _choose_outgoing(self) -> None:
        """Outside numbers go by a line that works, if there is one. Raises TelephonyAwayError."""
        if not self.first.is_set():
            return
        states = await self._telephony.trunk_states() if self.setup.trunks else {}
        self.line_states = {line.id: states.get(line.id, "unknown") for line in self.setup.trunks}
        lines = [line for line in self.setup.trunks if line.is_outgoing]
        lines.sort(key=lambda line: self.line_states[line.id] == "offline")  # stable: else in their order
        chosen = self._outgoing(lines[0]) if lines else None
        if chosen != self.outgoing_line:
            if self.outgoing_line is not None:
                logger.warning("Outside numbers are rung through line %s now.", chosen.id if chosen else "none")
            self.outgoing_line = chosen
        self._telephony.set_outgoing_line(chosen)

    def _outgoing(self, line: TrunkLine) -> OutgoingLine:
        spell = partial(as_dialled, how=line.dialled_as, home=self.setup.config.country)
        return OutgoingLine(line.id, line.shown_number, spell)

    async def _ask_registrations(self) -> None:
        """Whether operators know us, where we register. Raises TelephonyAwayError."""
        registering = [line.id for line in self.setup.trunks if line.username]
        told = await self._telephony.registrations() if registering else {}
        states = self.line_states
        self.registrations = {id_: _registration(told.get(id_, ""), states.get(id_, "unknown")) for id_ in registering}

    def media_of(self, prompt: str) -> str:
        """A prompt that an administrator has made, as media for Asterisk; `ari.sounds` knows the centre's own."""
        return self.setup.prompts.get(prompt, "sound:silence/1")


def _registration(told: str, state: str) -> str:
    """What Asterisk says, with its "Rejected" told apart: a server that answers our checks has refused us."""
    if told == "Registered":
        return "registered"
    if state == "offline":
        return "no_answer"
    return {"Rejected": "refused", "": "unknown"}.get(told, "pending")
