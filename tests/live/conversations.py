"""A conversation with everybody who may take part in it; each telephone says a tone of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from allo.ari.telephony import OutgoingLine, TrunkSettings
from allo.core.call_states import CallState
from allo.core.callers_way import Target, TargetKind, Voicemail
from allo.core.model import Agent, Block, Config, Dialling, Membership, NumberRoute, Queue
from allo.core.requests import GoReady, LogIn
from allo.installation import Installation
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import PhoneCall, SipPhone
from tests.live.small_centre import SmallCentre
from tests.live.voice import MUSIC_HZ, Voice, share, write_tone
from tests.waiting import until

TONES = {"caller": 1000.0, "5": 440.0, "6": 620.0, "7": 1480.0, "outside": 2200.0, "music": MUSIC_HZ}
PROMPTS = {"first words": 1800.0, "other words": 2600.0}
"""Prompts that are tones too, where a test makes them so."""
OUTSIDE = "127.0.0.2"
"""The telephone company's address: who calls from there is no softphone of this machine's."""
HEARD, UNHEARD = 0.12, 0.03
"""Which share of the sound a tone has that is there, and one that is not."""


def a_centre(**queue: Any) -> Config:
    """Queue `q`, reached by 100, with agents 5 and 6; 7 leads them."""
    agents = {id_: Agent(id_, id_, f"PJSIP/agent-{id_}", (Membership("q"),)) for id_ in ("5", "6")}
    return Config(
        queues={"q": Queue("q", "Sales", **queue)},
        agents=agents | {"7": Agent("7", "Leader", "PJSIP/agent-7")},
        numbers={
            "100": NumberRoute("100", "q", language="ru"),
            "200": NumberRoute("200", target=Target(TargetKind.VOICEMAIL, "v")),
        },
        voicemails={"v": Voicemail("v", "system:please_wait", "q", limit_s=5.0, shortest_s=1.0)},
        blocks={"666": Block("666", "nuisance", message="")},
        dialling=Dialling(("+7*", "7*")),
    )


@dataclass(slots=True)
class Room:
    """Telephones, a centre that rings them, and who says what."""

    asterisk: RunningAsterisk
    centre: SmallCentre
    phones: dict[str, SipPhone]
    calls: dict[str, PhoneCall] = field(default_factory=dict)
    """Whoever is in the conversation, by what they are in it."""

    @property
    def installation(self) -> Installation:
        """Where it is."""
        return self.asterisk.installation

    async def is_set_up(self) -> None:
        """Telephones and the line are known to Asterisk."""
        for agent_id in ("5", "6", "7"):
            await self.centre.telephony.make_sip_agent_endpoint(agent_id, self.phones[agent_id].uri)
        await self.centre.telephony.make_trunk(TrunkSettings("1", OUTSIDE, self.phones["outside"].port))
        self.centre.telephony.set_outgoing_line(OutgoingLine("1", "+74950000000"))
        agents = self.centre.engine.state.agents
        await until(lambda: all(agents[agent_id].device_up for agent_id in ("5", "6", "7")))

    def works(self, agent_id: str) -> None:
        """The agent is ready for calls."""
        self.centre.put(LogIn(agent_id))
        self.centre.put(GoReady(agent_id))

    async def talk(self) -> None:
        """The caller and agent 5 hear each other; agent 6 is ready."""
        self.works("5")
        self.calls["caller"] = await self.phones["caller"].call("100")
        self.calls["agent"] = await self._rings("5")
        self.calls["agent"].answer()
        await until(lambda: self.centre.call.state is CallState.TALKING)
        await self.hear(agent={"caller"}, caller={"5"})
        self.works("6")

    async def _rings(self, who: str, number: int = 1) -> PhoneCall:
        phone = self.phones[who]
        await until(lambda: len(phone.calls) >= number)
        return phone.calls[number - 1]

    async def answers(self, who: str, role: str = "asked") -> PhoneCall:
        """Somebody's telephone rings and is answered; they are `role` from now on."""
        before = sum(call.is_up or call.is_over for call in self.phones[who].calls)
        self.calls[role] = await self._rings(who, before + 1)
        self.calls[role].answer()
        return self.calls[role]

    async def hear(self, **wanted: set[str]) -> None:
        """Return once each hears those whom they should, and nobody else."""
        await hear(self.calls, **wanted)

    async def dies_and_comes_back(self) -> None:
        """Control ends as a killed process does; another one goes on with what it remembers."""
        await self.centre.die()
        await self.comes_back()

    async def comes_back(self) -> None:
        """Another control goes on with what the one before remembers."""
        engine, prompts = self.centre.engine, self.centre.prompts
        self.centre = SmallCentre(self.installation, engine)
        self.centre.prompts.update(prompts)
        self.centre.telephony.set_outgoing_line(OutgoingLine("1", "+74950000000"))
        await self.centre.__aenter__()
        await until(lambda: self.centre.reconciled == 1)

    def prompts_are_tones(self, seconds: int = 1) -> None:
        """Those of `PROMPTS`, so that it is heard which of them is played; each lasts so long."""
        for name, hz in PROMPTS.items():
            place = name.replace(" ", "-")
            write_tone(self.installation.sounds_folder / "tones" / f"{place}.wav", hz, seconds)
            self.centre.prompts[name] = f"sound:allo/tones/{place}"

    async def pause(self, seconds: float = 0.1) -> None:
        """Until more sound has come."""
        await asyncio.sleep(seconds)

    def is_recording(self, recording_id: str) -> bool:
        """Whether Asterisk records this message now."""
        return self.asterisk.ari("GET", f"/recordings/live/{recording_id}").is_success

    async def is_empty(self) -> None:
        """Nothing is left in Asterisk."""
        await until(lambda: self.asterisk.channels() == [])
        await until(lambda: self.asterisk.ari("GET", "/bridges").json() == [])


async def hear(calls: Mapping[str, PhoneCall], **wanted: set[str]) -> None:
    """Return once each hears those whom they should, and nobody else; for half a second at the same time."""
    voices = {role: _voice(calls[role]) for role in wanted}
    for voice in voices.values():
        voice.forget()

    def found() -> dict[str, set[str] | str]:
        return {role: _heard(voice) for role, voice in voices.items()}

    try:
        await until(lambda: found() == wanted, within_s=12)
    except AssertionError as error:
        raise AssertionError(f"heard {found()} instead of {wanted}") from error


def _voice(call: PhoneCall) -> Voice:
    assert call.voice is not None
    return call.voice


def _heard(voice: Voice) -> set[str] | str:
    """Whose tones are heard now; a text where it is not clear yet."""
    if voice.quiet_s() >= 0.5:
        return set()
    shares = {who: share(voice.hears(), hz) for who, hz in (TONES | PROMPTS).items()}
    if any(UNHEARD <= one <= HEARD for one in shares.values()) or voice.heard_s() < 0.5:
        return f"unclear: {shares} after {voice.heard_s()} s"
    return {who for who, one in shares.items() if one > HEARD}


@asynccontextmanager
async def open_room(
    asterisk: RunningAsterisk, *, talking: bool = True, config: Config | None = None, **queue: Any
) -> AsyncIterator[Room]:
    """A room, of `a_centre` or another; with `talking`, a conversation is under way in it."""
    port = asterisk.installation.sip_port
    users = {"caller": "79990000001", "5": "5", "6": "6", "7": "7", "outside": "79990000002"}
    phones = {
        who: await SipPhone.open(port, user, TONES[who], OUTSIDE if who == "outside" else "127.0.0.1")
        for who, user in users.items()
    }
    centre = SmallCentre(asterisk.installation, config=config or a_centre(**queue))
    await centre.__aenter__()
    room = Room(asterisk, centre, phones)
    try:
        await room.is_set_up()
        if talking:
            await room.talk()
        yield room
    finally:
        for phone in phones.values():
            await phone.close()
        await room.centre.die()
