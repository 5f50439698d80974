"""Passing a conversation on: at once (blind), or after asking (consult), and talking in three.

                  ConsultParty            answers                JoinParties
    TALKING ──────────────────► HELD, the ───────► HELD, the two ───────────► TALKING in three
       ▲                        party rings         talk   │ ▲ Hold │
       │ Resume        declined, no answer │               ▼ │      │ CompleteTransfer, or the agent hangs up
       └───────────────────────────────────┘   TALKING, the party   ▼
                                               waits with music    the party goes on with the caller
Decides who may be asked (a READY colleague, the first free one of a queue, a number that may be dialled), which queue
is passed a call (one that takes callers now), and where the call waits meanwhile: one that is passed on keeps its
urgency and waits for the chosen agent alone, for a while.
Invariant: an agent who is asked is OFFERED or ON_CALL with that call; who was only asked has nothing to wrap up.
"""

from __future__ import annotations

from allo.core import outside
from allo.core.agent_states import OFFERED, ON_CALL, READY
from allo.core.call import Call, Consult, ConsultState
from allo.core.call_states import DIALLING, FORWARDED, HELD, TALKING, WAITING
from allo.core.conversation import end_call, lose_agent, part
from allo.core.effects import OfferCall, StartMusic
from allo.core.events import LegEnd
from allo.core.facts import ConferenceStarted, ConsultEnded, ConsultStarted, EndReason, OfferOutcome, OutsideRefusal
from allo.core.hearing import connect
from allo.core.holds import CONSULT, hold, resume
from allo.core.journey import way_out
from allo.core.model import PartyKind
from allo.core.offers import outcome_of, seek_agent
from allo.core.parties import IN_TALK, end_consult, end_supervision, let_go
from allo.core.refusal import Refusal
from allo.core.selection import free_agent_of
from allo.core.survey import begin_survey, is_wanted
from allo.core.turn import Turn
from allo.core.waiting import come_back, enter, is_at_work, keep_from, reserve
from allo.core.wrap_up import begin_wrapup

RINGS_S = 20.0
_NOT_TAKEN = {
    EndReason.CLOSED: Refusal.QUEUE_CLOSED,
    EndReason.EMERGENCY: Refusal.QUEUE_CLOSED,
    EndReason.FULL: Refusal.QUEUE_FULL,
    EndReason.NOBODY_AT_WORK: Refusal.NOBODY_AT_WORK,
}
"""A queue that would send the caller away or on is not passed one: the agent may still do something better."""
_LIMITS = {
    OutsideRefusal.DAY_LIMIT: Refusal.OUTSIDE_DAY_LIMIT,
    OutsideRefusal.CALL_LIMIT: Refusal.OUTSIDE_CALL_LIMIT,
    OutsideRefusal.AT_ONCE_LIMIT: Refusal.OUTSIDE_AT_ONCE_LIMIT,
    OutsideRefusal.NOT_ALLOWED: Refusal.NUMBER_NOT_ALLOWED,
}


def transfer(turn: Turn, call: Call, kind: PartyKind, to: str) -> Refusal | None:
    """Pass the call on at once; the agent leaves it."""
    state = turn.state
    if call.state not in IN_TALK:
        return Refusal.PHONE_NOT_CONNECTED
    if kind is PartyKind.NUMBER:
        return _transfer_outside(turn, call, to)
    if kind is PartyKind.QUEUE and to not in state.config.queues:
        return Refusal.UNKNOWN_PARTY
    if kind is PartyKind.QUEUE and (because := way_out(turn, state.queues[to])) is not None:
        return _NOT_TAKEN[because]
    if kind is PartyKind.AGENT and (to == call.agent_id or to not in state.config.agents):
        return Refusal.UNKNOWN_PARTY
    if kind is PartyKind.AGENT and not is_at_work(turn, to):
        return Refusal.PARTY_NOT_FREE
    patience_s = state.queues[call.queue_id].transfer_patience_s
    leaving = part(turn, call, kind.value, to)
    end_supervision(turn, call)
    turn.move_call(call, WAITING)
    if kind is PartyKind.QUEUE:
        call.queue_id = to
        enter(turn, call)
    else:
        reserve(turn, call, to, patience_s, "transfer")
        come_back(turn, call)
    turn.do(StartMusic(call.id, state.queues[call.queue_id].music))
    seek_agent(turn, call)
    begin_wrapup(turn, leaving)
    return None


def give_to_another(turn: Turn, call: Call) -> None:
    """After a cool-off: anybody but this agent goes on with the caller."""
    queue = turn.state.queues[call.queue_id]
    leaving = part(turn, call, "another", "")
    end_supervision(turn, call)
    turn.move_call(call, WAITING)
    keep_from(turn, call, leaving.id, queue.cool_off_s)
    come_back(turn, call)
    turn.do(StartMusic(call.id, queue.music))
    seek_agent(turn, call)
    begin_wrapup(turn, leaving)


def _transfer_outside(turn: Turn, call: Call, number: str) -> Refusal | None:
    leg_id = outside.dial(turn, call, number)
    if isinstance(leg_id, OutsideRefusal):
        return _LIMITS[leg_id]
    leaving = part(turn, call, PartyKind.NUMBER.value, number)
    end_supervision(turn, call)
    outside.wait_for_answer(turn, call, leg_id)
    turn.move_call(call, DIALLING)
    turn.do(StartMusic(call.id, turn.state.queues[call.queue_id].music))
    begin_wrapup(turn, leaving)
    return None


# Asking


def consult(turn: Turn, call: Call, kind: PartyKind, to: str) -> Refusal | None:
    """Ring somebody to be asked; the caller is put on hold."""
    if call.consult is not None:
        return Refusal.CONSULTING_ALREADY
    if call.state not in IN_TALK:
        return Refusal.PHONE_NOT_CONNECTED
    asked = _party(turn, call, kind, to)
    if isinstance(asked, Refusal):
        return asked
    if call.state is TALKING:
        hold(turn, call, CONSULT)
    asked.since_at = turn.now
    call.consult = asked
    turn.touched.add(("call", call.id))
    if asked.agent_id:
        _ring_colleague(turn, call, asked)
    turn.start_timer(f"consult:{asked.leg_id}", turn.now + RINGS_S)
    turn.record(ConsultStarted(turn.now, call.id, call.agent_id, asked.agent_id, asked.number, asked.queue_id))
    return None


def _party(turn: Turn, call: Call, kind: PartyKind, to: str) -> Consult | Refusal:
    state = turn.state
    if kind is PartyKind.NUMBER:
        leg_id = outside.dial(turn, call, to, RINGS_S)
        return _LIMITS[leg_id] if isinstance(leg_id, OutsideRefusal) else Consult(leg_id, number=to)
    if to not in (state.config.queues if kind is PartyKind.QUEUE else state.config.agents) or to == call.agent_id:
        return Refusal.UNKNOWN_PARTY
    agent = free_agent_of(state, to) if kind is PartyKind.QUEUE else state.ready.get(to)
    if agent is None:
        return Refusal.PARTY_NOT_FREE
    leg_id = call.next_agent_leg_id()
    return Consult(leg_id, agent_id=agent.id, queue_id=to if kind is PartyKind.QUEUE else "")


def _ring_colleague(turn: Turn, call: Call, asked: Consult) -> None:
    agent = turn.state.agents[asked.agent_id]
    turn.state.legs[asked.leg_id] = call.id
    turn.move_agent(agent, OFFERED)
    agent.call_id, agent.queue_id = call.id, call.queue_id
    agent.next_state, agent.next_reason = READY, ""
    turn.do(OfferCall(call.id, asked.leg_id, agent.id, turn.state.config.agents[agent.id].device))


def party_answered(turn: Turn, call: Call, asked: Consult) -> None:
    """The asked party is there."""
    turn.cancel_timer(f"consult:{asked.leg_id}")
    asked.state = ConsultState.TALKING
    if asked.agent_id:
        turn.move_agent(turn.state.agents[asked.agent_id], ON_CALL)
    turn.touched.add(("call", call.id))
    connect(turn, call)


def party_gone(turn: Turn, call: Call, end: LegEnd) -> None:
    """The asked party did not answer, or has hung up."""
    asked = call.consult
    if asked is not None:
        outcome = OfferOutcome.ACCEPTED if asked.state is not ConsultState.RINGING else outcome_of(end)
        end_consult(turn, call, asked, outcome)


def join(turn: Turn, call: Call) -> Refusal | None:
    """All three talk."""
    asked = call.consult
    if asked is None or asked.state is ConsultState.RINGING:
        return Refusal.NOT_CONSULTING
    if asked.state is ConsultState.TALKING:
        asked.state = ConsultState.JOINED
        turn.record(ConferenceStarted(turn.now, call.id, call.agent_id))
        if call.state is HELD:
            resume(turn, call)
        else:
            turn.touched.add(("call", call.id))
            connect(turn, call)
    return None


def complete(turn: Turn, call: Call) -> Refusal | None:
    """The asked party goes on with the caller, the agent leaves."""
    asked = call.consult
    if asked is None or asked.state is ConsultState.RINGING:
        return Refusal.NOT_CONSULTING
    kind = PartyKind.AGENT if asked.agent_id else PartyKind.NUMBER
    call.consult = None
    leaving = part(turn, call, kind.value, asked.agent_id or asked.number, is_consulted=True)
    lasted_s = turn.now - asked.since_at
    turn.record(
        ConsultEnded(turn.now, call.id, leaving.id, asked.agent_id, asked.number, OfferOutcome.ACCEPTED, lasted_s)
    )
    call.agent_id, call.leg_id = asked.agent_id, asked.leg_id
    if asked.agent_id:
        call.served_by = asked.agent_id
        turn.state.agents[asked.agent_id].calls_taken += 1
        if call.state is HELD:
            turn.move_call(call, TALKING)
    else:
        end_supervision(turn, call)
        turn.move_call(call, FORWARDED)
    connect(turn, call)
    begin_wrapup(turn, leaving)
    return None


def hang_up(turn: Turn, call: Call, cause: int = 16) -> None:
    """The agent hangs up: whoever was asked and is there goes on with the caller; else the call ends."""
    if call.consult is not None and call.consult.state is not ConsultState.RINGING:
        complete(turn, call)
    elif is_wanted(turn, call):
        begin_survey(turn, call)
    else:
        end_call(turn, call, EndReason.AGENT_HUNG_UP, cause)


def lose(turn: Turn, call: Call) -> None:
    """The agent's leg broke: a conference goes on without them; else the caller waits for them to come back."""
    if call.consult is not None and call.consult.state is ConsultState.JOINED:
        complete(turn, call)
        return
    let_go(turn, call)
    lose_agent(turn, call)
