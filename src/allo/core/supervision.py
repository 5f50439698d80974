"""Team leaders in a conversation: listening, whispering to the agent, stepping in, taking the call over.

Decides when a leader may come in (not while they themselves have a call or are Ready for one; one leader a call) and
what a change of mode means. The leader's telephone is rung with the mark that it answers by itself; who hears whom then
is `hearing`'s. A leader changes an agent's state by the same rules as the agent does, and the fact says who it was.

Invariant: `Call.supervision` names a leader whose `AgentLive.supervises` is that call, and the other way round.
"""

from __future__ import annotations

from allo.core import requests as rq
from allo.core.agent_states import NOT_READY, OFFLINE, ON_CALL, READY, SystemReason
from allo.core.call import Call, Supervision
from allo.core.call_states import LOST, TALKING
from allo.core.conversation import part
from allo.core.effects import OfferCall
from allo.core.facts import HelpCalled, StateForced, SupervisionStarted
from allo.core.hearing import connect
from allo.core.model import SupervisionMode
from allo.core.parties import IN_TALK, end_supervision
from allo.core.presence import go_ready, log_out, take_break
from allo.core.refusal import Refusal
from allo.core.state import AgentLive
from allo.core.turn import Turn
from allo.core.wrap_up import begin_wrapup

_AWAY_FROM_CALLS = frozenset({OFFLINE, NOT_READY})


def supervise(turn: Turn, call: Call, leader: AgentLive, mode: SupervisionMode) -> Refusal | None:
    """Come into a conversation, or change what is done there."""
    there = call.supervision
    if there is not None and there.leader_id == leader.id:
        if there.mode is not mode:
            there.mode = mode
            _say(turn, call, there)
        return None
    if there is not None:
        return Refusal.SUPERVISED_ALREADY
    if call.state not in IN_TALK:
        return Refusal.NOT_TALKING
    if leader.state not in _AWAY_FROM_CALLS or leader.supervises:
        return Refusal.IN_CALL
    if not leader.device_up:
        return Refusal.PHONE_NOT_CONNECTED
    leg_id = call.next_agent_leg_id()
    call.supervision = Supervision(leader.id, leg_id, mode)
    call.needs_help = False
    leader.supervises = call.id
    turn.state.legs[leg_id] = call.id
    turn.touched.update({("call", call.id), ("agent", leader.id)})
    device = turn.state.config.agents[leader.id].device
    turn.do(OfferCall(call.id, leg_id, leader.id, device, auto_answer=True))
    return None


def leader_there(turn: Turn, call: Call, supervision: Supervision) -> None:
    """The leader's telephone has answered."""
    supervision.is_there = True
    _say(turn, call, supervision)


def _say(turn: Turn, call: Call, supervision: Supervision) -> None:
    turn.touched.add(("call", call.id))
    if supervision.is_there:
        leader, mode = supervision.leader_id, supervision.mode.value
        turn.record(SupervisionStarted(turn.now, call.id, call.agent_id, leader, mode))
        connect(turn, call)


def stop_supervising(turn: Turn, call: Call, leader: AgentLive) -> Refusal | None:
    """The leader leaves the conversation."""
    if call.supervision is None or call.supervision.leader_id != leader.id:
        return Refusal.NOT_SUPERVISING
    end_supervision(turn, call)
    return None


def take_over(turn: Turn, call: Call, leader: AgentLive) -> Refusal | None:
    """The leader who is in the conversation takes the agent's place, also of one who was lost; the agent wraps up."""
    supervision = call.supervision
    if supervision is None or supervision.leader_id != leader.id or not supervision.is_there:
        return Refusal.NOT_SUPERVISING
    if call.state is not LOST and call.state not in IN_TALK:
        return Refusal.NOT_TALKING
    if leader.lacks_outcome:
        return Refusal.NO_OUTCOME
    call.supervision, leader.supervises = None, ""
    leaving = part(turn, call, "leader", leader.id)
    call.agent_id = call.served_by = leader.id
    call.leg_id = supervision.leg_id
    if leader.state is OFFLINE:
        turn.move_agent(leader, NOT_READY, SystemReason.LOGGED_IN.value)
    leader.next_state, leader.next_reason = NOT_READY, leader.reason or SystemReason.LOGGED_IN.value
    turn.move_agent(leader, ON_CALL)
    leader.call_id, leader.queue_id = call.id, call.queue_id
    leader.calls_taken += 1
    if call.state is LOST:
        turn.cancel_timer(f"lost:{call.id}")
    if call.state is not TALKING:
        turn.move_call(call, TALKING)
    connect(turn, call)
    begin_wrapup(turn, leaving)
    return None


def call_for_help(turn: Turn, call: Call) -> None:
    """The emergency button; once is enough."""
    if not call.needs_help:
        call.needs_help = True
        turn.touched.add(("call", call.id))
        turn.record(HelpCalled(turn.now, call.id, call.agent_id))


def force_state(turn: Turn, request: rq.ForceState) -> Refusal | None:
    """A leader makes an agent Ready, NotReady or logs them out, by the rules that hold for the agent."""
    agent = turn.state.agents.get(request.whose)
    if agent is None or (request.to is not OFFLINE and agent.id not in turn.state.config.agents):
        return Refusal.UNKNOWN_AGENT
    if request.to is READY:
        refusal = go_ready(turn, agent)
    elif request.to is OFFLINE:
        refusal = log_out(turn, agent)
    else:
        refusal = take_break(turn, agent, request.reason)
    if refusal is None:
        turn.record(StateForced(turn.now, agent.id, request.agent_id, request.to.value, request.reason))
    return refusal
