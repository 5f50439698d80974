"""The one object through which control speaks to Asterisk: events come out, effects go in.

Joins what others decide: `link` when Asterisk is there, `translate` what its messages mean, `carry_out` what is asked
of it, `recover` what happened unheard. About calls nothing is decided here: that is the engine's. Asterisk's own words
(channel, bridge) do not leave this package.

    telephony = Telephony(installation, prompts=media_of)
    telephony.on_event = feed_the_engine          # in the loop, in the order in which things happened
    telephony.on_link = link_changed              # True: connected and subscribed; now call `reconcile`
    await telephony.run()                         # for ever: connects, connects again
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from allo.ari import ami
from allo.ari.accounts import LOOK_EVERY_S, Accounts
from allo.ari.carry_out import CarryOut
from allo.ari.client import TelephonyAwayError, path_of
from allo.ari.link import Link
from allo.ari.look_around import look_around, message_file, message_length_s
from allo.ari.messages import CallerId, Message
from allo.ari.phones import OutgoingLine, PhoneAccount, TrunkSettings
from allo.ari.process import AsteriskUnusableError, render_music
from allo.ari.recorder import Recorder
from allo.ari.recover import Platform, Recovery, compare
from allo.ari.sounds import Sounds
from allo.ari.telephones import Telephones
from allo.ari.translate import Translator
from allo.core.effects import AdoptLeg, Effect, SetRecording, WhisperPrompt
from allo.core.events import CallArrived, Event, LegEnded, MessageRecorded
from allo.core.state import State
from allo.installation import Installation
from allo.tasks import kept

__all__ = ["OutgoingLine", "PhoneAccount", "Telephony", "TelephonyAwayError", "TrunkSettings"]

logger = logging.getLogger(__name__)
_BEGIN_OR_END = frozenset({"StasisStart", "StasisEnd", "ChannelDestroyed"})
"""After these a list asked for before says nothing of a channel any more; anything else leaves it as it is listed."""


class Telephony(Telephones):
    """See the module. Not thread-safe: everything happens in the loop in which `run` runs."""

    def __init__(self, installation: Installation, prompts: Callable[[str], str]) -> None:
        """`prompts`: a prompt id of the core → an ARI media URI (`sound:allo/prompts/en/please-wait`)."""
        self._link = Link(installation, self._link_changed, self._take)
        super().__init__(Accounts(self._link.ask))
        self.on_event: Callable[[Event], None] = _ignore_event
        self.on_link: Callable[[bool], None] = _ignore_link
        self._installation = installation
        self._translator = Translator()
        self._sounds = Sounds(installation, prompts)
        self._carry_out = CarryOut(self._link.send, self._translator, self._deliver_soon, self._sounds.media)
        self._carry_out.caller_of = self._caller_of
        self._recorder = Recorder(installation, self._link.send, self._carry_out.calls)
        self._messages = installation.asterisk_home / "spool" / "recording"
        self._state: State | None = None
        self._whispers: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()

    async def registrations(self) -> dict[str, str]:
        """Trunk id → what Asterisk says of our registration with its operator. Raises TelephonyAwayError."""
        try:
            return await ami.registrations(self._installation)
        except ami.UNREACHABLE as error:
            raise TelephonyAwayError(f"registrations: {type(error).__name__}") from error

    async def remove_agent_endpoint(self, agent_id: str) -> None:
        """Forget the agent's telephone. Of what it has forgotten Asterisk tells nothing any more, so we do."""
        await super().remove_agent_endpoint(agent_id)
        event = self._translator.device(agent_id, is_up=False)
        if event is not None:
            self._deliver(event)

    @property
    def is_up(self) -> bool:
        """True between `on_link(True)` and `on_link(False)`."""
        return self._link.is_up

    @property
    def started_at(self) -> float:
        """When Asterisk was started (POSIX seconds); 0.0 before the first connection."""
        return self._link.started_at

    async def run(self) -> None:
        """Connect, and again whenever the connection breaks. Ends by cancellation only."""
        works = (("the look after accounts", self._look_after_accounts), ("the recorder", self._recorder.run))
        beside = [asyncio.create_task(kept(name, work)) for name, work in works]
        try:
            await self._link.run()
        finally:
            for task in (*beside, *self._whispers):
                task.cancel()
            await asyncio.gather(*beside, *self._whispers, return_exceptions=True)

    def carry_out(self, effect: Effect) -> None:
        """Start carrying out an effect; never blocks, never raises.

        Effects of one call are executed in order. What cannot be done comes back by `on_event`. Timers, facts and
        answers (StartTimer, CancelTimer, RecordFact, Accepted, Refused) are not telephony: they are ignored here.
        While the link is down effects are dropped; `reconcile` repairs what was missed.
        """
        if self.is_up:
            try:
                self._carry_out.carry_out(effect)
                self._carry_out_beside(effect)
            except Exception:
                logger.exception("%s could not be carried out", type(effect).__name__)

    def _carry_out_beside(self, effect: Effect) -> None:
        """What does not go through the order of requests."""
        match effect:
            case SetRecording(call_id, is_on):
                self._recorder.pause(call_id, is_on=is_on)
            case AdoptLeg(call_id, leg_id):
                self._recorder.record(call_id, leg_id)
            case WhisperPrompt():
                task = asyncio.create_task(self._whisper(effect))
                self._whispers.add(task)
                task.add_done_callback(self._whispers.discard)

    async def _whisper(self, effect: WhisperPrompt) -> None:
        """Words for an agent alone may have to be spoken first, a name for instance."""
        media = await self._sounds.for_agent(effect.prompt, effect.language)
        if media and self.is_up and effect.leg_id in self._translator.legs:
            self._carry_out.supervision.whisper(effect.call_id, effect.leg_id, media)

    async def reconcile(self, state: State) -> list[Event]:
        """What happened while nobody was listening, as events for the engine, in order. Repairs are under way.

        Call it once after every `on_link(True)`, with the engine's living state, and feed the events at once, before
        anything else is awaited. Raises TelephonyAwayError.
        """
        async with self._looking:
            self._state = state
            platform = await self._look_around(state)
            recovery = compare(state, platform)
        for bridge_id in recovery.orphan_bridges:
            self._carry_out.end_bridge(bridge_id)
        for channel_id in recovery.orphan_channels:
            self._carry_out.end_channel(channel_id)
        for effect in recovery.repairs:
            self.carry_out(effect)
        _report(recovery)
        for event in recovery.events:
            if isinstance(event, CallArrived):
                self._carry_out.arrived(event)
        return recovery.events

    # The centre's set-up

    def set_outgoing_line(self, line: OutgoingLine | None) -> None:
        """Through which line outside numbers are rung from now on; None: they cannot be. Remembered over restarts of
        Asterisk, not of control."""
        self._carry_out.outside.line = line

    async def reload_music(self) -> None:
        """Let Asterisk know of music that was added or changed; what is playing plays on. Raises TelephonyAwayError."""
        try:
            await asyncio.to_thread(render_music, self._installation)
        except (OSError, AsteriskUnusableError) as error:
            raise TelephonyAwayError(str(error)) from error
        await self._link.request("PUT", path_of("asterisk", "modules", "res_musiconhold.so"))

    def message_file(self, recording_id: str) -> Path:
        """Where a spoken message lies (`MessageLeft.recording_id`): WAV, 8 kHz, 16 bit, mono. Whoever keeps it moves
        it away from there."""
        return message_file(self._messages, recording_id)

    async def set_recording(self, on: bool) -> None:
        """Whether calls arriving from now on are recorded. Raises TelephonyAwayError."""
        value = {"variable": "ALLO_RECORD", "value": "1" if on else "0"}
        await self._link.request("POST", path_of("asterisk", "variable"), value)
        self._recorder.is_on = on

    async def ping(self) -> None:
        """Return when Asterisk answers. Raises TelephonyAwayError."""
        await self._link.request("GET", path_of("asterisk", "ping"))

    # What happens

    def _link_changed(self, is_up: bool) -> None:
        self._carry_out.fresh = set() if is_up else None
        if is_up:
            self._recorder.is_on = self._link.was_recording
        else:
            self._translator.forget()
            self._carry_out.forget()
        try:
            self.on_link(is_up)
        except Exception:
            logger.exception("A change of the link could not be worked off")

    def _take(self, message: Message) -> None:
        if message.channel is not None and self._carry_out.fresh is not None and message.type in _BEGIN_OR_END:
            self._carry_out.fresh.add(message.channel.id)
            self._translator.legs.add(message.channel.id)  # nobody has adopted it yet, and its end must be told
        if message.playback is not None and self._carry_out.fresh is not None:
            self._carry_out.fresh.add(message.playback.id)  # over, though the answer may have been that it plays
        if self._carry_out.supervision.take(message):
            return
        event = self._translator.translate(message)
        if event is not None:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        if isinstance(event, CallArrived):
            self._carry_out.arrived(event)
        elif isinstance(event, LegEnded):
            self._carry_out.left(event.leg_id)
        elif isinstance(event, MessageRecorded) and event.length_s:
            length_s = message_length_s(self.message_file(event.recording_id))  # Asterisk tells whole seconds
            event = MessageRecorded(event.call_id, event.recording_id, length_s or event.length_s)
        try:
            self.on_event(event)
        except Exception:
            logger.exception("%s could not be worked off", type(event).__name__)

    def _deliver_soon(self, event: Event) -> None:
        asyncio.get_running_loop().call_soon(self._deliver, event)

    def _caller_of(self, call_id: str) -> CallerId | None:
        """As the engine remembers; `reconcile` was given its living state."""
        call = self._state.calls.get(call_id) if self._state is not None else None
        return CallerId(call.caller, call.caller_name) if call is not None else None

    # Looking around

    async def _look_around(self, state: State) -> Platform:
        fresh = self._carry_out.fresh
        if fresh is None:
            fresh = self._carry_out.fresh = set()
        heard = self._translator.heard
        heard.clear()
        platform = await look_around(
            self._link.ask, self._accounts, state, self.started_at, fresh, heard, self._messages
        )
        self._carry_out.fresh = None
        self._carry_out.adopt(platform)
        for agent_id, is_up in platform.reachable.items():
            self._translator.device(agent_id, is_up=is_up)
        return platform

    async def _look_after_accounts(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                if self.is_up:
                    await self._accounts.look_after()
            except TelephonyAwayError:
                continue


def _report(recovery: Recovery) -> None:
    logger.info(
        "Compared with Asterisk: %d events, %d repairs, %d bridges left over",
        len(recovery.events),
        len(recovery.repairs),
        len(recovery.orphan_bridges),
    )


def _ignore_event(event: Event) -> None:
    pass


def _ignore_link(is_up: bool) -> None:
    pass
