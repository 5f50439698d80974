"""Requests: found out whom and which call they are about, then carried out or refused.

Asking for what is already so is accepted and changes nothing: double clicks and second tabs are everyday life.
An agent removed from the configuration may still finish the conversation, but not go on working.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allo.core import requests as rq
from allo.core.agent_states import AgentState, SystemReason
from allo.core.breaks import answer_break, withdraw_break
from allo.core.call_states import CallState
from allo.core.callback import cancel_callback, try_failed
from allo.core.conversation import end_call, finish_wrapup, hold, resume
from allo.core.facts import EndReason, OfferOutcome, TryOutcome
from allo.core.journey import set_emergency_closed
from allo.core.offers import refuse_offer
from allo.core.presence import attach, go_ready, is_outcome_missing, log_in, log_out, take_break
from allo.core.state import AgentLive, Call
from allo.core.turn import Turn

_FOR_COLLEAGUES = (rq.LogIn, rq.GoReady, rq.TakeBreak)


def answer(turn: Turn, request: rq.Request) -> rq.Refusal | None:
    """Carry the request out, or say why not and change nothing."""
    of_leaders = _OF_LEADERS.get(type(request))
    if of_leaders is not None:
        return of_leaders(turn, request)
    agent = turn.state.agents.get(cast(rq.LogIn, request).agent_id)
    if agent is None:
        return rq.Refusal.UNKNOWN_AGENT
    if agent.id not in turn.state.config.agents and isinstance(request, _FOR_COLLEAGUES):
        return rq.Refusal.UNKNOWN_AGENT
    if isinstance(request, (rq.Hold, rq.Resume, rq.SetMuted, rq.HangUp)):
        return _about_conversation(turn, agent, request)
    return _REQUESTS[type(request)](turn, agent, request)


def _about_conversation(
    turn: Turn, agent: AgentLive, request: rq.Hold | rq.Resume | rq.SetMuted | rq.HangUp
) -> rq.Refusal | None:
    call = turn.state.calls.get(request.call_id)
    if call is None:
        was_mine = isinstance(request, rq.HangUp) and request.call_id in (agent.call_id, agent.wrapped_call_id)
        return None if was_mine else rq.Refusal.UNKNOWN_CALL
    if call.agent_id != agent.id:
        return rq.Refusal.NOT_YOUR_CALL
    if call.state is CallState.DIALLING:
        return _while_dialling(turn, call, request)
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


def _while_dialling(turn: Turn, call: Call, request: rq.Request) -> rq.Refusal | None:
    if not isinstance(request, rq.HangUp):
        return rq.Refusal.NOT_CONNECTED
    try_failed(turn, call, TryOutcome.AGENT_LEFT)
    return None


def _decline(turn: Turn, agent: AgentLive, request: rq.Decline) -> rq.Refusal | None:
    call = turn.state.calls.get(request.call_id)
    offer = call.offer_to(agent.id) if call is not None else None
    if call is None or offer is None:
        declined = agent.reason == SystemReason.DECLINED.value
        return None if declined else rq.Refusal.NO_OFFER
    refuse_offer(turn, call, offer, OfferOutcome.DECLINED)
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


_OF_LEADERS: dict[type, Callable[[Turn, Any], rq.Refusal | None]] = {
    rq.SetEmergencyClosed: set_emergency_closed,
    rq.CancelCallback: cancel_callback,
    rq.AnswerBreak: answer_break,
}
"""What team leaders ask (`leader_id`): they need be no agents."""
_REQUESTS: dict[type, Callable[[Turn, AgentLive, Any], rq.Refusal | None]] = {
    rq.LogIn: lambda turn, agent, _: log_in(turn, agent),
    rq.LogOut: lambda turn, agent, _: log_out(turn, agent),
    rq.GoReady: lambda turn, agent, _: go_ready(turn, agent),
    rq.TakeBreak: lambda turn, agent, request: take_break(turn, agent, request.reason),
    rq.WithdrawBreak: lambda turn, agent, _: withdraw_break(turn, agent),
    rq.AttachPhone: lambda turn, agent, _: attach(turn, agent),
    rq.Decline: _decline,
    rq.FinishWrapUp: _finish_wrapup,
}
