"""Breaks under random wishes and forecasts: a small centre in which somebody always wants one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.break_plan import Forecast
from allo.core.breaks import REVIEW_S, has_comfort, is_overdue
from allo.core.engine import Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from tests.core.at_work import CentreAtWork
from tests.core.break_checks import REASONS, RULES, check_answers, check_claims, rested

SERVED = {"ann": "sales", "bob": "sales", "eve": "sales support", "joe": "sales support", "kim": "support"}
CONFIG = Config(
    queues={id_: Queue(id_, id_, wrapup_limit_s=20, outcome_required=id_ == "sales") for id_ in ("sales", "support")},
    agents={
        id_: Agent(id_, id_, id_, tuple(Membership(queue) for queue in served.split()))
        for id_, served in SERVED.items()
    },
    numbers={"100": NumberRoute("100", "sales"), "200": NumberRoute("200", "support")},
    break_reasons=REASONS,
    break_rules=RULES,
    dispositions=("sold",),
)
AGENTS = st.sampled_from(tuple(SERVED))


class Breaks(CentreAtWork):
    """They ask for breaks, take calls and come back."""

    config = CONFIG

    def say(self, what: Input) -> None:
        before = rested(self.engine.state)
        effects = self.engine.handle(what, self.now)
        check_answers(self.engine.state, what, effects, before)
        for effect in effects:
            if isinstance(effect, ef.OfferCall):
                self.say(ev.LegAnswered(effect.leg_id))

    @rule(agent=AGENTS, reason=st.sampled_from(("meal", "meal", "tea", "tea", "toilet", "lunch")))
    def ask(self, agent: str, reason: str) -> None:
        self.say(rq.TakeBreak(agent, reason))

    @rule(agent=AGENTS, is_granted=st.none() | st.booleans())
    def answer(self, agent: str, *, is_granted: bool | None) -> None:
        self.say(rq.WithdrawBreak(agent) if is_granted is None else rq.AnswerBreak("boss", agent, is_granted))

    @rule(agent=AGENTS)
    def come_back(self, agent: str) -> None:
        live = self.engine.state.agents[agent]
        self.say(rq.FinishWrapUp(agent, live.call_id, "sold"))
        self.say(rq.LogIn(agent))
        self.say(rq.GoReady(agent))

    @rule(agent=AGENTS)
    def leave(self, agent: str) -> None:
        self.say(rq.LogOut(agent))

    @rule(number=st.sampled_from(("100", "200")))
    def call(self, number: str) -> None:
        self.calls_in(number)

    @rule(place=st.integers(0, 9))
    def end(self, place: int) -> None:
        self.hangs_up(place)

    @rule(calls=st.lists(st.sampled_from((0, 1, 3, 9)), min_size=1, max_size=4), is_known=st.booleans())
    def forecast(self, calls: list[int], *, is_known: bool) -> None:
        known = {"sales": Forecast(self.now, 600.0, tuple(map(float, calls)), 120.0, 100.0 * (len(calls) % 2))}
        self.say(ev.ConfigChanged(replace(CONFIG, forecasts=known if is_known else {})))

    @rule(seconds=st.sampled_from((1.0, 5.0, 31.0, 100.0, 700.0)))
    def time_passes(self, seconds: float) -> None:
        self.pass_time(seconds)

    @invariant()
    def claims_are_true(self) -> None:
        state = self.engine.state
        check_claims(state)
        assert ("breaks:review" in state.timers) == bool(state.break_claims)
        for claim in state.break_claims.values():
            is_overdue_now = is_overdue(state, claim, self.now - REVIEW_S)
            assert not is_overdue_now or has_comfort(state, claim.agent_id), "the longest wait for a break holds"
            live = state.agents[claim.agent_id]
            assert (live.next_state, live.next_reason) != (AgentState.NOT_READY, claim.reason)


Breaks.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestBreaks = Breaks.TestCase
