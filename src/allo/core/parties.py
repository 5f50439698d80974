"""The further parties of a conversation and how they leave it: who was asked, and the team leader.

The lower half of `transfer` and `supervision`: a call that ends, or an agent who leaves it, takes them out here.
"""

from __future__ import annotations

from allo.core.agent_states import NOT_READY, READY
from allo.core.call import Call, Consult, ConsultState
from allo.core.call_states import HELD, TALKING
from allo.core.facts import ConsultEnded, OfferOutcome, SupervisionEnded
from allo.core.hearing import connect
from allo.core.model import SupervisionMode
from allo.core.offers import reason_after, release, seek_call
from allo.core.turn import Turn

IN_TALK = frozenset({TALKING, HELD})


def end_consult(turn: Turn, call: Call, asked: Consult, outcome: OfferOutcome) -> None:
    """The asked party leaves; a colleague who let it ring becomes NotReady, any other goes on as before."""
    turn.cancel_timer(f"consult:{asked.leg_id}")
    turn.end_leg(asked.leg_id)
    call.consult = None
    turn.touched.add(("call", call.id))
    lasted_s = turn.now - asked.since_at
    turn.record(ConsultEnded(turn.now, call.id, call.agent_id, asked.agent_id, asked.number, outcome, lasted_s))
    if asked.state is not ConsultState.RINGING:
        connect(turn, call)
    if asked.agent_id:
        agent = turn.state.agents[asked.agent_id]
        if outcome in (OfferOutcome.EXPIRED, OfferOutcome.FAILED) and agent.next_state is READY:
            agent.next_state, agent.next_reason = NOT_READY, reason_after(outcome)
        release(turn, agent)
        seek_call(turn, agent)


def end_supervision(turn: Turn, call: Call) -> None:
    """No leader is in the call any more: left, lost, or the conversation is over."""
    supervision = call.supervision
    if supervision is None:
        return
    call.supervision = None
    turn.end_leg(supervision.leg_id)
    leader = turn.state.agents.get(supervision.leader_id)
    if leader is not None:
        leader.supervises = ""
        turn.touched.add(("agent", leader.id))
    turn.touched.add(("call", call.id))
    if supervision.is_there:
        turn.record(SupervisionEnded(turn.now, call.id, supervision.leader_id))
        if supervision.mode is SupervisionMode.BARGE:
            connect(turn, call)


def let_go(turn: Turn, call: Call) -> None:
    """Whoever was asked leaves, or rings no more; harmless when nobody was."""
    if call.consult is not None:
        is_ringing = call.consult.state is ConsultState.RINGING
        end_consult(turn, call, call.consult, OfferOutcome.WITHDRAWN if is_ringing else OfferOutcome.ACCEPTED)


def dismiss(turn: Turn, call: Call) -> None:
    """The conversation is over for everybody: whoever was asked leaves, and the leader too."""
    let_go(turn, call)
    end_supervision(turn, call)
