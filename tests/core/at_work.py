"""A small centre of one's own in which everybody is at work, for random walks: subclasses say what happens in it."""

from __future__ import annotations

from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from allo.core import events as ev
from allo.core import requests as rq
from allo.core.engine import Engine, Input
from allo.core.model import Config


class CentreAtWork(RuleBasedStateMachine):
    """All agents are ready; time passes only by `pass_time`."""

    config: ClassVar[Config]

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.now = 1000.0
        self.calls = 0
        self.say(ev.ConfigChanged(self.config))
        for agent in self.config.agents:
            for what in (ev.DeviceUp(agent), rq.LogIn(agent), rq.GoReady(agent)):
                self.say(what)

    def say(self, what: Input) -> None:
        """Let the engine handle an input; subclasses look at what it answers."""
        raise NotImplementedError

    def calls_in(self, number: str) -> None:
        """Somebody calls."""
        self.calls += 1
        self.say(ev.CallArrived(f"c{self.calls}", number))

    def hangs_up(self, place: int) -> None:
        """One of the callers leaves, if there are any."""
        calls = list(self.engine.state.calls)
        if calls:
            self.say(ev.LegEnded(calls[place % len(calls)]))

    def pass_time(self, seconds: float) -> None:
        """Let time pass; timers fire when they are due, in order."""
        until, timers = self.now + seconds, self.engine.state.timers
        while due := [name for name, at in timers.items() if at <= until]:
            name = min(due, key=lambda one: (timers[one], one))
            self.now = max(self.now, timers[name])
            self.say(ev.TimerFired(name))
        self.now = until
