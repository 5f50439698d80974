"""Requests: found out whom and which call they are about, then carried out or refused.

Asking for what is already so is accepted and changes nothing: double clicks and second tabs are everyday life.
An agent removed from the configuration may still finish the conversation, but not go on working.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allo.core import requests as rq
from allo.core.agent_states import OFFERED, ON_CALL, WRAP_UP, SystemReason
from allo.core.breaks import answer_break, withdraw_break
from allo.core.call import Call, ConsultState
from allo.core.call_states import DIALLING, HELD, LOST, TALKING
from allo.core.callback import cancel_callback, try_failed
from allo.core.conversation import set_recording_paused
from allo.core.facts import OfferOutcome, TryOutcome
from allo.core.holds import COOL_OFF, hold, resume
from allo.core.journey import set_emergency_closed
from allo.core.offers import refuse_offer
from allo.core.parties import end_consult, let_go
from allo.core.presence import attach, go_ready, log_in, log_out, take_break
from allo.core.refusal import Refusal
from allo.core.state import AgentLive
from allo.core.supervision import call_for_help, force_state, stop_supervising, supervise, take_over
from allo.core.transfer import complete, consult, give_to_another, hang_up, join, transfer
from allo.core.turn import Turn
from allo.core.wrap_up import finish_wrapup

_FOR_COLLEAGUES = (rq.LogIn, rq.GoReady, rq.TakeBreak, rq.Supervise, rq.TakeOver)
_OF_SUPERVISORS = (rq.Supervise, rq.StopSupervising, rq.TakeOver)
_ENDS_ONES_PART = (rq.HangUp, rq.Transfer, rq.CompleteTransfer)
"""Asked for once more when it is done (a double click), these are accepted."""
_ALSO_WHEN_LOST = (rq.HangUp, rq.SetMuted, rq.CallForHelp, rq.PauseRecording)


def answer(turn: Turn, request: rq.Request) -> Refusal | None:
    """Carry the request out, or say why not and change nothing."""
    of_leaders = _OF_LEADERS.get(type(request))
    if of_leaders is not None:
        return of_leaders(turn, request)
    agent = turn.state.agents.get(cast(Any, request).agent_id)
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    if agent.id not in turn.state.config.agents and isinstance(request, _FOR_COLLEAGUES):
        return Refusal.UNKNOWN_AGENT
    if type(request) in _ABOUT_CONVERSATION:
        return _about_conversation(turn, agent, request)
    if isinstance(request, _OF_SUPERVISORS):
        return _about_supervision(turn, agent, request)
    return _REQUESTS[type(request)](turn, agent, request)


def _about_conversation(turn: Turn, agent: AgentLive, request: Any) -> Refusal | None:
    call = turn.state.calls.get(request.call_id)
    is_twice = isinstance(request, _ENDS_ONES_PART) and request.call_id in (agent.call_id, agent.wrapped_call_id)
    if call is None:
        return None if is_twice else Refusal.UNKNOWN_CALL
    if call.agent_id != agent.id:
        return None if is_twice and agent.state not in (OFFERED, ON_CALL) else Refusal.NOT_YOUR_CALL
    if call.state is DIALLING:
        return _while_dialling(turn, call, request)
    if call.state is LOST and not isinstance(request, _ALSO_WHEN_LOST):
        return Refusal.PHONE_NOT_CONNECTED
    return _ABOUT_CONVERSATION[type(request)](turn, call, request)


def _hold(turn: Turn, call: Call, request: rq.Hold) -> Refusal | None:
    return hold(turn, call, request.reason) if call.state is TALKING else None


def _resume(turn: Turn, call: Call, _request: rq.Resume) -> Refusal | None:
    if call.state is HELD:
        resume(turn, call)
    return None


def _cool_off(turn: Turn, call: Call, request: rq.CoolOff) -> Refusal | None:
    if request.with_another:
        give_to_another(turn, call)
    elif call.state is TALKING:
        return hold(turn, call, COOL_OFF)
    return None


def _set_muted(turn: Turn, call: Call, request: rq.SetMuted) -> Refusal | None:
    call.is_muted = request.is_muted
    turn.touched.add(("call", call.id))
    return None


def _about_supervision(
    turn: Turn, leader: AgentLive, request: rq.Supervise | rq.StopSupervising | rq.TakeOver
) -> Refusal | None:
    call = turn.state.calls.get(request.call_id)
    if call is None:
        return Refusal.UNKNOWN_CALL
    if isinstance(request, rq.Supervise):
        return supervise(turn, call, leader, request.mode)
    if isinstance(request, rq.TakeOver):
        return take_over(turn, call, leader)
    return stop_supervising(turn, call, leader)


def _done(act: Callable[[Turn, Call], object]) -> Callable[[Turn, Call, Any], Refusal | None]:
    def handler(turn: Turn, call: Call, _request: object) -> None:
        act(turn, call)

    return handler


def _while_dialling(turn: Turn, call: Call, request: rq.Request) -> Refusal | None:
    if not isinstance(request, rq.HangUp):
        return Refusal.NOT_CONNECTED
    try_failed(turn, call, TryOutcome.AGENT_LEFT)
    return None


def _decline(turn: Turn, agent: AgentLive, request: rq.Decline) -> Refusal | None:
    call = turn.state.calls.get(request.call_id)
    offer = call.offer_to(agent.id) if call is not None else None
    if call is not None and _is_asked(call, agent) and call.consult is not None:
        end_consult(turn, call, call.consult, OfferOutcome.DECLINED)
        return None
    if call is None or offer is None:
        declined = agent.reason == SystemReason.DECLINED.value
        return None if declined else Refusal.NO_OFFER
    refuse_offer(turn, call, offer, OfferOutcome.DECLINED)
    return None


def _is_asked(call: Call, agent: AgentLive) -> bool:
    asked = call.consult
    return asked is not None and asked.agent_id == agent.id and asked.state is ConsultState.RINGING


def _finish_wrapup(turn: Turn, agent: AgentLive, request: rq.FinishWrapUp) -> Refusal | None:
    is_wrapping_up = agent.state is WRAP_UP or agent.lacks_outcome
    if not is_wrapping_up or agent.call_id != request.call_id:
        done_already = agent.wrapped_call_id == request.call_id
        return None if done_already else Refusal.NOT_IN_WRAPUP
    if request.disposition and request.disposition not in turn.state.config.dispositions:
        return Refusal.UNKNOWN_DISPOSITION
    queue = turn.state.queues.get(agent.queue_id)
    if queue is not None and queue.outcome_required and not request.disposition:
        return Refusal.NO_OUTCOME
    finish_wrapup(turn, agent, request.disposition)
    return None


_OF_LEADERS: dict[type, Callable[[Turn, Any], Refusal | None]] = {
    rq.SetEmergencyClosed: set_emergency_closed,
    rq.CancelCallback: cancel_callback,
    rq.AnswerBreak: answer_break,
}
"""What team leaders ask (`leader_id`): they need be no agents."""
_ABOUT_CONVERSATION: dict[type, Callable[[Turn, Call, Any], Refusal | None]] = {
    rq.Hold: _hold,
    rq.Resume: _resume,
    rq.CoolOff: _cool_off,
    rq.SetMuted: _set_muted,
    rq.HangUp: _done(hang_up),
    rq.Transfer: lambda turn, call, request: transfer(turn, call, request.kind, request.to),
    rq.ConsultParty: lambda turn, call, request: consult(turn, call, request.kind, request.to),
    rq.JoinParties: lambda turn, call, _: join(turn, call),
    rq.CompleteTransfer: lambda turn, call, _: complete(turn, call),
    rq.DropParty: _done(let_go),
    rq.PauseRecording: lambda turn, call, request: set_recording_paused(turn, call, is_paused=request.is_paused),
    rq.CallForHelp: _done(call_for_help),
}
"""What the agent of a call asks about it."""
_REQUESTS: dict[type, Callable[[Turn, AgentLive, Any], Refusal | None]] = {
    rq.LogIn: lambda turn, agent, _: log_in(turn, agent),
    rq.LogOut: lambda turn, agent, _: log_out(turn, agent),
    rq.GoReady: lambda turn, agent, _: go_ready(turn, agent),
    rq.TakeBreak: lambda turn, agent, request: take_break(turn, agent, request.reason),
    rq.WithdrawBreak: lambda turn, agent, _: withdraw_break(turn, agent),
    rq.AttachPhone: lambda turn, agent, _: attach(turn, agent),
    rq.Decline: _decline,
    rq.ForceState: lambda turn, _, request: force_state(turn, request),
    rq.FinishWrapUp: _finish_wrapup,
}
