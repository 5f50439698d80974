"""Offers: a call rings at one agent until it is accepted, declined, expires, fails or is withdrawn.

Invariants: an agent has at most one open offer; a call rings at one agent at a time and keeps its place meanwhile
(with the strategy `ring_all` at all free ones, and the first to answer has it); nobody is offered a call whose caller
has left. An agent who lets it ring, declines, or whose telephone fails becomes NotReady with the reason showing, so
that the next caller is not sent there too.
"""

from __future__ import annotations

from allo.core.agent_states import NOT_READY, OFFERED, OFFLINE, READY, SystemReason
from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call, Offer
from allo.core.effects import OfferCall
from allo.core.events import LegEnd
from allo.core.facts import OfferEnded, OfferMade, OfferOutcome
from allo.core.selection import Choice, select_agents, select_call
from allo.core.state import AgentLive
from allo.core.turn import Turn

DEVICE_GRACE_S = 10.0
"""How long a Ready agent's telephone may be away before they become NotReady; a page reload takes 1-2 s."""

_REASON_AFTER = {
    OfferOutcome.DECLINED: SystemReason.DECLINED,
    OfferOutcome.EXPIRED: SystemReason.NO_ANSWER,
    OfferOutcome.FAILED: SystemReason.PHONE_FAILED,
}
_OUTCOME_OF_LEG_END = {
    LegEnd.DECLINED: OfferOutcome.DECLINED,
    LegEnd.NO_ANSWER: OfferOutcome.EXPIRED,
}


def seek_agent(turn: Turn, call: Call) -> None:
    """Offer a waiting call to whom it may go to now: one free agent, or all where all ring."""
    if turn.state.ready and not call.offers:
        for choice in select_agents(turn.state, call, turn.now):
            make_offer(turn, choice)


def seek_call(turn: Turn, agent: AgentLive) -> None:
    """Offer a waiting call to an agent if one waits for them."""
    if agent.id in turn.state.ready:
        choice = select_call(turn.state, agent, turn.now)
        if choice is not None:
            make_offer(turn, choice)


def seek_for_everyone(turn: Turn) -> None:
    """After the configuration changed: match every waiting call that can be matched, best first."""
    calls = sorted(
        (call for line in turn.state.waiting.values() for call in line if not call.offers),
        key=lambda call: call.order,
    )
    for call in calls:
        seek_agent(turn, call)


def make_offer(turn: Turn, choice: Choice) -> None:
    """Ring the chosen agent."""
    call, agent, state = choice.call, choice.agent, turn.state
    queue = state.queues[call.queue_id]
    leg_id = call.next_agent_leg_id()
    expires_at = turn.now + queue.offer_timeout_s
    call.offers[leg_id] = Offer(leg_id, agent.id, turn.now, expires_at, choice.reason)
    state.legs[leg_id] = call.id
    state.last_offered[queue.id] = agent.id
    turn.move_agent(agent, OFFERED)
    agent.call_id, agent.queue_id = call.id, call.queue_id
    agent.next_state, agent.next_reason = READY, ""
    turn.touched.add(("call", call.id))
    turn.do(OfferCall(call.id, leg_id, agent.id, state.config.agents[agent.id].device))
    turn.start_timer(f"offer:{leg_id}", expires_at)
    turn.record(OfferMade(turn.now, call.id, call.queue_id, agent.id, leg_id, choice.reason))


def close_offer(turn: Turn, call: Call, offer: Offer, outcome: OfferOutcome) -> AgentLive:
    """End an open offer in the books; the agent's next state is the caller's business."""
    if call.offers.pop(offer.leg_id, None) is None:
        raise BrokenRuleError(f"call {call.id} does not ring at {offer.leg_id}")
    turn.cancel_timer(f"offer:{offer.leg_id}")
    turn.touched.add(("call", call.id))
    turn.record(
        OfferEnded(
            turn.now,
            call.id,
            call.queue_id,
            offer.agent_id,
            offer.leg_id,
            outcome,
            turn.now - offer.made_at,
        )
    )
    return turn.state.agents[offer.agent_id]


def refuse_offer(turn: Turn, call: Call, offer: Offer, outcome: OfferOutcome) -> None:
    """The agent did not take it: they become NotReady, the call looks for somebody else."""
    agent = _stop_ringing(turn, call, offer, outcome)
    if agent.next_state is READY:
        agent.next_state, agent.next_reason = NOT_READY, _REASON_AFTER[outcome].value
    release(turn, agent)
    seek_agent(turn, call)


def lose_offer(turn: Turn, call: Call, offer: Offer) -> None:
    """The agent's telephone went away while ringing: no fault of theirs, and the caller does not wait for it."""
    release(turn, _stop_ringing(turn, call, offer, OfferOutcome.FAILED))
    seek_agent(turn, call)


def withdraw_offers(turn: Turn, call: Call) -> None:
    """The caller left, or somebody else answered: stop all ringing and give the agents back what they were."""
    agents = [_stop_ringing(turn, call, offer, OfferOutcome.WITHDRAWN) for offer in list(call.offers.values())]
    for agent in agents:
        release(turn, agent)
    for agent in agents:
        seek_call(turn, agent)


def _stop_ringing(turn: Turn, call: Call, offer: Offer, outcome: OfferOutcome) -> AgentLive:
    agent = close_offer(turn, call, offer, outcome)
    turn.end_leg(offer.leg_id)
    return agent


def release(turn: Turn, agent: AgentLive) -> None:
    """The agent is done with their call: grant the wish they had, or make them Ready again.

    A Ready agent without a telephone has the usual time for it to come back; one who was removed from the
    configuration while busy is forgotten.
    """
    turn.move_agent(agent, agent.next_state, agent.next_reason)
    agent.call_id = agent.queue_id = ""
    agent.next_state, agent.next_reason = READY, ""
    if agent.state is READY and not agent.device_up:
        start_device_grace(turn, agent)
    if agent.state is OFFLINE and agent.id not in turn.state.config.agents:
        del turn.state.agents[agent.id]


def start_device_grace(turn: Turn, agent: AgentLive) -> None:
    """A Ready agent's telephone is away: NotReady unless it comes back in time."""
    turn.start_timer(f"device:{agent.id}", turn.now + DEVICE_GRACE_S)


def reason_after(outcome: OfferOutcome) -> str:
    """Why an agent who did not take an offer is NotReady."""
    return _REASON_AFTER[outcome].value


def outcome_of(end: LegEnd) -> OfferOutcome:
    """What the end of a ringing leg says about the offer."""
    return _OUTCOME_OF_LEG_END.get(end, OfferOutcome.FAILED)
