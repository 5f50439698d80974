"""Asterisk's messages → events of the core. Pure: no clock, no input or output.

Decides what an end means (`leg_end`). The end of a leg is told once, as soon as it is certain: a leg in our
application by StasisEnd, one that was never answered by ChannelDestroyed. Asterisk tells the cause of an answered
leg's end only in the ChannelHangupRequest before, so that one is remembered until the end comes.

State: `legs` are the channels that are there (or were just asked for), `adopted` outside legs that have become a
call's caller, `playbacks` those whose end is to be told, `_causes` the channels about to end, `_devices` what was
said last of each agent's telephone, so that only changes become events.
"""

from __future__ import annotations

from allo.ari import names
from allo.ari.messages import CallerId, Channel, Endpoint, Message
from allo.core.events import (
    CallArrived,
    DeviceDown,
    DeviceUp,
    Event,
    KeyPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    MessageRecorded,
    PlaybackFinished,
)

EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelHangupRequest",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "PlaybackFinished",
    "RecordingFinished",
    "RecordingFailed",
    "PeerStatusChange",
)
"""The kinds of events that are asked for; Asterisk has many more."""

NORMAL_CAUSE = 16
UNREACHABLE_CAUSE = 20
SILENT_CAUSE = 44
"""What Asterisk gives when no media came for rtp_timeout."""

_SOFT_BY_DEVICE = 1
"""Asterisk's flag of an end that it asks for itself; a SIP channel has it when it fell silent, and only then."""

# ITU-T Q.850
_LOST_CAUSES = frozenset({18, 20, 27, 38, 41, 44, 102})
_DECLINED_CAUSES = frozenset({17, 21})
_NO_ANSWER_CAUSES = frozenset({18, 19})
# SIP: the device itself said no. 480 is what browser phones send for "declined".
_DECLINED_STATUSES = frozenset({480, 486, 600, 603})
_UNAVAILABLE_STATUS = 480
_UNREACHABLE_STATUSES = frozenset({404, 408, 500, 503})

_ANONYMOUS = frozenset({"anonymous", "unknown", "restricted", "unavailable"})
_LONGEST_NUMBER = 32
_LONGEST_NAME = 80


def leg_end(cause: int, tech_cause: int, *, was_up: bool) -> LegEnd:
    """What the end of a leg means: `cause` by ITU-T Q.850, `tech_cause` the SIP status or 0."""
    if was_up:
        return LegEnd.LOST if cause in _LOST_CAUSES else LegEnd.NORMAL
    if tech_cause in _DECLINED_STATUSES or cause in _DECLINED_CAUSES:
        return LegEnd.DECLINED
    if cause in _NO_ANSWER_CAUSES and tech_cause not in _UNREACHABLE_STATUSES:
        return LegEnd.NO_ANSWER
    return LegEnd.UNREACHABLE


def arrival(channel: Channel, number: str) -> CallArrived:
    """A caller's channel as the core sees it."""
    caller = caller_of(channel)
    return CallArrived(channel.id, number, caller.number, caller.name)


def caller_of(channel: Channel) -> CallerId:
    """Number and name, empty where withheld; control characters and absurd lengths removed.

    Many telephones send their number as the name too: that is no name.
    """
    number = _clean(channel.caller.number, _LONGEST_NUMBER)
    name = _clean(channel.caller.name, _LONGEST_NAME)
    has_name = name.lower() not in _ANONYMOUS and name != number
    return CallerId("" if number.lower() in _ANONYMOUS else number, name if has_name else "")


def _clean(text: str, longest: int) -> str:
    return "".join(sign for sign in text[: 4 * longest] if sign.isprintable()).strip()[:longest]


class Translator:
    """Turns messages into events, one by one, in order."""

    def __init__(self) -> None:
        self.legs: set[str] = set()
        self.adopted: dict[str, str] = {}
        self.playbacks: set[str] = set()
        self._causes: dict[str, tuple[int, int]] = {}
        self._devices: dict[str, bool] = {}
        self.heard: dict[str, bool] = {}
        """Telephones of which Asterisk has told something, until whoever looks around empties it."""

    def translate(self, message: Message) -> Event | None:
        """The event which a message means, if any."""
        match message.type:
            case "StasisStart" if message.channel is not None:
                return self._started(message.channel, message.args)
            case "StasisEnd" if message.channel is not None:
                return self._ended(message.channel, NORMAL_CAUSE, 0)
            case "ChannelDestroyed" if message.channel is not None:
                return self._ended(message.channel, message.cause, message.tech_cause)
            case "ChannelHangupRequest" if message.channel is not None and message.cause:
                if not message.soft:
                    self._causes[message.channel.id] = (message.cause, message.tech_cause)
                elif message.cause & _SOFT_BY_DEVICE:
                    self._causes[message.channel.id] = (SILENT_CAUSE, 0)
            case "PlaybackFinished" if message.playback is not None:
                return self._played(message.playback.id)
            case "ChannelDtmfReceived" if message.channel is not None and message.digit:
                return self._key(message.channel.id, message.digit)
            case "RecordingFinished" | "RecordingFailed" if message.recording is not None:
                name, length_s = message.recording.name, max(0.0, float(message.recording.duration))
                is_kept = message.type == "RecordingFinished"
                return MessageRecorded(names.call_of_recording(name), name, length_s if is_kept else 0.0)
            case "PeerStatusChange" if message.endpoint is not None:
                return self._telephone(message.endpoint)
        return None

    def device(self, agent_id: str, *, is_up: bool) -> Event | None:
        """Take note of a telephone's state; an event when it is news."""
        if self._devices.get(agent_id) is is_up:
            return None
        self._devices[agent_id] = is_up
        return DeviceUp(agent_id) if is_up else DeviceDown(agent_id)

    def forget(self) -> None:
        """The link broke: nothing is known any more."""
        self.legs.clear()
        self.adopted.clear()
        self.playbacks.clear()
        self._causes.clear()
        self._devices.clear()
        self.heard.clear()

    def _started(self, channel: Channel, args: list[str]) -> Event | None:
        self.legs.add(channel.id)
        if args[:1] == [names.INBOUND]:
            return arrival(channel, args[1] if len(args) > 1 else channel.dialplan.exten)
        return LegAnswered(channel.id) if args[:1] in ([names.AGENT], [names.OUTSIDE]) else None

    def _played(self, playback: str) -> Event | None:
        if playback not in self.playbacks:
            return None  # replaced by something else
        self.playbacks.discard(playback)
        ours = names.call_and_prompt(playback)
        return PlaybackFinished(*ours) if ours else None

    def _key(self, channel_id: str, key: str) -> Event | None:
        """Keys of callers alone mean something."""
        if names.is_leg(channel_id):
            call_id = self.adopted.get(channel_id)
            return KeyPressed(call_id, key) if call_id else None
        return KeyPressed(channel_id, key) if channel_id in self.legs else None

    def _ended(self, channel: Channel, cause: int, tech_cause: int) -> Event | None:
        if channel.id not in self.legs:
            self._causes.pop(channel.id, None)
            return None
        self.legs.discard(channel.id)
        cause, tech_cause = self._causes.pop(channel.id, (cause, tech_cause))
        # A caller who gives up while it still rings has hung up: there is no device of ours that could fail.
        was_up = channel.state in {"Up", "Ring"}
        if names.is_outside(channel.id) and tech_cause == _UNAVAILABLE_STATUS:
            tech_cause = 0  # a telephone company says so when nobody answers, and Asterisk when it rang for too long
        return LegEnded(channel.id, leg_end(cause, tech_cause, was_up=was_up), cause)

    def _telephone(self, telephone: Endpoint) -> Event | None:
        agent_id = names.agent_of_endpoint(telephone.resource)
        if agent_id is None:
            return None
        self.heard[agent_id] = is_up = telephone.state == "online"
        return self.device(agent_id, is_up=is_up)
