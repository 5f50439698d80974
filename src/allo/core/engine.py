"""`Engine.handle(input, now) -> list[Effect]`: the one place where the centre's rules meet its inputs.

The engine finds what an input is about and hands it to the rules: `arrival`, `offers`, `conversation`, `presence`,
`reconfigure`; `answers` takes the requests. It is deterministic: the same inputs at the same instants give the same
effects, so that a recorded input log replays an incident as a test.

Invariants (properties in `tests/core/test_properties.py`): at most one open offer an agent; no agent in two
calls; every started call ends in exactly one outcome; wrap-up holds across queues; nobody is offered a call
whose caller has left; no call waits behind a less urgent one that went to an agent who could have taken it. A broken
rule of our own raises BrokenRuleError; an odd input from outside (late, doubled, unknown) never does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, cast

from allo.core import callback, menu, survey, voicemail
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.agent_states import WRAP_UP
from allo.core.announcing import has_to_wait, speak
from allo.core.answers import answer
from allo.core.arrival import arrive, call_arrived
from allo.core.breaks import review_breaks
from allo.core.call import Call
from allo.core.call_states import DIALLING, GREETED, HELD, LOST, MENU, SURVEY, VOICEMAIL, WAITING, CallState
from allo.core.conversation import end_recording_pause, give_up_lost_agent
from allo.core.effects import Accepted, Effect, Refused
from allo.core.facts import OfferOutcome
from allo.core.holds import cool_off_over, limit_reached, reason_told
from allo.core.journey import pause_over, playback_finished, somebody_left, waited_too_long
from allo.core.legs import dialled_in_vain, leg_answered, leg_ended
from allo.core.offers import refuse_offer, seek_agent
from allo.core.parties import end_consult
from allo.core.presence import device_down, device_stayed_down, device_up
from allo.core.promises import begin_countdown, consider, time_passes
from allo.core.reconfigure import config_changed
from allo.core.state import AgentLive, State
from allo.core.turn import NumberOf, Turn, with_plus
from allo.core.waiting import free_reservation, free_those_in_vain, widen
from allo.core.wrap_up import wrapup_limit_reached

Input = ev.Event | rq.Request


class Engine:
    """A call centre's rules over its state. `touched` collects what changed until the reader clears it.

    `number_of` reads what callers type as a number, by the rules of a country: pure, so that a replay reads the same.
    """

    def __init__(self, state: State | None = None, number_of: NumberOf = with_plus) -> None:
        self._number_of = number_of
        self.state = state or State()
        self.touched: set[tuple[str, str]] = set()

    def handle(self, what: Input, now: float) -> list[Effect]:
        """Take one input at the instant `now` (POSIX seconds; one before the last input's counts as that)."""
        state = self.state
        state.last_at = max(state.last_at, now)
        turn = Turn(state, state.last_at, self.touched, self._number_of)
        handler = _EVENTS.get(type(what))
        if handler is not None:
            handler(turn, what)
        else:
            refusal = answer(turn, cast(rq.Request, what))
            if refusal is None:
                review_breaks(turn)
            turn.effects.insert(0, Accepted() if refusal is None else Refused(refusal))
        if turn.onward or turn.has_somebody_left:
            _settle(turn)
        if state.reserved:
            for call in free_those_in_vain(turn):
                seek_agent(turn, call)
        for call in turn.queued:
            if call.state is WAITING:
                has_to_wait(turn, call)
                consider(turn, call)
        return turn.effects


def _settle(turn: Turn) -> None:
    """Last of all: callers arrive where they were sent, and those whom nobody is left to answer are sent on."""
    while turn.onward or turn.has_somebody_left:
        if turn.has_somebody_left:
            turn.has_somebody_left = False
            somebody_left(turn)
        while turn.onward:
            call = turn.onward.pop(0)
            if turn.state.calls.get(call.id) is call:
                arrive(turn, call)


def _playback_finished(turn: Turn, event: ev.PlaybackFinished) -> None:
    call = turn.state.calls.get(event.call_id)
    if call is not None and call.state in _PLAYED:
        begin_countdown(turn, call, event.prompt)
        _PLAYED[call.state](turn, call, event.prompt)


def _key_pressed(turn: Turn, event: ev.KeyPressed) -> None:
    call = turn.state.calls.get(event.call_id)
    if call is not None and call.state in _KEYS and event.key in KEYS:
        _KEYS[call.state](turn, call, event.key)


def _message_recorded(turn: Turn, event: ev.MessageRecorded) -> None:
    call = turn.state.calls.get(event.call_id)
    if call is not None and call.state in _RECORDED:
        _RECORDED[call.state](turn, call, event)


def _timer_fired(turn: Turn, event: ev.TimerFired) -> None:
    state = turn.state
    if state.timers.pop(event.timer_id, None) is None:
        return
    kind, _, name = event.timer_id.partition(":")
    if kind in _TIMERS_OF_CALLS:
        call = state.calls.get(name)
        states, of_call = _TIMERS_OF_CALLS[kind]
        if call is not None and call.state in states:
            of_call(turn, call)
    elif kind in _TIMERS_OF_LEGS:
        call = state.calls.get(state.legs.get(name, ""))
        if call is not None:
            _TIMERS_OF_LEGS[kind](turn, call, name)
    elif kind in _TIMERS_OF_AGENTS:
        _TIMERS_OF_AGENTS[kind](turn, state.agents[name])
    elif kind == "breaks":
        review_breaks(turn)


def _offer_expired(turn: Turn, call: Call, leg_id: str) -> None:
    if leg_id in call.offers:
        refuse_offer(turn, call, call.offers[leg_id], OfferOutcome.EXPIRED)


def _consult_expired(turn: Turn, call: Call, leg_id: str) -> None:
    if call.consult is not None and call.consult.leg_id == leg_id:
        end_consult(turn, call, call.consult, OfferOutcome.EXPIRED)


def _wrapup_ran_out(turn: Turn, agent: AgentLive) -> None:
    if agent.state is WRAP_UP:
        wrapup_limit_reached(turn, agent)


def _device_event(
    handle: Callable[[Turn, AgentLive], None],
) -> Callable[[Turn, ev.DeviceUp | ev.DeviceDown], None]:
    def handler(turn: Turn, event: ev.DeviceUp | ev.DeviceDown) -> None:
        agent = turn.state.agents.get(event.agent_id)
        if agent is not None:
            handle(turn, agent)

    return handler


def _then_seek(change: Callable[[Turn, Call], None]) -> Callable[[Turn, Call], None]:
    def handler(turn: Turn, call: Call) -> None:
        change(turn, call)
        seek_agent(turn, call)

    return handler


_TIMERS_OF_CALLS: dict[str, tuple[Collection[CallState], Callable[[Turn, Call], None]]] = {
    "lost": ((LOST,), give_up_lost_agent),
    "unpause": (frozenset(CallState), end_recording_pause),
    "dial": ((DIALLING,), dialled_in_vain),
    "hold": ((HELD,), limit_reached),
    "cool": ((HELD,), cool_off_over),
    "widen": ((WAITING,), _then_seek(widen)),
    "reserved": ((WAITING,), _then_seek(free_reservation)),
    "speak": ((WAITING,), speak),
    "promise": ((WAITING,), time_passes),
    "too_long": ((WAITING,), waited_too_long),
    "menu": ((MENU,), menu.no_key),
    "pause": ((GREETED,), pause_over),
    "callback": ((WAITING,), callback.time_passed),
    "voicemail": ((VOICEMAIL,), voicemail.never_recorded),
    "survey": ((SURVEY,), survey.no_key),
}
"""Timers named `<kind>:<call id>`, the states in which they mean something, and what."""
_TIMERS_OF_LEGS: dict[str, Callable[[Turn, Call, str], None]] = {"offer": _offer_expired, "consult": _consult_expired}
_TIMERS_OF_AGENTS: dict[str, Callable[[Turn, AgentLive], None]] = {
    "wrapup": _wrapup_ran_out,
    "device": device_stayed_down,
}
KEYS = frozenset("0123456789*#")
_KEYS: dict[CallState, Callable[[Turn, Call, str], None]] = {
    MENU: menu.key_pressed,
    WAITING: callback.key_pressed,
    SURVEY: survey.key_pressed,
}
"""What a key of the caller means, by the state of the call; in other states it means nothing."""
_PLAYED: dict[CallState, Callable[[Turn, Call, str], None]] = {
    GREETED: playback_finished,
    MENU: menu.prompt_played,
    VOICEMAIL: voicemail.prompt_played,
    WAITING: callback.prompt_played,
    HELD: reason_told,
    SURVEY: survey.prompt_played,
}
"""What follows a prompt; each checks that it is the one which is playing."""
_RECORDED: dict[CallState, Callable[[Turn, Call, ev.MessageRecorded], None]] = {
    VOICEMAIL: voicemail.recorded,
    SURVEY: survey.recorded,
}
"""What becomes of a message spoken by the caller."""
_EVENTS: dict[type, Callable[[Turn, Any], None]] = {
    ev.ConfigChanged: config_changed,
    ev.CallArrived: call_arrived,
    ev.PlaybackFinished: _playback_finished,
    ev.KeyPressed: _key_pressed,
    ev.MessageRecorded: _message_recorded,
    ev.LegAnswered: leg_answered,
    ev.LegEnded: leg_ended,
    ev.TimerFired: _timer_fired,
    ev.DeviceUp: _device_event(device_up),
    ev.DeviceDown: _device_event(device_down),
}
