"""Callers who wait, are promised something and are asked, at random: a small busy queue that does all of it."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call_states import CallState
from allo.core.engine import Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from tests.core.at_work import CentreAtWork
from tests.core.waiting_checks import (
    ANNOUNCING,
    PROMISE,
    SURVEY,
    check_silence,
    check_waiting,
    ringing,
    timers_of_waiting,
)

AGENTS = ("ann", "bob")
QUEUE = Queue("q", "Q", wrapup_limit_s=0, outcome_required=False, announcing=ANNOUNCING, promise=PROMISE, survey=SURVEY)
CONFIG = Config(
    queues={"q": QUEUE},
    agents={id_: Agent(id_, id_, id_, (Membership("q"),)) for id_ in AGENTS},
    numbers={"1": NumberRoute("1", "q")},
    break_reasons=("lunch",),
    secret="of the tests",
)
PLACES = st.integers(0, 5)


class Waiting(CentreAtWork):
    """Two agents who are often away, and callers who listen, press keys and leave."""

    config = CONFIG

    def say(self, what: Input) -> None:
        before = ringing(self.engine.state)
        check_silence(self.engine.handle(what, self.now), before)

    @rule()
    def call(self) -> None:
        self.calls_in("1")

    @rule()
    def prompts_end(self) -> None:
        for call in list(self.engine.state.calls.values()):
            if call.prompts:
                self.say(ev.PlaybackFinished(call.id, call.prompts[0]))

    @rule(place=PLACES)
    def caller_leaves(self, place: int) -> None:
        self.hangs_up(place)

    @rule(place=PLACES, key=st.sampled_from("12579#"))
    def key(self, place: int, key: str) -> None:
        asked = [id_ for id_, call in self.engine.state.calls.items() if call.state is CallState.SURVEY]
        if asked:
            self.say(ev.KeyPressed(asked[place % len(asked)], key))

    @rule(length_s=st.sampled_from((0.0, 12.0)))
    def recording_ends(self, length_s: float) -> None:
        for call in list(self.engine.state.calls.values()):
            if call.surveyed is not None and call.surveyed.recording_id:
                self.say(ev.MessageRecorded(call.id, call.surveyed.recording_id, length_s))

    @rule()
    def ready(self) -> None:
        for agent in AGENTS:
            self.say(rq.GoReady(agent))

    @rule()
    def talk_and_hang_up(self) -> None:
        self.ready()
        self.agents_answer()
        self.agents_leg_ends(ev.LegEnd.NORMAL)

    @rule(who=st.sampled_from((AGENTS, AGENTS[:1])))
    def away(self, who: tuple[str, ...]) -> None:
        for agent in who:
            self.say(rq.TakeBreak(agent, "lunch"))

    @rule()
    def agents_answer(self) -> None:
        for leg_id in list(self.engine.state.legs):
            self.say(ev.LegAnswered(leg_id))

    @rule(end=st.sampled_from((ev.LegEnd.NORMAL, ev.LegEnd.NORMAL, ev.LegEnd.LOST)))
    def agents_leg_ends(self, end: ev.LegEnd) -> None:
        for leg_id in list(self.engine.state.legs)[:1]:
            self.say(ev.LegEnded(leg_id, end))

    @rule(seconds=st.sampled_from((0.5, 1.0, 5.0, 9.0, 30.0)))
    def time_passes(self, seconds: float) -> None:
        self.pass_time(seconds)

    @invariant()
    def state_is_true(self) -> None:
        state = self.engine.state
        check_waiting(state)
        expected = {timer for call in state.calls.values() for timer in timers_of_waiting(state, call)}
        assert expected == {one for one in state.timers if one.startswith(("speak:", "promise:", "survey:"))}


Waiting.TestCase.settings = settings(max_examples=250, stateful_step_count=40)
TestWaiting = Waiting.TestCase
