"""What a run has given: its facts, and the figures they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from allo.core.effects import Effect
from allo.core.engine import Input
from allo.core.facts import Fact
from allo.sim.figures import Figures, Window, tally_all, tally_by_agent, tally_by_interval, tally_by_queue
from allo.sim.scenario import Scenario


@dataclass(slots=True)
class Turn:
    """One input and what came of it."""

    at: float
    what: Input
    effects: list[Effect]


@dataclass(frozen=True)
class Run:
    """What happened. Figures count the calls that came after the warm-up, and agents' time from then to closing."""

    scenario: Scenario
    facts: list[Fact]
    log: list[Turn]
    """What the engine was told and what it asked for, when this was wanted: enough to play it again."""
    unfinished: int
    """Calls still there at the end: nobody to answer and no end of patience."""
    refused: int = 0
    """The scenario's acts that the engine refused."""

    @property
    def window(self) -> Window:
        """The instants that count."""
        scenario = self.scenario
        return Window(scenario.opens_at + scenario.warm_up_s, scenario.opens_at + scenario.open_s)

    @cached_property
    def total(self) -> Figures:
        """The whole centre."""
        return tally_all(self.facts, self.scenario.config.queues, self.window)

    def by_queue(self) -> dict[str, Figures]:
        """Calls by queue id (agents' time belongs to no queue)."""
        return tally_by_queue(self.facts, self.scenario.config.queues, self.window)

    def by_agent(self) -> dict[str, Figures]:
        """Calls answered, and time, by agent id."""
        return tally_by_agent(self.facts, self.scenario.config.queues, self.window)

    def by_interval(self, interval_s: float) -> dict[float, Figures]:
        """Calls by the interval they entered in, and agents' time, by the interval's beginning."""
        return tally_by_interval(self.facts, self.scenario.config.queues, self.window, interval_s)
