"""A queue with Poisson callers, patience and handling times of one's choice, run through the engine without a clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.engine import Engine, Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue

ANSWER_S = 2.0
"""From the first ring to the agent's answer."""


@dataclass
class QueueLoop:
    """`gap_s`, `talk_s` and `patience_s` draw the time to the next call, a talk, a patience."""

    queue: Queue
    agents: int
    gap_s: Callable[[float], float]
    talk_s: Callable[[], float]
    patience_s: Callable[[], float]
    staff: Mapping[float, int] = field(default_factory=dict)
    """Instant to how many agents are at work from then on."""
    facts: list[fa.Fact] = field(default_factory=list)

    def run(self, until_s: float) -> list[fa.Fact]:
        """All that happened up to the last caller's end."""
        self._engine = Engine()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._now = 0.0
        names = [f"agent{number:03}" for number in range(max((self.agents, *self.staff.values())))]
        agents = {name: Agent(name, name, name, (Membership(self.queue.id),)) for name in names}
        numbers = {"1": NumberRoute("1", self.queue.id)}
        self._say(ev.ConfigChanged(Config(1, {self.queue.id: self.queue}, agents, numbers, break_reasons=("away",))))
        for name in names:
            self._say(ev.DeviceUp(name))
            self._say(rq.LogIn(name))
        self._set_staff(names, self.agents)
        for at, number in self.staff.items():
            self._at(at, partial(self._set_staff, names, number))
        self._at(self.gap_s(0.0), partial(self._call, 1, until_s))
        while self._events:
            self._now, _, happens = heapq.heappop(self._events)
            happens()
        return self.facts

    def _at(self, at: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), happens))

    def _call(self, number: int, until_s: float) -> None:
        call_id = f"c{number}"
        next_at = self._now + self.gap_s(self._now)
        if next_at < until_s:
            self._at(next_at, partial(self._call, number + 1, until_s))
        self._say(ev.CallArrived(call_id, "1"))
        self._at(self._now + self.patience_s(), partial(self._lose_patience, call_id))

    def _lose_patience(self, call_id: str) -> None:
        call = self._engine.state.calls.get(call_id)
        if call is not None and not call.answered_at:
            self._say(ev.LegEnded(call_id))

    def _set_staff(self, names: list[str], number: int) -> None:
        for name in names[:number]:
            self._say(rq.GoReady(name))
        for name in names[number:]:
            self._say(rq.TakeBreak(name, "away"))

    def _say(self, what: Input) -> None:
        for effect in self._engine.handle(what, self._now):
            if isinstance(effect, ef.RecordFact):
                self.facts.append(effect.fact)
            elif isinstance(effect, ef.OfferCall):
                self._at(self._now + ANSWER_S, partial(self._say, ev.LegAnswered(effect.leg_id)))
            elif isinstance(effect, ef.ConnectLegs):
                self._at(self._now + self.talk_s(), partial(self._say, ev.LegEnded(effect.call_id)))
            elif isinstance(effect, ef.PlayPrompt):
                self._at(self._now + 3.0, partial(self._say, ev.PlaybackFinished(effect.call_id, effect.prompt)))
            elif isinstance(effect, ef.StartTimer):
                self._at(effect.fires_at, partial(self._fire, effect.timer_id, effect.fires_at))

    def _fire(self, timer_id: str, at: float) -> None:
        if self._engine.state.timers.get(timer_id) == at:
            self._say(ev.TimerFired(timer_id))
