"""Effects → requests to Asterisk. Knows what a call's parties hear now; decides nothing about calls.

Requests leave in the order of the effects and Asterisk works them off in that order, so nothing here waits. 404,
409 and 422 mean that the party has left meanwhile: normal, its end arrives as an event. What cannot be done comes
back as an event (`effects.py`).

The bridge of a conversation is made while the agent's telephone rings, so that the answer does not wait for it.
A caller who waits or is on hold is alone with music, outside of any bridge: the recording, which runs while bridged,
then pauses, and neither side hears the other. Music goes on in a bridge and drowns the agent unless it is stopped.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from allo.ari import names
from allo.ari.client import APPLICATION, LATE, LINK_BROKEN, Answer, OnAnswer, path_of
from allo.ari.messages import CallerId
from allo.ari.recover import Platform
from allo.ari.translate import NORMAL_CAUSE, UNREACHABLE_CAUSE, Translator, caller_of
from allo.core import effects as ef
from allo.core.events import CallArrived, Event, LegEnd, LegEnded, PlaybackFinished

logger = logging.getLogger(__name__)

LONGEST_RINGING_S = 180
"""Longer than any offer: the engine ends offers, not Asterisk."""
_QUOTING = re.compile(r'[\\<>"]')
_GONE = frozenset({404, 409, 422})


class Send(Protocol):
    """`client.Connection.send`."""

    def __call__(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: object = None,
        on_answer: OnAnswer | None = None,
    ) -> None: ...


@dataclass(slots=True)
class CallMedia:
    """What is known of a call inside Asterisk."""

    caller: CallerId = field(default_factory=CallerId)
    has_bridge: bool = False
    with_music: set[str] = field(default_factory=set)
    bridged: set[str] = field(default_factory=set)


class CarryOut:
    """Carries effects out over one connection. `calls` holds every call that has not ended."""

    def __init__(
        self, send: Send, translator: Translator, on_event: Callable[[Event], None], prompts: Callable[[str], str]
    ) -> None:
        self._send = send
        self._legs = translator.legs
        self._on_event = on_event
        self._prompts = prompts
        self.calls: dict[str, CallMedia] = {}
        self.fresh: set[str] | None = None
        """While somebody looks around (`telephony`): what has changed meanwhile."""

    def carry_out(self, effect: ef.Effect) -> None:
        """Send what an effect needs. Effects that do not concern telephony are ignored."""
        match effect:
            case ef.AnswerCall(call_id):
                self._send("POST", path_of("channels", call_id, "answer"), on_answer=_look)
            case ef.PlayPrompt(call_id, prompt):
                self._play(call_id, prompt)
            case ef.StartMusic(call_id, music):
                self._set_apart(call_id, call_id, music)
            case ef.OfferCall():
                self._offer(effect)
            case ef.ConnectLegs(call_id, together, apart, music):
                for leg_id in apart:
                    self._set_apart(call_id, leg_id, music)
                self._bridge(call_id, list(together))
            case ef.EndLeg(leg_id):
                self._end(leg_id)

    def arrived(self, event: CallArrived) -> None:
        """A caller is there."""
        self._call(event.call_id).caller = CallerId(event.caller, event.caller_name)

    def adopt(self, platform: Platform) -> None:
        """Take over what is there after a (re)connection, but for what has changed since it was asked."""
        for channel in platform.channels.values():
            if channel.id in platform.fresh:
                continue
            self._legs.add(channel.id)
            if not names.is_agent_leg(channel.id):
                call = self._call(channel.id)
                call.caller = caller_of(channel)
                call.with_music.add(channel.id)
        for bridge in platform.bridges.values():
            found = self.calls.get(names.call_of_bridge(bridge.id) or "")
            if found is not None:
                found.has_bridge = True
                found.bridged.update(channel for channel in bridge.channels if channel not in platform.fresh)

    def end_bridge(self, bridge_id: str) -> None:
        """Remove a bridge that no call needs."""
        self._send("DELETE", path_of("bridges", bridge_id), on_answer=_look)

    def _call(self, call_id: str) -> CallMedia:
        return self.calls.setdefault(call_id, CallMedia())

    def _play(self, call_id: str, prompt: str) -> None:
        try:
            media = self._prompts(prompt)
        except (LookupError, OSError, ValueError):
            logger.warning("Prompt %s has no sound", prompt)
            self._on_event(PlaybackFinished(call_id, prompt))
            return
        path = path_of("channels", call_id, "play", names.playback(call_id, prompt))
        self._send("POST", path, {"media": media}, on_answer=partial(self._played, call_id, prompt))

    def _played(self, call_id: str, prompt: str, answer: Answer) -> None:
        if not answer.ok and answer.status not in _GONE | {LINK_BROKEN}:
            logger.warning("Asterisk could not play prompt %s: %s", prompt, answer.status)
            self._on_event(PlaybackFinished(call_id, prompt))

    def _set_apart(self, call_id: str, leg_id: str, music: str) -> None:
        call = self._call(call_id)
        if leg_id in call.bridged:
            call.bridged.discard(leg_id)
            path = path_of("bridges", names.talk_bridge(call_id), "removeChannel")
            self._send("POST", path, {"channel": leg_id}, on_answer=_look)
        call.with_music.add(leg_id)
        self._send("POST", path_of("channels", leg_id, "moh"), {"mohClass": music}, on_answer=_look)

    def _offer(self, offer: ef.OfferCall) -> None:
        caller = self._call(offer.call_id).caller
        self._legs.add(offer.leg_id)
        if self.fresh is not None:
            self.fresh.add(offer.leg_id)
        headers = {"X-Allo-Call": offer.call_id, "X-Allo-Leg": offer.leg_id}
        if offer.auto_answer:
            headers["X-Allo-Auto-Answer"] = "yes"
        self._send(
            "POST",
            path_of("channels", offer.leg_id),
            {
                "endpoint": offer.device,
                "app": APPLICATION,
                "appArgs": names.AGENT,
                "timeout": str(LONGEST_RINGING_S),
                "callerId": _caller_id(caller),
            },
            {"variables": {f"PJSIP_HEADER(add,{name})": value for name, value in headers.items()}},
            partial(self._offered, offer.leg_id),
        )
        self._make_bridge(offer.call_id)

    def _offered(self, leg_id: str, answer: Answer) -> None:
        if answer.ok or answer.status == LINK_BROKEN or leg_id not in self._legs:
            return
        # 500 "Allocation failed": the telephone is not registered. No answer in time: it may still come into being.
        self._legs.discard(leg_id)
        if answer.status == LATE:
            self._send("DELETE", path_of("channels", leg_id))
        self._on_event(LegEnded(leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE))

    def _make_bridge(self, call_id: str) -> None:
        call = self._call(call_id)
        if not call.has_bridge:
            call.has_bridge = True
            path = path_of("bridges", names.talk_bridge(call_id))
            self._send("POST", path, {"type": "mixing"}, on_answer=_look)

    def _bridge(self, call_id: str, parties: list[str]) -> None:
        self._make_bridge(call_id)
        self._join(call_id, parties, is_second=False)

    def _join(self, call_id: str, parties: list[str], *, is_second: bool) -> None:
        call = self._call(call_id)
        joining = [channel for channel in parties if channel not in call.bridged]
        if not joining:
            return
        call.bridged.update(joining)
        for leg_id in call.with_music.intersection(joining):
            # Asterisk drops what is written to a channel on which music plays: the caller would not hear the agent.
            call.with_music.discard(leg_id)
            self._send("DELETE", path_of("channels", leg_id, "moh"), on_answer=_look)
        path = path_of("bridges", names.talk_bridge(call_id), "addChannel")
        joined = partial(self._joined, call_id, parties, is_second)
        self._send("POST", path, {"channel": ",".join(joining)}, on_answer=joined)

    def _joined(self, call_id: str, parties: list[str], is_second: bool, answer: Answer) -> None:
        call = self.calls.get(call_id)
        if answer.ok or answer.status == LINK_BROKEN or call is None:
            return
        call.bridged.difference_update(parties)
        _look(answer)
        if not all(channel in self._legs for channel in parties):
            return  # somebody has left: their end tells
        if not is_second:
            # Somebody removed the bridge under us, or Asterisk was slow: once more.
            call.has_bridge = False
            self._make_bridge(call_id)
            self._join(call_id, parties, is_second=True)
        elif answer.status not in _GONE:
            # Nobody may sit in silence: the agent's leg counts as lost, and the engine brings them back.
            for leg_id in parties:
                if leg_id != call_id:
                    self._end(leg_id)
                    self._legs.discard(leg_id)
                    self._on_event(LegEnded(leg_id, LegEnd.LOST, UNREACHABLE_CAUSE))

    def _end(self, leg_id: str) -> None:
        if leg_id in self._legs:
            self._send("DELETE", path_of("channels", leg_id), on_answer=partial(self._hung_up, leg_id))
        call = self.calls.pop(leg_id, None)
        if call is not None and call.has_bridge:
            self.end_bridge(names.talk_bridge(leg_id))

    def _hung_up(self, leg_id: str, answer: Answer) -> None:
        _look(answer)
        if answer.status == 404 and leg_id in self._legs:
            self._legs.discard(leg_id)
            self._on_event(LegEnded(leg_id, LegEnd.NORMAL, NORMAL_CAUSE))


def _caller_id(caller: CallerId) -> str:
    name, number = (_QUOTING.sub("", text) for text in (caller.name, caller.number or "anonymous"))
    return f'"{name}" <{number}>' if name else f"<{number}>"


def _look(answer: Answer) -> None:
    if not answer.ok and answer.status not in _GONE | {LINK_BROKEN}:
        logger.warning("Asterisk refused a request: %s %s", answer.status, answer.body[:200])
