"""Effects → requests to Asterisk: who hears whom. What is played, supervision, outside numbers: `speaking`,
`supervise`, `outside`. Knows what a call's parties hear now; decides nothing about calls.

Requests leave in the order of the effects and Asterisk works them off in that order, so nothing here waits. 404,
409 and 422 mean that the party has left meanwhile: normal, its end arrives as an event. What cannot be done comes
back as an event (`effects.py`).

The bridge of a conversation is made while the agent's telephone rings, so that the answer does not wait for it.
Who waits or is put aside is alone with music, outside of any bridge: the recording, which runs while the caller is
bridged, then pauses, and neither side hears the other. Music goes on in a bridge and drowns the talk unless stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from allo.ari import names
from allo.ari.call_media import GONE, Calls, Send, look
from allo.ari.client import APPLICATION, LATE, LINK_BROKEN, Answer, path_of
from allo.ari.messages import CallerId
from allo.ari.outside import Outside
from allo.ari.recover import Platform
from allo.ari.speaking import MessageMedia, Speaking
from allo.ari.supervise import Supervision
from allo.ari.translate import NORMAL_CAUSE, UNREACHABLE_CAUSE, Translator, caller_of
from allo.core import effects as ef
from allo.core.events import CallArrived, Event, LegEnd, LegEnded

LONGEST_RINGING_S = 180
"""Longer than any offer: the engine ends offers, not Asterisk."""
_BUSY_CAUSE = 17
_QUOTING = re.compile(r'[\\<>"]')


class CarryOut:
    """Carries effects out over one connection."""

    def __init__(
        self, send: Send, translator: Translator, on_event: Callable[[Event], None], media: MessageMedia
    ) -> None:
        self._send = send
        self._legs = translator.legs
        self._adopted = translator.adopted
        self._on_event = on_event
        self.calls = Calls()
        self.speaking = Speaking(send, self.calls, translator.playbacks, on_event, media)
        self.supervision = Supervision(send)
        self.outside = Outside(send, self.calls, self._legs, self._adopted, on_event)
        self.caller_of: Callable[[str], CallerId | None] = _nobody_known
        """Whose call it is, as the engine remembers: a call-back's caller is not on any channel."""
        self.fresh: set[str] | None = None
        """While somebody looks around (`look_around`): what has changed meanwhile."""

    def carry_out(self, effect: ef.Effect) -> None:
        """Send what an effect needs. Effects that do not concern telephony are ignored."""
        match effect:
            case ef.AnswerCall(call_id):
                call = self.calls.of(call_id)
                call.is_answered = True
                self._send("POST", path_of("channels", call.caller_leg, "answer"), on_answer=look)
            case ef.PlayPrompt(call_id):
                self._take_caller_out(call_id)
                self.speaking.play(effect)
            case ef.RecordMessage(call_id):
                self._take_caller_out(call_id)
                self.speaking.record(effect)
            case ef.StartMusic(call_id, music):
                self.speaking.stop(call_id)
                self._set_apart(call_id, self.calls.of(call_id).caller_leg, music)
            case ef.OfferCall(_, leg_id):
                self._is_fresh(leg_id)
                self._offer(effect)
            case ef.DialNumber(call_id, leg_id):
                self._is_fresh(leg_id)
                self.outside.dial(effect)
                self._make_bridge(call_id)
            case ef.AdoptLeg():
                self.outside.adopt(effect)
            case ef.ConnectLegs():
                self._connect(effect)
            case ef.SuperviseLeg():
                self.supervision.supervise(effect)
            case ef.EndLeg(leg_id):
                self._end(leg_id)

    def arrived(self, event: CallArrived) -> None:
        """A caller is there."""
        self.calls.of(event.call_id).caller = CallerId(event.caller, event.caller_name)

    def left(self, leg_id: str) -> None:
        """A leg has ended."""
        call = self.calls.get(names.call_of_leg(leg_id) or leg_id)
        if call is not None:
            call.bridged.discard(leg_id)
            call.with_music.pop(leg_id, None)
        self._adopted.pop(leg_id, None)

    def adopt(self, platform: Platform) -> None:
        """Take over what is there after a (re)connection, but for what has changed since it was asked."""
        for channel in platform.channels.values():
            if channel.id in platform.fresh or names.call_of_snoop(channel.id) is not None:
                continue
            self._legs.add(channel.id)
            if not names.is_leg(channel.id):
                call = self.calls.of(channel.id)
                call.caller, call.is_answered = caller_of(channel), channel.state == "Up"
                call.with_music[channel.id] = ""
        for call_id, leg_id in platform.adopted.items():
            self.outside.is_adopted(call_id, leg_id)
            self.calls.of(call_id).with_music[leg_id] = ""
        for bridge in platform.bridges.values():
            call_id = names.call_of_bridge(bridge.id) or ""
            if call_id in self.calls:
                found = self.calls[call_id]
                found.has_bridge = True
                found.bridged.update(channel for channel in bridge.channels if channel not in platform.fresh)
            for channel_id in bridge.channels:
                if (lead := names.call_of_lead(bridge.id)) and names.is_leg(channel_id):
                    self.supervision.seated(lead, channel_id)
        for playback, is_playing in platform.playbacks.items():
            ours = names.call_and_prompt(playback)
            if is_playing and ours is not None and ours[0] in self.calls:
                self.speaking.takes_over(ours[0], playback)

    def forget(self) -> None:
        """The link broke: nothing is known any more."""
        self.calls.clear()
        self.supervision.forget()

    def end_bridge(self, bridge_id: str) -> None:
        """Remove a bridge that no call needs."""
        self._send("DELETE", path_of("bridges", bridge_id), on_answer=look)

    def end_channel(self, channel_id: str) -> None:
        """Remove a channel that is no leg."""
        self._send("DELETE", path_of("channels", channel_id), on_answer=look)

    def _is_fresh(self, leg_id: str) -> None:
        if self.fresh is not None:
            self.fresh.add(leg_id)

    # Who hears whom

    def _connect(self, effect: ef.ConnectLegs) -> None:
        call_id, call = effect.call_id, self.calls.of(effect.call_id)
        together = [self.calls.channel(call_id, leg_id) for leg_id in effect.together]
        apart = [self.calls.channel(call_id, leg_id) for leg_id in effect.apart]
        self.supervision.stops_for(call_id, together)
        if call.caller_leg in together:
            self.speaking.stop(call_id)
        for leg_id in apart:
            has_words = leg_id == call.caller_leg and self.speaking.is_playing(call_id)
            if leg_id in call.bridged or not (has_words or call.with_music.get(leg_id) == effect.music):
                self._set_apart(call_id, leg_id, effect.music)
        for leg_id in sorted(call.bridged.difference(together, apart)):
            self._remove(call_id, leg_id)
        self._make_bridge(call_id)
        self._join(call_id, together, is_second=False)

    def _set_apart(self, call_id: str, leg_id: str, music: str) -> None:
        call = self.calls.of(call_id)
        if leg_id in call.bridged:
            self._remove(call_id, leg_id)
        call.with_music[leg_id] = music
        self._send("POST", path_of("channels", leg_id, "moh"), {"mohClass": music}, on_answer=look)

    def _take_caller_out(self, call_id: str) -> None:
        """Who is spoken to is alone, as after a talk: nobody else hears it, and Asterisk records nobody in a bridge."""
        call = self.calls.of(call_id)
        if call.caller_leg in call.bridged:
            self._remove(call_id, call.caller_leg)

    def _remove(self, call_id: str, leg_id: str) -> None:
        self.calls.of(call_id).bridged.discard(leg_id)
        path = path_of("bridges", names.talk_bridge(call_id), "removeChannel")
        self._send("POST", path, {"channel": leg_id}, on_answer=look)

    def _make_bridge(self, call_id: str) -> None:
        call = self.calls.of(call_id)
        if not call.has_bridge:
            call.has_bridge = True
            path = path_of("bridges", names.talk_bridge(call_id))
            self._send("POST", path, {"type": "mixing"}, on_answer=look)

    def _join(self, call_id: str, parties: list[str], *, is_second: bool) -> None:
        call = self.calls.of(call_id)
        joining = [channel for channel in parties if channel not in call.bridged]
        if not joining:
            return
        call.bridged.update(joining)
        for leg_id in joining:
            # Asterisk drops what is written to a channel on which music plays: the caller would not hear the agent.
            if call.with_music.pop(leg_id, None) is not None:
                self._send("DELETE", path_of("channels", leg_id, "moh"), on_answer=look)
        path = path_of("bridges", names.talk_bridge(call_id), "addChannel")
        joined = partial(self._joined, call_id, parties, is_second)
        self._send("POST", path, {"channel": ",".join(joining)}, on_answer=joined)

    def _joined(self, call_id: str, parties: list[str], is_second: bool, answer: Answer) -> None:
        call = self.calls.get(call_id)
        if answer.ok or answer.status == LINK_BROKEN or call is None:
            return
        call.bridged.difference_update(parties)
        look(answer)
        if not all(channel in self._legs for channel in parties):
            return  # somebody has left: their end tells
        if not is_second:
            # Somebody removed the bridge under us, or Asterisk was slow: once more.
            call.has_bridge = False
            self._make_bridge(call_id)
            self._join(call_id, parties, is_second=True)
        elif answer.status not in GONE:
            # Nobody may sit in silence: the agent's leg counts as lost, and the engine brings them back.
            for leg_id in parties:
                if leg_id != call.caller_leg:
                    self._end(leg_id)
                    self._legs.discard(leg_id)
                    self._on_event(LegEnded(leg_id, LegEnd.LOST, UNREACHABLE_CAUSE))

    # Agents' legs, and the end of all

    def _offer(self, offer: ef.OfferCall) -> None:
        caller = self.caller_of(offer.call_id) or self.calls.of(offer.call_id).caller
        self._legs.add(offer.leg_id)
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

    def _end(self, leg_id: str) -> None:
        self.supervision.left(leg_id)
        call = self.calls.get(leg_id)
        channel = call.caller_leg if call else leg_id
        if channel in self._legs:
            is_refused = call is not None and not call.is_answered
            query = {"reason_code": str(_BUSY_CAUSE)} if is_refused else None
            self._send("DELETE", path_of("channels", channel), query, on_answer=partial(self._hung_up, channel))
        if call is not None:
            self.speaking.stop(leg_id)
            del self.calls[leg_id]
            if call.has_bridge:
                self.end_bridge(names.talk_bridge(leg_id))
        else:
            self.left(leg_id)

    def _hung_up(self, leg_id: str, answer: Answer) -> None:
        look(answer)
        if answer.status == 404 and leg_id in self._legs:
            self._legs.discard(leg_id)
            self._on_event(LegEnded(leg_id, LegEnd.NORMAL, NORMAL_CAUSE))


def _caller_id(caller: CallerId) -> str:
    name, number = (_QUOTING.sub("", text) for text in (caller.name, caller.number or "anonymous"))
    return f'"{name}" <{number}>' if name else f"<{number}>"


def _nobody_known(_call_id: str) -> CallerId | None:
    return None
