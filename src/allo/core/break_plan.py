"""What a centre says about breaks beforehand, and what an agent who has asked for one is told.

Decides nothing (that is `breaks`). A break reason without a rule is taken whenever the agent likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BreakKind(StrEnum):
    """How a break is granted."""

    COMFORT = "comfort"
    """A few minutes whenever one needs them: never refused, never put off beyond the current call."""
    MEAL = "meal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BreakRule:
    """How breaks for one reason are granted."""

    reason: str
    kind: BreakKind = BreakKind.OTHER
    typical_s: float = 900.0
    longest_wait_s: float = 3600.0
    """Who has asked for so long goes whatever the forecast says; 0: there is no such limit."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The calls expected in a queue, interval by interval from `starts_at` on."""

    starts_at: float
    interval_s: float
    calls: tuple[float, ...]
    aht_s: float = 180.0
    patience_s: float = 0.0
    """Mean patience of the callers; 0: they wait for ever."""

    def load_at(self, at: float) -> float | None:
        """Expected calls in progress (in Erlang); None for an instant which the forecast does not cover."""
        if self.interval_s <= 0 or self.aht_s <= 0:
            return None
        place = (at - self.starts_at) // self.interval_s
        if not 0 <= place < len(self.calls):
            return None
        return self.calls[int(place)] * self.aht_s / self.interval_s


class BreakAnswer(StrEnum):
    """What an agent who asks for a break is told."""

    NOW = "now"
    AFTER_CALL = "after_call"
    """At the end of the call or wrap-up they are busy with."""
    LATER = "later"
    """At about a known time."""
    IN_TURN = "in_turn"
    """Nobody can say when; those before them go first."""
    REFUSED = "refused"
    """A team leader said no."""
    WITHDRAWN = "withdrawn"
    """The agent took it back, or left."""


@dataclass(slots=True)
class BreakClaim:
    """An agent's wish for a break that has not been granted yet."""

    agent_id: str
    reason: str
    asked_at: float
    answer: BreakAnswer = BreakAnswer.IN_TURN
    because: str = ""
    starts_at: float = 0.0
    """When it will probably be granted; 0.0: nobody knows."""
    place: int = 0
    """In the line of all who have asked, 1 = next."""
