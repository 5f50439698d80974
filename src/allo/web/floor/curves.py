"""Each queue's curve of service level through the day, small enough to stand in its card.

Decides the scale: the day's half hours from the first to the last call across the card, 0 to 100 % upwards. A half
hour without calls leaves a straight line over it: nothing happened that could be drawn.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allo import installation
from allo.core.metrics import CallTally
from allo.data.models import Queue
from allo.web.reports import tallies
from allo.web.reports.filters import Filters
from allo.web.reports.periods import Period, Steps, today

STEP_MINUTES = 30
WIDTH, HEIGHT, MARGIN = 100.0, 28.0, 2.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One queue's line in a picture of 100 x 28; ``points`` is empty until two half hours had calls."""

    queue_id: int
    goal_y: str
    points: str


def curves_of_today() -> list[Curve]:
    """Return the curve of every queue in use."""
    zone = installation.current().zone
    day = today(zone)
    filters = Filters(Period(day, day, zone))
    steps = Steps(filters.period.by_minutes(STEP_MINUTES))
    levels: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for (queue_id, place), tally in _tallies(filters, steps).items():
        level = tally.service_level()
        if level is not None:
            levels[queue_id][place] = level
    queues = Queue.objects.filter(is_active=True)
    return [Curve(queue.pk, _y(queue.service_level_goal), _points(levels[queue.pk])) for queue in queues]


def _tallies(filters: Filters, steps: Steps) -> dict[tuple[int, int], CallTally]:
    def key(row: tallies.CallRow) -> tuple[int, int] | None:
        place = steps.of(row.entered_at)
        return None if place is None or row.queue_id is None else (row.queue_id, place)

    return tallies.tally_calls(tallies.calls_of(filters), key)


def _points(levels: dict[int, float]) -> str:
    if len(levels) < 2:
        return ""
    first, last = min(levels), max(levels)
    return " ".join(
        f"{(place - first) / (last - first) * WIDTH:.1f},{_y(level)}" for place, level in sorted(levels.items())
    )


def _y(share: float) -> str:
    return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.1f}"
