"""After a (re)connection: Asterisk compared with the engine's state. Pure.

Decides what happened while nobody was listening (`Recovery.events`) and what must be put right
(`Recovery.repairs`, effects to be carried out again; all of them are harmless when done twice). Asterisk is right
about who is there, the engine about what they should hear.

A leg that went unseen: one that was to ring rings again (what the agent did meanwhile, an acceptance even, nobody
heard), an answered one counts as lost, because a conversation that is brought back wrongly does less harm than a
caller who is cut off. A caller who went unseen hung up, unless Asterisk was started after the call had begun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from allo.ari import names
from allo.ari.messages import Bridge, Channel
from allo.ari.translate import NORMAL_CAUSE, UNREACHABLE_CAUSE, arrival
from allo.core.call_states import CallState
from allo.core.effects import AnswerCall, ConnectLegs, Effect, EndLeg, OfferCall, PlayPrompt, StartMusic
from allo.core.events import (
    DeviceDown,
    DeviceUp,
    Event,
    LegAnswered,
    LegEnd,
    LegEnded,
    PlaybackFinished,
)
from allo.core.hearing import hearing
from allo.core.state import Call, State

PLATFORM_CAUSE = 41
_STASIS = "Stasis"


@dataclass(frozen=True, slots=True)
class Platform:
    """Asterisk at one moment. `fresh` are channels that changed since the lists were asked for: live events tell."""

    started_at: float
    channels: dict[str, Channel]
    bridges: dict[str, Bridge]
    reachable: dict[str, bool]
    """Agent id → whether their telephone can be reached."""
    playbacks: Mapping[str, bool] = field(default_factory=dict)
    """For the prompts that were asked about: whether they play."""
    fresh: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recovery:
    """What to tell the engine, then what to put right."""

    events: list[Event] = field(default_factory=list)
    repairs: list[Effect] = field(default_factory=list)
    orphan_bridges: list[str] = field(default_factory=list)


def compare(state: State, platform: Platform) -> Recovery:
    """What the engine does not know yet, and what Asterisk does not do as it should."""
    recovery = Recovery()
    events, repairs = recovery.events, recovery.repairs
    events += [DeviceDown(id_) for id_, agent in state.agents.items() if agent.device_up and not _is_up(platform, id_)]
    for call in state.calls.values():
        if call.id in platform.fresh:
            continue
        if call.id not in platform.channels:
            events.append(_caller_gone(call, platform))
            continue
        legs = list(_leg_events(state, call, platform))
        events += legs
        if not legs:
            queue = state.queues.get(call.queue_id)
            repairs += _repairs_of(call, queue.music if queue else "default", platform)
            repairs += _missing_rings(state, call, platform)
            events += _played(call, platform)
    events += [DeviceUp(id_) for id_, agent in state.agents.items() if not agent.device_up and _is_up(platform, id_)]
    _look_at_strangers(state, platform, recovery)
    recovery.orphan_bridges.extend(_orphan_bridges(state, platform))
    return recovery


def _is_up(platform: Platform, agent_id: str) -> bool:
    return platform.reachable.get(agent_id, False)


def _caller_gone(call: Call, platform: Platform) -> LegEnded:
    if call.started_at < platform.started_at:
        return LegEnded(call.id, LegEnd.PLATFORM, PLATFORM_CAUSE)
    return LegEnded(call.id, LegEnd.NORMAL, NORMAL_CAUSE)


def _ringing(call: Call) -> Iterator[tuple[str, str, bool]]:
    """(leg, agent, whether it brings a conversation back) of what should ring now."""
    for offer in call.offers.values():
        yield offer.leg_id, offer.agent_id, False
    if call.back_leg_id:
        yield call.back_leg_id, call.agent_id, True


def _leg_events(state: State, call: Call, platform: Platform) -> Iterator[Event]:
    for leg_id, agent_id, _ in _ringing(call):
        channel = platform.channels.get(leg_id)
        if leg_id in platform.fresh:
            continue
        if channel is not None and _is_ours(channel):
            yield LegAnswered(leg_id)
        elif channel is None and not (_is_up(platform, agent_id) and agent_id in state.config.agents):
            yield LegEnded(leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE)
    if call.leg_id and call.leg_id not in platform.channels and call.leg_id not in platform.fresh:
        yield LegEnded(call.leg_id, LegEnd.LOST, PLATFORM_CAUSE)


def _missing_rings(state: State, call: Call, platform: Platform) -> Iterator[OfferCall]:
    for leg_id, agent_id, is_return in _ringing(call):
        if leg_id not in platform.channels and leg_id not in platform.fresh:
            yield OfferCall(call.id, leg_id, agent_id, state.config.agents[agent_id].device, is_return)


def _played(call: Call, platform: Platform) -> Iterator[Event]:
    """The end of a prompt that was heard by nobody of us; one that never began is repaired instead."""
    if call.state is CallState.GREETED and call.prompts and platform.channels[call.id].state == "Up":
        prompt = call.prompts[0]
        if platform.playbacks.get(names.playback(call.id, prompt)) is False:
            yield PlaybackFinished(call.id, prompt)


def _repairs_of(call: Call, music: str, platform: Platform) -> Iterator[Effect]:
    if call.state is CallState.GREETED:
        if platform.channels[call.id].state != "Up":
            yield AnswerCall(call.id)
            yield from (PlayPrompt(call.id, prompt, call.language) for prompt in call.prompts[:1])
        return
    if call.state in (CallState.WAITING, CallState.LOST):
        # Asterisk does not tell whether music plays; starting it again is not heard.
        yield StartMusic(call.id, music)
        return
    bridge = platform.bridges.get(names.talk_bridge(call.id))
    inside = set(bridge.channels) if bridge else set()
    who = hearing(call)
    if who is not None and (not set(who.together) <= inside or inside & set(who.apart)):
        yield ConnectLegs(call.id, who.together, who.apart, music)


def _look_at_strangers(state: State, platform: Platform, recovery: Recovery) -> None:
    """Channels in our application that the engine does not know: new callers, or remains of ended calls."""
    for channel in platform.channels.values():
        known = channel.id in state.calls or channel.id in state.legs or channel.id in platform.fresh
        if known:
            continue
        _, _, arguments = channel.dialplan.app_data.partition(",")
        kind, _, number = arguments.partition(",")
        if channel.dialplan.app_name == _STASIS and kind == names.INBOUND:
            # Whoever has had a bridge was known once: the engine ended that call and the hang-up got lost.
            if names.talk_bridge(channel.id) in platform.bridges:
                recovery.repairs.append(EndLeg(channel.id))
            else:
                recovery.events.append(arrival(channel, number or channel.dialplan.exten))
        elif names.is_agent_leg(channel.id):
            recovery.repairs.append(EndLeg(channel.id))


def _orphan_bridges(state: State, platform: Platform) -> Iterator[str]:
    for bridge in platform.bridges.values():
        call_id = names.call_of_bridge(bridge.id)
        if call_id is not None and call_id not in state.calls and call_id not in platform.fresh:
            yield bridge.id


def _is_ours(channel: Channel) -> bool:
    return channel.state == "Up" and channel.dialplan.app_name == _STASIS
