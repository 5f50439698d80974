"""One run: the engine between simulated callers and simulated agents.

    heap of (at, seq, act, whom) ──► act ──► Engine.handle ──► effects ──► more entries in the heap
                                                                  └─ facts

What happens next is the smallest (at, seq): ties are first come, first served, so that the same seed gives the same
run. An entry whose time has passed otherwise (the caller was answered before patience ended, the timer was cancelled)
stays in the heap and finds nothing to do.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from math import inf
from typing import Any

import numpy as np
from numpy.random import SeedSequence

from allo.core import effects as ef
from allo.core.effects import RecordFact
from allo.core.engine import Engine, Input
from allo.core.events import ConfigChanged, LegAnswered, LegEnded, PlaybackFinished, TimerFired
from allo.core.facts import AgentStateChanged, Fact
from allo.core.requests import HangUp
from allo.sim.callers import Caller, draw_callers
from allo.sim.crew import Crew
from allo.sim.customers import Customers
from allo.sim.durations import one_by_one
from allo.sim.played import Run, Turn
from allo.sim.scenario import A_DAY_S, Act, Scenario, SimulationError

MOST_OVERTIME_S = A_DAY_S
"""A run ends this long after the last arrival, should callers for whom there is nobody wait for ever."""


def run(scenario: Scenario, seed: int | SeedSequence = 1, *, keep_log: bool = False) -> Run:
    """Play a scenario once. The same scenario and seed give the same facts."""
    if isinstance(seed, SeedSequence):  # a fresh one, since it counts what is drawn from it
        fresh = SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
    else:
        fresh = SeedSequence(seed)
    with _no_garbage_collection():
        simulation = Simulation(scenario, fresh, keep_log)
        simulation.play()
    return Run(scenario, simulation.facts, simulation.log, len(simulation.engine.state.calls), simulation.refused)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """A run keeps every fact and makes no cycles: looking for some among ever more facts is a fifth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()  # all that the run has made counts as old now, and is not looked through at once after all
        if was_enabled:
            gc.enable()


class Simulation:
    """The world around one engine. `play` it once."""

    def __init__(self, scenario: Scenario, seed: SeedSequence, keep_log: bool = False) -> None:
        self.scenario = scenario
        self.engine = Engine()
        self.now = scenario.opens_at
        self.facts: list[Fact] = []
        self.log: list[Turn] = []
        self.refused = 0
        self._is_act = False
        self._keeps_log = keep_log
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._seq = 0
        self._timers: dict[str, float] = {}
        self._patient: set[str] = set()
        """Calls whose callers have heard music, and were not answered since."""
        self._talks: dict[str, LegEnded] = {}
        """Callers in a talk, and how it will end; a talk that was passed on ends otherwise."""
        self._ringing: dict[str, str] = {}
        """Agents' ringing legs, and who is to answer."""
        delay_seed, *seeds, luck_seed = seed.spawn(2 + len(scenario.callers))
        self._delays = one_by_one(scenario.answer_delay, np.random.default_rng(delay_seed))
        arriving = draw_callers(scenario, seeds)
        self._callers = {caller.call_id: caller for caller in arriving}
        self._arriving = iter(arriving)
        self._crew = Crew(self, self._callers)
        self._customers = Customers(self, self._callers, np.random.default_rng(luck_seed), self._delays)
        self._playing: dict[str, PlaybackFinished] = {}
        """Callers who hear a prompt, and what will be said of its end."""
        self._carry_out: dict[type, Callable[[Any], None]] = {
            ef.PlayPrompt: self._prompt_plays,
            ef.RecordMessage: self._caller_speaks,
            ef.StartMusic: self._caller_waits,
            ef.OfferCall: self._phone_rings,
            ef.ConnectLegs: self._they_talk,
            ef.EndLeg: self._leg_ends,
            ef.DialNumber: self._customers.is_dialled,
            ef.AdoptLeg: self._customers.is_adopted,
            ef.StartTimer: self._timer_starts,
            ef.CancelTimer: self._timer_is_cancelled,
            ef.Refused: self._is_refused,
        }

    def play(self) -> None:
        """From the opening until nobody is left."""
        scenario = self.scenario
        self.say(ConfigChanged(scenario.config))
        self._crew.plan()
        for act in scenario.acts:
            self.at(scenario.opens_at + act.at_s, self._somebody_acts, act)
        self._await_next_arrival(None)
        closes_at = scenario.opens_at + scenario.open_s
        self._go_on_until(closes_at + MOST_OVERTIME_S)
        self.now = max(self.now, closes_at)
        for agent_id in scenario.config.agents:
            self._crew.shift_ends(agent_id)
        self._go_on_until(inf)

    def _go_on_until(self, end_at: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= end_at:
            self.now, _, act, whom = heappop(heap)
            act(whom)

    def at(self, at: float, act: Callable[[Any], None], whom: object) -> None:
        self._seq += 1
        heappush(self._heap, (at, self._seq, act, whom))

    def say(self, what: Input) -> None:
        """Tell the engine, and do what it asks."""
        effects = self.engine.handle(what, self.now)
        if self._keeps_log:
            self.log.append(Turn(self.now, what, effects))
        facts, carry_out, agent_sees = self.facts, self._carry_out, self._crew.sees
        for effect in effects:
            if type(effect) is RecordFact:
                fact = effect.fact
                facts.append(fact)
                if type(fact) is AgentStateChanged:
                    agent_sees(fact)
            elif (act := carry_out.get(type(effect))) is not None:
                act(effect)
        self.engine.touched.clear()

    # Callers

    def _await_next_arrival(self, _: object) -> None:
        caller = next(self._arriving, None)
        if caller is not None:
            self.at(caller.arrives_at, self._caller_arrives, caller)

    def _caller_arrives(self, caller: Caller) -> None:
        self.say(caller.arrival())
        self._await_next_arrival(None)

    def _prompt_plays(self, effect: ef.PlayPrompt) -> None:
        prompts = self.scenario.prompt_s
        ends = self._playing[effect.call_id] = PlaybackFinished(effect.call_id, effect.prompt)
        lasts_s = prompts.get(effect.prompt) or prompts.get(effect.prompt.rpartition(":")[0], 0.0)
        self.at(self.now + lasts_s, self._prompt_ends, ends)

    def _prompt_ends(self, ends: PlaybackFinished) -> None:
        """Of a prompt that was replaced nothing is heard any more."""
        if self._playing.get(ends.call_id) is ends:
            del self._playing[ends.call_id]
            self.say(ends)
            self._customers.has_heard(ends.call_id, ends.prompt)

    def _caller_speaks(self, effect: ef.RecordMessage) -> None:
        self._playing.pop(effect.call_id, None)
        self._patient.discard(effect.call_id)
        self._customers.may_speak(effect)

    def _caller_waits(self, effect: ef.StartMusic) -> None:
        call_id = effect.call_id
        self._playing.pop(call_id, None)
        self._talks.pop(call_id, None)
        if call_id in self._patient:
            return
        self._patient.add(call_id)
        caller = self._callers[call_id]
        if caller.patience_s != inf:
            self.at(self.now + caller.patience_s, self._patience_ends, call_id)
        if caller.callback_s != inf:
            self._customers.begins_to_wait(caller)

    def _patience_ends(self, call_id: str) -> None:
        if call_id in self._patient:
            self._patient.discard(call_id)
            self.say(LegEnded(call_id))

    def _they_talk(self, effect: ef.ConnectLegs) -> None:
        call_id = effect.call_id
        if call_id in self._talks:
            return  # held, asked about, in three: all of that is one talk
        self._patient.discard(call_id)
        gone = self._talks[call_id] = LegEnded(self._customers.leg_of(call_id))
        self.at(self.now + self._callers[call_id].talk_s, self._talk_ends, (call_id, gone))

    def _talk_ends(self, ends: tuple[str, LegEnded]) -> None:
        call_id, gone = ends
        if self._talks.get(call_id) is not gone:
            return
        del self._talks[call_id]
        agent_id = self._crew.who_ends(call_id) if self._callers[call_id].is_surveyed else ""
        self.say(HangUp(agent_id, call_id) if agent_id else gone)

    # Agents

    def _phone_rings(self, effect: ef.OfferCall) -> None:
        self._ringing[effect.leg_id] = effect.agent_id
        self.at(self.now + next(self._delays), self._agent_answers, effect.leg_id)

    def _agent_answers(self, leg_id: str) -> None:
        if self._ringing.pop(leg_id, None) is not None:
            self.say(LegAnswered(leg_id))

    def _leg_ends(self, effect: ef.EndLeg) -> None:
        self._ringing.pop(effect.leg_id, None)
        self._patient.discard(effect.leg_id)

    # Others

    def _somebody_acts(self, act: Act) -> None:
        what = act.what(self.engine.state)
        if what is not None:
            self._is_act = True
            self.say(what)
            self._is_act = False

    def _is_refused(self, effect: ef.Refused) -> None:
        if not self._is_act:
            raise SimulationError(f"The engine refused a simulated agent: {effect.code.value}.")
        self.refused += 1

    # Timers

    def _timer_starts(self, effect: ef.StartTimer) -> None:
        self._timers[effect.timer_id] = effect.fires_at
        self.at(effect.fires_at, self._timer_fires, effect.timer_id)

    def _timer_is_cancelled(self, effect: ef.CancelTimer) -> None:
        self._timers.pop(effect.timer_id, None)

    def _timer_fires(self, timer_id: str) -> None:
        if self._timers.get(timer_id) == self.now:
            del self._timers[timer_id]
            self.say(TimerFired(timer_id))
