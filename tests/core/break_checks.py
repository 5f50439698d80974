"""What holds of breaks whatever happens: comfort is never refused, and turns are fair."""

from __future__ import annotations

from allo.core import effects as ef
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.agent_states import BUSY, AgentState
from allo.core.break_plan import BreakAnswer, BreakClaim, BreakKind, BreakRule, Forecast
from allo.core.breaks import has_comfort, turn_of
from allo.core.engine import Input
from allo.core.outlook import queues_of
from allo.core.refusal import Refusal
from allo.core.state import State

REASONS = ("lunch", "toilet", "meal", "tea", "nap")
RULES = {
    "toilet": BreakRule("toilet", BreakKind.COMFORT, 300),
    "meal": BreakRule("meal", BreakKind.MEAL, 1800, longest_wait_s=100),
    "tea": BreakRule("tea", BreakKind.OTHER, 600, longest_wait_s=0),
}
FORECASTS = {"sales": Forecast(900.0, 60.0, (0, 1, 8, 1, 0), 120.0, 100.0), "urgent": Forecast(1000.0, 30.0, (2, 0))}

_GRANTED = (BreakAnswer.NOW, BreakAnswer.AFTER_CALL)


def rested(state: State) -> dict[str, float]:
    """When each agent's last break ended, to be kept over an input."""
    return {agent.id: agent.rested_at for agent in state.agents.values()}


def check_answers(state: State, what: Input, effects: list[ef.Effect], rested_before: dict[str, float]) -> None:
    """What was answered to one input, against the state after it."""
    if isinstance(what, rq.TakeBreak) and what.reason == "toilet" and isinstance(effects[0], ef.Accepted):
        agent = state.agents[what.agent_id]
        granted = (agent.next_state, agent.next_reason), (agent.state, agent.reason)
        assert (AgentState.NOT_READY, "toilet") in granted, "comfort begins now or after the call"
    elif isinstance(what, rq.TakeBreak) and what.reason == "toilet":
        assert (
            effects == [ef.Refused(Refusal.UNKNOWN_AGENT)]
            or effects == [ef.Refused(Refusal.NOT_LOGGED_IN)]
            or (effects == [ef.Refused(Refusal.UNKNOWN_BREAK)] and "toilet" not in state.config.break_reasons)
        ), "comfort is never refused"
    for effect in effects:
        if isinstance(effect, ef.RecordFact) and isinstance(effect.fact, fa.BreakAnswered):
            check_turn(state, effect.fact, rested_before)


def check_turn(state: State, fact: fa.BreakAnswered, rested_before: dict[str, float]) -> None:
    """Nobody whose turn is earlier, for the same kind and with a queue in common, is passed over by the rule."""
    assert fact.kind != BreakKind.COMFORT or fact.answer in _GRANTED
    is_by_rule = fact.because in ("enough_staff", "waited_long_enough", "calls_waiting")
    if fact.answer not in _GRANTED or not is_by_rule:
        return
    rank = (1, rested_before[fact.agent_id], fact.asked_at, fact.agent_id)
    rule = state.config.break_rules[fact.reason]
    if 0 < rule.longest_wait_s <= fact.at - fact.asked_at:
        rank = (0, fact.asked_at, 0.0, fact.agent_id)
    served = queues_of(state, state.config.agents[fact.agent_id])
    for claim in state.break_claims.values():
        # Who is on a comfort break takes part again when they are back.
        is_rival = state.config.break_rules[claim.reason].kind is rule.kind and not has_comfort(state, claim.agent_id)
        if is_rival and served & queues_of(state, state.config.agents[claim.agent_id]):
            assert turn_of(state, claim, fact.at) > rank, f"{fact.agent_id} went before {claim.agent_id}"


def check_claims(state: State) -> None:
    """Only people at work have claims, and none has waited beyond its limit for longer than a review takes."""
    for id_, claim in state.break_claims.items():
        agent = state.agents[id_]
        assert isinstance(claim, BreakClaim)
        assert claim.answer in (BreakAnswer.LATER, BreakAnswer.IN_TURN)
        assert state.config.break_rules[claim.reason].kind is not BreakKind.COMFORT
        assert agent.state is not AgentState.OFFLINE
        assert agent.next_state is not AgentState.OFFLINE or agent.state not in BUSY
