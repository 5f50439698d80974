"""`Engine.handle(input, now) -> list[Effect]`: the one place where the centre's rules meet its inputs.

The engine finds what an input is about and hands it to the rules: arrival and queueing here, `offers`,
`conversation`, `presence`. It is deterministic: the same inputs at the same instants give the same effects, so
that a recorded input log replays an incident as a test.

Invariants (properties in `tests/core/test_properties.py`): at most one open offer an agent; no agent in two
calls; every started call ends in exactly one outcome; wrap-up holds across queues; nobody is offered a call
whose caller has left; FIFO within equal priority across an agent's queues. A broken rule of our own raises
AssertionError; an odd input from outside (late, doubled, unknown) never does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allo.core import events as ev
from allo.core import requests as rq
from allo.core.agent_states import AgentState, SystemReason
from allo.core.call_states import CallState
from allo.core.conversation import (
    accept_offer,
    agent_back,
    end_call,
    finish_wrapup,
    give_up_lost_agent,
    hold,
    lose_agent,
    resume,
    wrapup_limit_reached,
)
from allo.core.effects import (
    Accepted,
    AnswerCall,
    Effect,
    EndLeg,
    PlayPrompt,
    Refused,
    StartMusic,
)
from allo.core.facts import CallEntered, CallStarted, EndReason, GreetingPlayed, OfferOutcome
from allo.core.model import Queue
from allo.core.offers import (
    leave_offer,
    outcome_of,
    refuse_offer,
    seek_agent,
    seek_for_everyone,
)
from allo.core.presence import (
    attach,
    device_down,
    device_stayed_down,
    device_up,
    go_ready,
    is_outcome_missing,
    log_in,
    log_out,
    take_break,
)
from allo.core.state import AgentLive, Call, State
from allo.core.turn import Turn

Input = ev.Event | rq.Request

UNKNOWN_NUMBER_PROMPT = "system:unknown_number"


class Engine:
    """A call centre's rules over its state. `touched` collects what changed until the reader clears it."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or State()
        self.touched: set[tuple[str, str]] = set()

    def handle(self, what: Input, now: float) -> list[Effect]:
        """Take one input at the instant `now` (POSIX seconds, never earlier than the last one)."""
        turn = Turn(self.state, now, self.touched)
        handler = _EVENTS.get(type(what))
        if handler is not None:
            handler(turn, what)
        else:
            refusal = _answer(turn, what)
            turn.effects.insert(0, Accepted() if refusal is None else Refused(refusal))
        return turn.effects


# ── arrival and queueing ────────────────────────────────────────────────────────────────────────────


def _call_arrived(turn: Turn, event: ev.CallArrived) -> None:
    state = turn.state
    if event.call_id in state.calls:
        return
    route = state.config.numbers.get(event.number)
    queue = state.queues.get(route.queue_id) if route else None
    call = Call(
        id=event.call_id,
        number=event.number,
        caller=event.caller,
        caller_name=event.caller_name,
        customer_id=event.customer_id,
        queue_id=queue.id if queue else "",
        started_at=turn.now,
        state=CallState.GREETED,
        since_at=turn.now,
    )
    state.calls[call.id] = call
    turn.touched.add(("call", call.id))
    turn.record(CallStarted(turn.now, call.id, call.number, call.caller, call.caller_name, call.queue_id))
    turn.do(AnswerCall(call.id))
    if route is None or queue is None:
        call.prompts = [UNKNOWN_NUMBER_PROMPT]
    else:
        greeting = _choose_greeting(turn, queue, event.last_greeting)
        call.prompts = [prompt for prompt in (route.opening_message, greeting) if prompt]
    _play_next(turn, call)


def _choose_greeting(turn: Turn, queue: Queue, last: str) -> str:
    """The queue's greetings take turns; a returning customer never hears the same twice running."""
    if not queue.greetings:
        return ""
    turns = turn.state.greeting_turns
    place = turns.get(queue.id, 0)
    if queue.greetings[place % len(queue.greetings)] == last:
        place += 1
    turns[queue.id] = place + 1
    return queue.greetings[place % len(queue.greetings)]


def _play_next(turn: Turn, call: Call) -> None:
    if call.prompts:
        turn.do(PlayPrompt(call.id, call.prompts[0]))
        turn.record(GreetingPlayed(turn.now, call.id, call.prompts[0]))
    elif call.queue_id:
        _enter_queue(turn, call)
    else:
        end_call(turn, call, EndReason.UNKNOWN_NUMBER)


def _enter_queue(turn: Turn, call: Call) -> None:
    state = turn.state
    queue = state.queues[call.queue_id]
    state.arrivals += 1
    call.entered_at = turn.now
    call.order = (float(-queue.priority), turn.now, state.arrivals)
    turn.move_call(call, CallState.WAITING)
    position = state.enqueue(call)
    turn.record(CallEntered(turn.now, call.id, call.queue_id, position))
    turn.do(StartMusic(call.id, queue.music))
    seek_agent(turn, call)


def _playback_finished(turn: Turn, event: ev.PlaybackFinished) -> None:
    call = turn.state.calls.get(event.call_id)
    if call is None or call.state is not CallState.GREETED or call.prompts[:1] != [event.prompt]:
        return
    del call.prompts[0]
    _play_next(turn, call)


# ── legs ────────────────────────────────────────────────────────────────────────────────────────────


def _leg_answered(turn: Turn, event: ev.LegAnswered) -> None:
    call = turn.state.calls.get(turn.state.legs.get(event.leg_id, ""))
    if call is not None and call.offer is not None and call.offer.leg_id == event.leg_id:
        accept_offer(turn, call)
    elif call is not None and call.back_leg_id == event.leg_id:
        agent_back(turn, call)
    elif call is None or call.leg_id != event.leg_id:
        turn.do(EndLeg(event.leg_id))


_REASON_OF_CALLERS_END = {
    ev.LegEnd.LOST: EndReason.CALLER_LOST,
    ev.LegEnd.PLATFORM: EndReason.PLATFORM_RESTARTED,
}


def _leg_ended(turn: Turn, event: ev.LegEnded) -> None:
    state = turn.state
    call = state.calls.get(event.leg_id)
    if call is not None:
        reason = _REASON_OF_CALLERS_END.get(event.end, EndReason.CALLER_HUNG_UP)
        if not call.queue_id:
            reason = EndReason.UNKNOWN_NUMBER
        end_call(turn, call, reason, event.cause)
        return
    call = state.calls.get(state.legs.get(event.leg_id, ""))
    if call is None:
        return
    if call.offer is not None and call.offer.leg_id == event.leg_id:
        refuse_offer(turn, call, outcome_of(event.end))
    elif call.back_leg_id == event.leg_id:
        state.legs.pop(event.leg_id)
        call.back_leg_id = ""
    elif event.end is ev.LegEnd.NORMAL:
        end_call(turn, call, EndReason.AGENT_HUNG_UP, event.cause)
    else:
        lose_agent(turn, call)


# ── timers and configuration ────────────────────────────────────────────────────────────────────────


def _timer_fired(turn: Turn, event: ev.TimerFired) -> None:
    state = turn.state
    if state.timers.pop(event.timer_id, None) is None:
        return
    kind, _, name = event.timer_id.partition(":")
    if kind == "offer":
        call = state.calls.get(state.legs.get(name, ""))
        if call is not None and call.offer is not None and call.offer.leg_id == name:
            refuse_offer(turn, call, OfferOutcome.EXPIRED)
    elif kind == "lost":
        call = state.calls.get(name)
        if call is not None and call.state is CallState.LOST:
            give_up_lost_agent(turn, call)
    elif kind == "wrapup":
        if state.agents[name].state is AgentState.WRAP_UP:
            wrapup_limit_reached(turn, state.agents[name])
    elif kind == "device":
        device_stayed_down(turn, state.agents[name])


def _config_changed(turn: Turn, event: ev.ConfigChanged) -> None:
    state, config = turn.state, event.config
    in_use = {call.queue_id for call in state.calls.values()}
    in_use |= {agent.queue_id for agent in state.agents.values()}
    kept = {id_: queue for id_, queue in state.queues.items() if id_ in in_use}
    turn.touched.update(("queue", id_) for id_ in (*state.queues, *config.queues))
    turn.touched.update(("agent", id_) for id_ in (*state.agents, *config.agents))
    state.config = config
    state.queues = {**kept, **config.queues}
    for id_ in config.agents:
        if id_ not in state.agents:
            state.agents[id_] = AgentLive(id=id_, since_at=turn.now)
    for agent in [agent for id_, agent in state.agents.items() if id_ not in config.agents]:
        _remove_agent(turn, agent)
    seek_for_everyone(turn)


def _remove_agent(turn: Turn, agent: AgentLive) -> None:
    """A person deleted from the configuration keeps the call they are in and leaves after it."""
    if agent.state is AgentState.OFFERED:
        call = turn.state.calls[agent.call_id]
        agent.next_state, agent.next_reason = AgentState.OFFLINE, SystemReason.REMOVED.value
        refuse_offer(turn, call, OfferOutcome.FAILED)
    elif agent.state in (AgentState.ON_CALL, AgentState.WRAP_UP):
        agent.next_state, agent.next_reason = AgentState.OFFLINE, SystemReason.REMOVED.value
        return
    elif agent.state is not AgentState.OFFLINE:
        leave_offer(turn, agent, AgentState.OFFLINE, SystemReason.REMOVED.value)
    turn.cancel_timer(f"device:{agent.id}")
    del turn.state.agents[agent.id]


# ── requests ────────────────────────────────────────────────────────────────────────────────────────


def _answer(turn: Turn, request: Any) -> rq.Refusal | None:
    agent = turn.state.agents.get(request.agent_id)
    if agent is None:
        return rq.Refusal.UNKNOWN_AGENT
    if isinstance(request, (rq.Hold, rq.Resume, rq.SetMuted, rq.HangUp)):
        return _about_conversation(turn, agent, request)
    return _REQUESTS[type(request)](turn, agent, request)


def _about_conversation(
    turn: Turn, agent: AgentLive, request: rq.Hold | rq.Resume | rq.SetMuted | rq.HangUp
) -> rq.Refusal | None:
    call = turn.state.calls.get(request.call_id)
    if call is None:
        was_mine = isinstance(request, rq.HangUp) and agent.call_id == request.call_id
        return None if was_mine else rq.Refusal.UNKNOWN_CALL
    if call.agent_id != agent.id:
        return rq.Refusal.NOT_YOUR_CALL
    if isinstance(request, rq.HangUp):
        end_call(turn, call, EndReason.AGENT_HUNG_UP)
    elif isinstance(request, rq.SetMuted):
        call.is_muted = request.is_muted
        turn.touched.add(("call", call.id))
    elif call.state is CallState.LOST:
        return rq.Refusal.PHONE_NOT_CONNECTED
    elif isinstance(request, rq.Hold) and call.state is CallState.TALKING:
        hold(turn, call)
    elif isinstance(request, rq.Resume) and call.state is CallState.HELD:
        resume(turn, call)
    return None


def _decline(turn: Turn, agent: AgentLive, request: rq.Decline) -> rq.Refusal | None:
    call = turn.state.calls.get(request.call_id)
    if call is None or call.offer is None or call.offer.agent_id != agent.id:
        declined = agent.reason == SystemReason.DECLINED.value
        return None if declined else rq.Refusal.NO_OFFER
    refuse_offer(turn, call, OfferOutcome.DECLINED)
    return None


def _finish_wrapup(turn: Turn, agent: AgentLive, request: rq.FinishWrapUp) -> rq.Refusal | None:
    is_wrapping_up = agent.state is AgentState.WRAP_UP or is_outcome_missing(agent)
    if not is_wrapping_up or agent.call_id != request.call_id:
        done_already = agent.wrapped_call_id == request.call_id
        return None if done_already else rq.Refusal.NOT_IN_WRAPUP
    if request.disposition and request.disposition not in turn.state.config.dispositions:
        return rq.Refusal.UNKNOWN_DISPOSITION
    queue = turn.state.queues.get(agent.queue_id)
    if queue is not None and queue.outcome_required and not request.disposition:
        return rq.Refusal.NO_OUTCOME
    finish_wrapup(turn, agent, request.disposition)
    return None


_REQUESTS: dict[type, Callable[[Turn, AgentLive, Any], rq.Refusal | None]] = {
    rq.LogIn: lambda turn, agent, _request: log_in(turn, agent),
    rq.LogOut: lambda turn, agent, _request: log_out(turn, agent),
    rq.GoReady: lambda turn, agent, _request: go_ready(turn, agent),
    rq.TakeBreak: lambda turn, agent, request: take_break(turn, agent, request.reason),
    rq.AttachPhone: lambda turn, agent, _request: attach(turn, agent),
    rq.Decline: _decline,
    rq.FinishWrapUp: _finish_wrapup,
}


def _device_event(
    handle: Callable[[Turn, AgentLive], None],
) -> Callable[[Turn, ev.DeviceUp | ev.DeviceDown], None]:
    def handler(turn: Turn, event: ev.DeviceUp | ev.DeviceDown) -> None:
        agent = turn.state.agents.get(event.agent_id)
        if agent is not None:
            handle(turn, agent)

    return handler


_EVENTS: dict[type, Callable[[Turn, Any], None]] = {
    ev.ConfigChanged: _config_changed,
    ev.CallArrived: _call_arrived,
    ev.PlaybackFinished: _playback_finished,
    ev.LegAnswered: _leg_answered,
    ev.LegEnded: _leg_ended,
    ev.TimerFired: _timer_fired,
    ev.DeviceUp: _device_event(device_up),
    ev.DeviceDown: _device_event(device_down),
}
