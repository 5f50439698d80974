"""What an agent asks about their own presence, and what their telephone tells about it.

A wish made while busy (offer, call, wrap-up) is accepted and granted when the call is done. A telephone that
goes away for a moment (a page reload) costs the agent nothing; one that stays away makes them NotReady.
"""

from __future__ import annotations

from allo.core.agent_states import BUSY, NOT_READY, OFFERED, OFFLINE, ON_CALL, READY, AgentState, SystemReason
from allo.core.break_plan import BreakKind
from allo.core.breaks import ask_break
from allo.core.call_states import LOST
from allo.core.conversation import attach_phone, drop_back_leg
from allo.core.facts import OfferOutcome
from allo.core.offers import lose_offer, seek_call, start_device_grace
from allo.core.parties import end_consult
from allo.core.refusal import Refusal
from allo.core.state import AgentLive
from allo.core.turn import Turn
from allo.core.wrap_up import finish_wrapup


def log_in(turn: Turn, agent: AgentLive) -> Refusal | None:
    """OFFLINE → NOT_READY."""
    if agent.state is OFFLINE:
        agent.calls_taken = 0
        agent.rested_at = turn.now
        agent.ready_s = agent.handling_s = 0.0
        turn.move_agent(agent, NOT_READY, SystemReason.LOGGED_IN.value)
    elif agent.next_state is OFFLINE:
        _wish(turn, agent, READY, "")
    return None


def log_out(turn: Turn, agent: AgentLive) -> Refusal | None:
    """To OFFLINE, now or after the call."""
    if agent.state in BUSY:
        _wish(turn, agent, OFFLINE, "")
    elif agent.state is not OFFLINE:
        if agent.lacks_outcome:
            agent.next_state = OFFLINE
            finish_wrapup(turn, agent, "")
        else:
            turn.move_agent(agent, OFFLINE)
        turn.cancel_timer(f"device:{agent.id}")
    return None


def go_ready(turn: Turn, agent: AgentLive) -> Refusal | None:
    """To READY, and at once to a waiting call; while busy it takes a wish for a break back."""
    if agent.state is OFFLINE:
        return Refusal.NOT_LOGGED_IN
    if agent.state in BUSY:
        _wish(turn, agent, READY, "")
        return None
    if agent.lacks_outcome:
        return Refusal.NO_OUTCOME
    if not agent.device_up:
        return Refusal.PHONE_NOT_CONNECTED
    if agent.supervises:
        return Refusal.IN_CALL
    if agent.state is NOT_READY:
        turn.move_agent(agent, READY)
        seek_call(turn, agent)
    return None


def take_break(turn: Turn, agent: AgentLive, reason: str) -> Refusal | None:
    """To NOT_READY with a reason, now or after the call; a reason with a rule has to be granted."""
    if reason not in turn.state.config.break_reasons:
        return Refusal.UNKNOWN_BREAK
    if agent.state is OFFLINE:
        return Refusal.NOT_LOGGED_IN
    rule = turn.state.config.break_rules.get(reason)
    if rule is not None:
        if agent.lacks_outcome and rule.kind is not BreakKind.COMFORT:
            return Refusal.NO_OUTCOME
        ask_break(turn, agent, rule)
    elif agent.state in BUSY:
        _wish(turn, agent, NOT_READY, reason)
    elif agent.lacks_outcome:
        return Refusal.NO_OUTCOME
    elif agent.reason != reason:
        turn.move_agent(agent, NOT_READY, reason)
        turn.cancel_timer(f"device:{agent.id}")
    return None


def attach(turn: Turn, agent: AgentLive) -> Refusal | None:
    """The agent's page is back: bring the running conversation to it, if there is one."""
    call = turn.state.calls.get(agent.call_id)
    if agent.state is ON_CALL and call is not None and call.agent_id == agent.id:
        attach_phone(turn, call)
    return None


def device_up(turn: Turn, agent: AgentLive) -> None:
    """The telephone is reachable: a Ready agent can be selected, a lost one comes back."""
    if agent.device_up:
        return
    agent.device_up = True
    turn.touched.add(("agent", agent.id))
    turn.cancel_timer(f"device:{agent.id}")
    turn.refresh_ready(agent)
    call = turn.state.calls.get(agent.call_id)
    if call is not None and call.state is LOST and call.agent_id == agent.id:
        attach_phone(turn, call)
    seek_call(turn, agent)


def device_down(turn: Turn, agent: AgentLive) -> None:
    """The telephone went away: it rings no more and gets no offers; NotReady if it stays away."""
    if not agent.device_up:
        return
    agent.device_up = False
    turn.touched.add(("agent", agent.id))
    turn.refresh_ready(agent)
    if agent.state is READY:
        start_device_grace(turn, agent)
        return
    call = turn.state.calls.get(agent.call_id)
    offer = call.offer_to(agent.id) if call is not None else None
    if call is not None and offer is not None:
        lose_offer(turn, call, offer)
    elif call is not None and agent.state is OFFERED and call.consult is not None:
        end_consult(turn, call, call.consult, OfferOutcome.WITHDRAWN)
    elif call is not None and agent.state is ON_CALL and call.agent_id == agent.id:
        drop_back_leg(turn, call)


def device_stayed_down(turn: Turn, agent: AgentLive) -> None:
    """The grace is over."""
    if agent.state is READY and not agent.device_up:
        turn.move_agent(agent, NOT_READY, SystemReason.PHONE_LOST.value)


def _wish(turn: Turn, agent: AgentLive, state: AgentState, reason: str) -> None:
    agent.next_state, agent.next_reason = state, reason
    turn.touched.add(("agent", agent.id))
