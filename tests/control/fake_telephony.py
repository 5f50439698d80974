"""Telephones without Asterisk: remembers what it is asked for; the test says what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from allo.ari.telephony import OutgoingLine, PhoneAccount, TelephonyAwayError, TrunkSettings
from allo.core.effects import Effect
from allo.core.events import Event
from allo.core.state import State
from allo.installation import Installation


class FakeTelephony:
    """Has the shape of `allo.ari.telephony.Telephony`."""

    def __init__(self, installation: Installation, prompts: Callable[[str], str]) -> None:
        self.prompts = prompts
        self.on_event: Callable[[Event], None] = lambda _event: None
        self.on_link: Callable[[bool], None] = lambda _is_up: None
        self.is_up = False
        self.started_at = 0.0
        self.effects: list[Effect] = []
        self.trunks: dict[str, TrunkSettings] = {}
        self.music_reloads = 0
        self.trunks_made: list[str] = []
        self.refused_hosts: set[str] = set()
        self.states: dict[str, str] = {}
        self.registered: dict[str, str] = {}
        """Lines that are not online."""
        self.outgoing: OutgoingLine | None = None
        self.phones: dict[str, bool] = {}
        """Agents who have a telephone, and whether it is in a call."""
        self.installation = installation
        self.records: bool | None = None
        self.missed: list[Event] = []
        """What `reconcile` is to tell."""
        self.reconciled = 0
        self.fault: Exception | None = None
        """What `reconcile` raises once."""
        self.unreachable_times = 0
        """How often `reconcile` fails first."""

    def link(self, is_up: bool) -> None:
        """The connection to Asterisk comes or goes."""
        self.is_up = is_up
        self.on_link(is_up)

    async def run(self) -> None:
        self.link(True)
        await asyncio.Event().wait()

    def carry_out(self, effect: Effect) -> None:
        self.effects.append(effect)

    async def reconcile(self, state: State) -> list[Event]:
        self.reconciled += 1
        if self.unreachable_times:
            self.unreachable_times -= 1
            raise TelephonyAwayError("test")
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        missed, self.missed = self.missed, []
        return missed

    async def make_agent_endpoint(self, agent_id: str, codec: str = "ulaw") -> PhoneAccount:
        if not self.is_up:
            raise TelephonyAwayError("test")
        return PhoneAccount(f"agent-{agent_id}", "secret", f"sip:agent-{agent_id}@allo", "/ws", codec)

    async def idle_agent_endpoints(self) -> set[str]:
        return {agent_id for agent_id, is_busy in self.phones.items() if not is_busy}

    async def remove_agent_endpoint(self, agent_id: str) -> None:
        self.phones.pop(agent_id, None)

    async def make_web_caller_endpoint(self) -> PhoneAccount:
        return PhoneAccount("web-1", "secret", "sip:web-1@allo", "/ws", "opus")

    async def make_trunk(self, trunk: TrunkSettings) -> None:
        if trunk.host in self.refused_hosts:
            raise TelephonyAwayError("400")
        self.trunks[trunk.id] = trunk
        self.trunks_made.append(trunk.id)

    async def reload_music(self) -> None:
        self.music_reloads += 1

    async def remove_trunk(self, trunk_id: str) -> None:
        self.trunks.pop(trunk_id, None)

    async def trunk_states(self) -> dict[str, str]:
        return {id_: self.states.get(id_, "online") for id_ in self.trunks}

    async def registrations(self) -> dict[str, str]:
        return {id_: self.registered.get(id_, "Unregistered") for id_, one in self.trunks.items() if one.username}

    def set_outgoing_line(self, line: OutgoingLine | None) -> None:
        self.outgoing = line

    def message_file(self, recording_id: str) -> Path:
        return self.installation.asterisk_home / "spool" / "recording" / f"{recording_id}.wav"

    async def set_recording(self, on: bool) -> None:
        self.records = on
