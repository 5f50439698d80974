"""A new configuration comes into force between two inputs, and no call is dropped.

What is removed lives on for as long as somebody is in it: a removed queue keeps its waiting calls, which any free
agent may take (`selection`), since its own agents no longer exist; a removed agent finishes the conversation and
its wrap-up and is then forgotten. A waiting call keeps the priority it came with.
"""

from __future__ import annotations

from allo.core.agent_states import OFFERED, OFFLINE, ON_CALL, READY, WRAP_UP, SystemReason
from allo.core.breaks import review_breaks
from allo.core.events import ConfigChanged
from allo.core.facts import OfferOutcome
from allo.core.offers import refuse_offer, release, seek_for_everyone
from allo.core.parties import end_consult, end_supervision
from allo.core.state import AgentLive
from allo.core.turn import Turn
from allo.core.wrap_up import finish_wrapup


def config_changed(turn: Turn, event: ConfigChanged) -> None:
    """Put the configuration in force and match waiting calls with agents anew."""
    state, config = turn.state, event.config
    in_use = {call.queue_id for call in state.calls.values()}
    in_use |= {agent.queue_id for agent in state.agents.values()}
    kept = {id_: queue for id_, queue in state.queues.items() if id_ in in_use}
    turn.touched.update(("queue", id_) for id_ in (*state.queues, *config.queues))
    turn.touched.update(("agent", id_) for id_ in (*state.agents, *config.agents))
    state.config = config
    state.queues = {**kept, **config.queues}
    state.waiting = {id_: line for id_, line in state.waiting.items() if line}
    for id_ in config.agents:
        agent = state.agents.setdefault(id_, AgentLive(id=id_, since_at=turn.now))
        if agent.next_reason == SystemReason.REMOVED.value:
            agent.next_state, agent.next_reason = READY, ""
    for agent in [agent for id_, agent in state.agents.items() if id_ not in config.agents]:
        _remove_agent(turn, agent)
    review_breaks(turn)
    seek_for_everyone(turn)


def _remove_agent(turn: Turn, agent: AgentLive) -> None:
    turn.cancel_timer(f"device:{agent.id}")
    if agent.supervises:
        end_supervision(turn, turn.state.calls[agent.supervises])
    if agent.state is OFFLINE:
        del turn.state.agents[agent.id]
        return
    agent.next_state, agent.next_reason = OFFLINE, SystemReason.REMOVED.value
    call = turn.state.calls.get(agent.call_id)
    offer = call.offer_to(agent.id) if call is not None else None
    if call is not None and offer is not None:
        refuse_offer(turn, call, offer, OfferOutcome.FAILED)
    elif call is not None and agent.state is OFFERED and call.consult is not None:
        end_consult(turn, call, call.consult, OfferOutcome.FAILED)
    elif agent.lacks_outcome:
        finish_wrapup(turn, agent, "")
    elif agent.state not in (ON_CALL, WRAP_UP):
        release(turn, agent)
