"""After a (re)connection: Asterisk compared with the engine's state. Pure.

Decides what happened while nobody was listening (`Recovery.events`) and what must be put right
(`Recovery.repairs`, effects to be carried out again; all of them are harmless when done twice). Asterisk is right
about who is there, the engine about what they should hear. What becomes of single legs: `recover_legs`.

A caller who went unseen hung up, unless Asterisk was started after the call had begun, or the caller may be away: who
will be called back, and who has left a message. What listens or whispers is made anew; the leader stays in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from allo.ari import names
from allo.ari.messages import Bridge
from allo.ari.recover_legs import Legs, leg_events, missing_rings
from allo.ari.translate import NORMAL_CAUSE, arrival
from allo.core.call import Call
from allo.core.call_states import CallState
from allo.core.effects import (
    AnswerCall,
    ConnectLegs,
    Effect,
    EndLeg,
    PlayPrompt,
    RecordMessage,
    SetRecording,
    StartMusic,
    SuperviseLeg,
)
from allo.core.events import DeviceDown, DeviceUp, Event, LegEnd, LegEnded, MessageRecorded, PlaybackFinished
from allo.core.hearing import hearing
from allo.core.holds import words_of
from allo.core.journey import PAUSE
from allo.core.model import SupervisionMode
from allo.core.state import State

PLATFORM_CAUSE = 41
_STASIS = "Stasis"
_SPOKEN_TO = frozenset({CallState.GREETED, CallState.MENU, CallState.WAITING, CallState.VOICEMAIL, CallState.SURVEY})
_ALONE_WITH_MUSIC = frozenset({CallState.WAITING, CallState.LOST, CallState.DIALLING})


@dataclass(frozen=True, slots=True)
class Platform(Legs):
    """Asterisk at one moment."""

    started_at: float = 0.0
    bridges: dict[str, Bridge] = field(default_factory=dict)
    playbacks: Mapping[str, bool] = field(default_factory=dict)
    """For the playbacks that were asked about: whether they play."""
    messages: Mapping[str, float | None] = field(default_factory=dict)
    """For the messages that were asked about and exist: their length, None while they are being recorded."""
    adopted: Mapping[str, str] = field(default_factory=dict)
    """Call → the customer's leg that has taken the caller's place."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What to tell the engine, then what to put right."""

    events: list[Event] = field(default_factory=list)
    repairs: list[Effect] = field(default_factory=list)
    orphan_bridges: list[str] = field(default_factory=list)
    orphan_channels: list[str] = field(default_factory=list)


def compare(state: State, platform: Platform) -> Recovery:
    """What the engine does not know yet, and what Asterisk does not do as it should."""
    recovery = Recovery()
    events = recovery.events
    events += [DeviceDown(id_) for id_, agent in state.agents.items() if agent.device_up and not platform.is_up(id_)]
    for call in state.calls.values():
        if call.id not in platform.fresh:
            _compare_call(state, call, platform, recovery)
    events += [DeviceUp(id_) for id_, agent in state.agents.items() if not agent.device_up and platform.is_up(id_)]
    _look_at_strangers(state, platform, recovery)
    recovery.orphan_bridges.extend(_orphan_bridges(state, platform))
    return recovery


def _compare_call(state: State, call: Call, platform: Platform, recovery: Recovery) -> None:
    caller = platform.adopted.get(call.id, call.id)
    if caller not in platform.channels and not _may_be_away(call):
        recovery.events.append(_caller_gone(call, platform))
        return
    legs = list(leg_events(state, call, platform))
    recovery.events.extend(legs)
    if legs:
        return
    queue = state.queues.get(call.queue_id)
    if caller in platform.channels:
        music = queue.music if queue else "default"
        recovery.repairs.extend(_repairs_of(call, caller, music, platform))
        words = _hold_words(state, call)
        if words and _is_over(call, words, platform):
            recovery.repairs.append(StartMusic(call.id, music))  # the words may have ended with nobody to follow them
        recovery.events.extend(_played(call, caller, platform))
    recovery.events.extend(_message_left(call, platform))
    recovery.repairs.extend(missing_rings(state, call, platform))


def _may_be_away(call: Call) -> bool:
    """Whether the call goes on without a caller on the line."""
    return call.is_absent or (call.message is not None and call.message.is_caller_gone)


def _caller_gone(call: Call, platform: Platform) -> LegEnded:
    leg_id = platform.adopted.get(call.id, call.id)
    if call.started_at < platform.started_at:
        return LegEnded(leg_id, LegEnd.PLATFORM, PLATFORM_CAUSE)
    return LegEnded(leg_id, LegEnd.NORMAL, NORMAL_CAUSE)


def _recording_id(call: Call) -> str:
    """The message that is being spoken, as far as the engine knows; "" for none."""
    if call.prompts:
        return ""
    if call.state is CallState.VOICEMAIL and call.message is not None and not call.message.length_s:
        return call.message.recording_id
    if call.state is CallState.SURVEY and call.surveyed is not None and not call.surveyed.is_over:
        return call.surveyed.recording_id
    return ""


def asked_about(state: State) -> tuple[list[str], list[str]]:
    """The playbacks and the messages of which `compare` needs to know."""
    playbacks = [
        playback
        for call in state.calls.values()
        if (prompt := _prompt_of(call) or _hold_words(state, call))
        for playback in names.playbacks(call.id, prompt)
    ]
    return playbacks, [name for call in state.calls.values() if (name := _recording_id(call))]


def _prompt_of(call: Call) -> str:
    """What is played to the caller, as far as the engine knows; "" for nothing."""
    is_spoken_to = call.state in _SPOKEN_TO and call.prompts and call.prompts[0] != PAUSE
    return call.prompts[0] if is_spoken_to else ""


def _hold_words(state: State, call: Call) -> str:
    """What the caller may still be told on hold: the engine does not keep whether it is over."""
    return words_of(state, call) if call.state is CallState.HELD else ""


def _is_over(call: Call, prompt: str, platform: Platform) -> bool:
    """Whether a prompt that was asked about plays no more."""
    known = [platform.playbacks[one] for one in names.playbacks(call.id, prompt) if one in platform.playbacks]
    return bool(known) and not any(known)


def _played(call: Call, caller: str, platform: Platform) -> Iterator[Event]:
    """The end of a prompt that was heard by nobody of us; one that never began is repaired instead."""
    prompt = _prompt_of(call)
    if prompt and platform.channels[caller].state == "Up" and _is_over(call, prompt, platform):
        yield PlaybackFinished(call.id, prompt)


def _message_left(call: Call, platform: Platform) -> Iterator[Event]:
    """The end of a message that was heard by nobody of us."""
    name = _recording_id(call)
    if name and name in platform.messages:
        length_s = platform.messages[name]
        if length_s is not None:
            yield MessageRecorded(call.id, name, length_s)


def _repairs_of(call: Call, caller: str, music: str, platform: Platform) -> Iterator[Effect]:
    yield from _recording_repairs(call, caller, platform)
    if call.state is CallState.GREETED and platform.channels[caller].state != "Up":
        yield AnswerCall(call.id)
        yield from (PlayPrompt(call.id, prompt, call.language) for prompt in call.prompts[:1] if prompt != PAUSE)
        return
    if call.prompts[:1] == [PAUSE] or (call.state in _ALONE_WITH_MUSIC and not call.prompts):
        # Asterisk does not tell whether music plays; starting it again is not heard.
        yield StartMusic(call.id, music)
        return
    recording_id = _recording_id(call)
    if recording_id and recording_id not in platform.messages:
        limit_s = call.voicemail.limit_s if call.voicemail else 0.0
        if call.surveyed is not None:
            limit_s = call.surveyed.survey.comment_limit_s
        yield RecordMessage(call.id, recording_id, limit_s)
        return
    yield from _hearing_repairs(call, caller, music, platform)


def _hearing_repairs(call: Call, caller: str, music: str, platform: Platform) -> Iterator[Effect]:
    who = hearing(call)
    if who is None:
        return
    bridge = platform.bridges.get(names.talk_bridge(call.id))
    inside = set(bridge.channels) if bridge else set()
    together = {caller if leg_id == call.id else leg_id for leg_id in who.together}
    if inside - platform.fresh != together:
        yield ConnectLegs(call.id, who.together, who.apart, music)
    leader = call.supervision
    if leader is not None and _is_beside(call):
        yield SuperviseLeg(call.id, leader.leg_id, call.leg_id, leader.mode is SupervisionMode.WHISPER)


def _recording_repairs(call: Call, caller: str, platform: Platform) -> Iterator[Effect]:
    is_marked = bool(platform.channels[caller].channelvars.get(names.PAUSED_VARIABLE))
    if call.is_recording_paused or is_marked:
        yield SetRecording(call.id, is_on=not call.is_recording_paused)


def _look_at_strangers(state: State, platform: Platform, recovery: Recovery) -> None:
    """Channels in our application that the engine does not know: new callers, or remains of ended calls."""
    for channel in platform.channels.values():
        if names.call_of_snoop(channel.id) is not None:
            recovery.orphan_channels.append(channel.id)
            continue
        known = channel.id in state.calls or channel.id in state.legs or channel.id in platform.fresh
        if known:
            continue
        _, _, arguments = channel.dialplan.app_data.partition(",")
        kind, _, number = arguments.partition(",")
        if names.is_leg(channel.id):
            recovery.repairs.append(EndLeg(channel.id))
        elif channel.dialplan.app_name == _STASIS and kind == names.INBOUND:
            # Whoever has had a bridge was known once: the engine ended that call and the hang-up got lost.
            if names.talk_bridge(channel.id) in platform.bridges:
                recovery.repairs.append(EndLeg(channel.id))
            else:
                recovery.events.append(arrival(channel, number or channel.dialplan.exten))


def _orphan_bridges(state: State, platform: Platform) -> Iterator[str]:
    for bridge in platform.bridges.values():
        call_id = names.call_of_bridge(bridge.id)
        if call_id is not None and call_id not in state.calls and call_id not in platform.fresh:
            yield bridge.id
        lead_of = names.call_of_lead(bridge.id)
        if lead_of is not None and not _is_beside(state.calls.get(lead_of)):
            yield bridge.id


def _is_beside(call: Call | None) -> bool:
    """Whether a leader listens to the call or whispers."""
    leader = call.supervision if call is not None else None
    return leader is not None and leader.is_there and leader.mode is not SupervisionMode.BARGE
