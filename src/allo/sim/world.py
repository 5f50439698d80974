"""What the parts of a simulation see of it: the instant, the engine, and ways to act now or later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from allo.core.engine import Engine, Input
from allo.sim.scenario import Scenario


class World(Protocol):
    """A running simulation."""

    scenario: Scenario
    engine: Engine
    now: float

    def say(self, what: Input) -> None:
        """Tell the engine, and do what it asks."""

    def at(self, at: float, act: Callable[[Any], None], whom: object) -> None:
        """Do something at an instant."""
