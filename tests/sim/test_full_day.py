"""The day by which a compiled engine is judged has a bit of everything."""

from __future__ import annotations

from allo.core import effects as ef
from allo.core import facts as fa
from tests.sim.full_day import played

EFFECTS = {
    ef.Accepted,
    ef.AdoptLeg,
    ef.AnswerCall,
    ef.CancelTimer,
    ef.ConnectLegs,
    ef.DialNumber,
    ef.EndLeg,
    ef.OfferCall,
    ef.PlayPrompt,
    ef.RecordFact,
    ef.StartMusic,
    ef.StartTimer,
    ef.WhisperPrompt,
}
FACTS = {
    fa.AgentStateChanged,
    fa.Announced,
    fa.BreakAnswered,
    fa.CallAnswered,
    fa.CallEnded,
    fa.CallEntered,
    fa.CallStarted,
    fa.CallWidened,
    fa.CallbackAgreed,
    fa.CallbackTried,
    fa.FlowedOut,
    fa.GreetingPlayed,
    fa.OfferEnded,
    fa.OfferMade,
    fa.OutsideDialled,
    fa.PromiseKept,
    fa.PromiseLapsed,
    fa.PromiseMade,
    fa.PromiseMissed,
    fa.PromiseWithheld,
    fa.WrapUpEnded,
}


def test_everything_that_a_simulation_can_have_happens() -> None:
    day = played()
    assert {type(effect) for turn in day.log for effect in turn.effects} == EFFECTS
    assert {type(fact) for fact in day.facts} == FACTS
