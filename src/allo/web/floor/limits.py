"""From when on the floor warns, as the set-up says; in force on open pages as soon as it has changed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from allo.data.models import AlertLimits, QueueAlertLimits
from allo.web.at_hand import AtHand

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the centre or of one queue; ``None``: no warning."""

    beyond_target_s: float | None = 0
    """How far the longest wait may be beyond the queue's target."""
    below_goal: float | None = 10
    """How many percent the day's service level may be below the goal."""
    wrapup_s: float | None = 180
    break_share: float | None = 34
    """Percent of those who are at work in a queue."""


@dataclass(frozen=True, slots=True)
class AllLimits:
    """What is in force."""

    centre: Limits = field(default_factory=Limits)
    queues: Mapping[str, Limits] = field(default_factory=dict)
    fewest_calls: int = 10
    """A day with fewer calls says nothing about its service level."""
    fewest_on_break: int = 3
    is_sounding: bool = True

    def of(self, queue_id: str) -> Limits:
        """Return those of a queue."""
        return self.queues.get(queue_id, self.centre)


_NAMES = [one.name for one in fields(Limits)]


def load() -> AllLimits:
    """Read what is in force."""
    centre = AlertLimits.current()
    rows = QueueAlertLimits.objects.active()
    return AllLimits(
        _limits(centre, centre),
        {str(row.queue_id): _limits(row, centre) for row in rows},
        centre.fewest_calls,
        centre.fewest_on_break,
        centre.is_sounding,
    )


def _limits(row: AlertLimits | QueueAlertLimits, centre: AlertLimits) -> Limits:
    own = {name: getattr(row, name) for name in _NAMES}
    return Limits(**{name: getattr(centre, name) if value is None else value for name, value in own.items()})


in_force = AtHand(load, AllLimits())
