"""After a (re)connection: what became of the legs to agents, leaders and outside numbers. Pure.

A leg to a telephone of ours that was to ring rings again (what happened there meanwhile, an acceptance even, nobody
heard). An outside number is not dialled a second time. A leg in a talk that went unseen counts as lost, because a
conversation that is brought back wrongly does less harm than a caller who is cut off; only who was asked, a leader and
an outside number have simply left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allo.ari.messages import Channel
from allo.ari.translate import NORMAL_CAUSE, UNREACHABLE_CAUSE
from allo.core.call import Call, ConsultState
from allo.core.call_states import CallState
from allo.core.effects import OfferCall
from allo.core.events import Event, LegAnswered, LegEnd, LegEnded
from allo.core.state import State

_LOST_CAUSE = 41


@dataclass(frozen=True, slots=True)
class Legs:
    """All channels at one moment. `fresh` are those that changed since the lists were asked for: live events tell."""

    channels: dict[str, Channel]
    reachable: dict[str, bool]
    """Agent id → whether their telephone can be reached."""
    fresh: frozenset[str] = frozenset()

    def is_up(self, agent_id: str) -> bool:
        """Whether an agent's telephone can be reached."""
        return self.reachable.get(agent_id, False)


def leg_events(state: State, call: Call, legs: Legs) -> Iterator[Event]:
    """What happened to the call's legs."""
    for leg_id, agent_id, _ in _ringing(call):
        channel = legs.channels.get(leg_id)
        if leg_id in legs.fresh:
            continue
        if channel is not None and _is_ours(channel):
            yield LegAnswered(leg_id)
        elif channel is None and not (legs.is_up(agent_id) and agent_id in state.config.agents):
            yield LegEnded(leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE)
    for leg_id in _outside_ringing(call):
        channel = legs.channels.get(leg_id)
        if leg_id in legs.fresh:
            continue
        if channel is None:
            yield LegEnded(leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE)
        elif _is_ours(channel):
            yield LegAnswered(leg_id)
    for leg_id in _guests(call):
        if leg_id not in legs.channels and leg_id not in legs.fresh:
            yield LegEnded(leg_id, LegEnd.NORMAL, NORMAL_CAUSE)
    if call.leg_id and call.leg_id not in legs.channels and call.leg_id not in legs.fresh:
        yield LegEnded(call.leg_id, LegEnd.LOST, _LOST_CAUSE)


def missing_rings(state: State, call: Call, legs: Legs) -> Iterator[OfferCall]:
    """What should ring and does not."""
    for leg_id, agent_id, is_automatic in _ringing(call):
        if leg_id not in legs.channels and leg_id not in legs.fresh:
            yield OfferCall(call.id, leg_id, agent_id, state.config.agents[agent_id].device, is_automatic)


def _ringing(call: Call) -> Iterator[tuple[str, str, bool]]:
    """(leg, agent, whether the telephone answers by itself) of what should ring now."""
    for offer in call.offers.values():
        yield offer.leg_id, offer.agent_id, False
    if call.back_leg_id:
        yield call.back_leg_id, call.agent_id, True
    consult = call.consult
    if consult is not None and consult.state is ConsultState.RINGING and consult.agent_id:
        yield consult.leg_id, consult.agent_id, False
    if call.supervision is not None and not call.supervision.is_there:
        yield call.supervision.leg_id, call.supervision.leader_id, True


def _outside_ringing(call: Call) -> Iterator[str]:
    if call.outside_leg_id and call.state is CallState.DIALLING:
        yield call.outside_leg_id
    consult = call.consult
    if consult is not None and consult.state is ConsultState.RINGING and not consult.agent_id:
        yield consult.leg_id


def _guests(call: Call) -> Iterator[str]:
    """Who has answered and is neither the caller nor the agent."""
    if call.consult is not None and call.consult.state is not ConsultState.RINGING:
        yield call.consult.leg_id
    if call.supervision is not None and call.supervision.is_there:
        yield call.supervision.leg_id


def _is_ours(channel: Channel) -> bool:
    return channel.state == "Up" and channel.dialplan.app_name == "Stasis"
