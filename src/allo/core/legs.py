"""What it means that a leg has answered or ended: by what the leg is for in its call.

Decides nothing beyond that; each case is a rule of another module. A leg is the caller's (it has the call's id), one
that rings or talks at an agent, one that brings a conversation back, an outside one, the asked party's or the
leader's. Whatever is told late, twice, or of a leg that nobody knows changes nothing.
"""

from __future__ import annotations

from allo.core import callback, survey, voicemail
from allo.core.call import Call, ConsultState
from allo.core.call_states import DIALLING, FORWARDED, SURVEY, VOICEMAIL
from allo.core.conversation import accept_offer, agent_back, end_call
from allo.core.effects import EndLeg
from allo.core.events import LegAnswered, LegEnd, LegEnded
from allo.core.facts import EndReason, TryOutcome
from allo.core.offers import outcome_of, refuse_offer
from allo.core.outside import forwarded, not_forwarded
from allo.core.parties import end_supervision
from allo.core.supervision import leader_there
from allo.core.transfer import hang_up, lose, party_answered, party_gone
from allo.core.turn import Turn


def leg_answered(turn: Turn, event: LegAnswered) -> None:
    """Somebody is there: an agent, whoever was dialled, who was asked, or the team leader. A leg of nobody is ended."""
    if event.leg_id in turn.state.calls:
        return  # a caller's own leg, answered at our own request
    call = turn.state.calls.get(turn.state.legs.get(event.leg_id, ""))
    if call is not None and event.leg_id in call.offers:
        accept_offer(turn, call, call.offers[event.leg_id])
        if call.state is DIALLING:
            callback.ring_customer(turn, call)
    elif call is not None and call.outside_leg_id == event.leg_id:
        if call.state is DIALLING:
            (callback.customer_answered if call.agent_id else forwarded)(turn, call)
    elif call is not None and call.back_leg_id == event.leg_id:
        agent_back(turn, call)
    elif call is not None and call.consult is not None and call.consult.leg_id == event.leg_id:
        if call.consult.state is ConsultState.RINGING:
            party_answered(turn, call, call.consult)
    elif call is not None and call.supervision is not None and call.supervision.leg_id == event.leg_id:
        if not call.supervision.is_there:
            leader_there(turn, call, call.supervision)
    elif call is None or event.leg_id not in (call.leg_id, call.customer_leg_id):
        turn.do(EndLeg(event.leg_id))


_REASON_OF_CALLERS_END = {
    LegEnd.LOST: EndReason.CALLER_LOST,
    LegEnd.PLATFORM: EndReason.PLATFORM_RESTARTED,
}


def leg_ended(turn: Turn, event: LegEnded) -> None:
    """Somebody is there no more, or never came."""
    state = turn.state
    call = state.calls.get(event.leg_id)
    if call is not None:
        _callers_leg_ended(turn, call, event)
        return
    call = state.calls.get(state.legs.get(event.leg_id, ""))
    if call is None:
        return
    if event.leg_id in call.offers:
        refuse_offer(turn, call, call.offers[event.leg_id], outcome_of(event.end))
    elif call.back_leg_id == event.leg_id:
        state.legs.pop(event.leg_id)
        call.back_leg_id = ""
    elif call.customer_leg_id == event.leg_id:
        end_call(turn, call, _reason_of(event), event.cause)
    elif call.outside_leg_id == event.leg_id:
        dialled_in_vain(turn, call, _TRY_OUTCOMES.get(event.end, TryOutcome.UNREACHABLE))
    elif call.consult is not None and call.consult.leg_id == event.leg_id:
        party_gone(turn, call, event.end)
    elif call.supervision is not None and call.supervision.leg_id == event.leg_id:
        end_supervision(turn, call)
    elif call.state is DIALLING:
        is_lost = event.end is not LegEnd.NORMAL
        callback.try_failed(turn, call, TryOutcome.AGENT_LOST if is_lost else TryOutcome.AGENT_LEFT)
    elif call.state is FORWARDED:
        end_call(turn, call, EndReason.OUTSIDE_HUNG_UP, event.cause)
    elif event.end is LegEnd.NORMAL:
        hang_up(turn, call, event.cause)
    else:
        lose(turn, call)


def _reason_of(event: LegEnded) -> EndReason:
    return _REASON_OF_CALLERS_END.get(event.end, EndReason.CALLER_HUNG_UP)


def _callers_leg_ended(turn: Turn, call: Call, event: LegEnded) -> None:
    reason = _reason_of(event)
    if call.state is VOICEMAIL:
        voicemail.caller_left(turn, call, reason, event.cause)
    elif call.state is SURVEY:
        survey.caller_left(turn, call, reason, event.cause)
    elif call.callback is not None and call.callback.agreed_at:
        callback.caller_gone(turn, call, call.callback)
    else:
        end_call(turn, call, reason, event.cause)


_TRY_OUTCOMES = {LegEnd.DECLINED: TryOutcome.BUSY, LegEnd.NO_ANSWER: TryOutcome.NO_ANSWER}


def dialled_in_vain(turn: Turn, call: Call, outcome: TryOutcome = TryOutcome.NO_ANSWER) -> None:
    """A customer who is called back, or an outside number that a caller was sent to, is not reached."""
    if call.agent_id:
        callback.try_failed(turn, call, outcome)
    else:
        not_forwarded(turn, call)
