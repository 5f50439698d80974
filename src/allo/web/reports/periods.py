"""Days and intervals of the centre's own time zone, as the instants that facts have.

A day may have 23 or 25 hours: intervals of a day are counted from its midnight in real minutes, so that none is
missing or doubled when clocks change. What is shown is the clock on the wall; in the hour that comes twice it says
which of the two is meant.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Step:
    """One interval: from ``start`` until before ``end``, both aware instants."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, ``first`` to ``last`` inclusive."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Midnight at which the first day begins."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """Midnight at which the last day ends."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> list[date]:
        """All days."""
        return [self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1)]

    def by_day(self) -> list[Step]:
        """One step a day."""
        return [Step(midnight(day, self.zone), midnight(day + timedelta(days=1), self.zone)) for day in self.days]

    def by_minutes(self, minutes: int) -> list[Step]:
        """Steps of so many minutes, counted from each midnight."""
        found = []
        for day in self.by_day():
            at, end = day.start.timestamp(), day.end.timestamp()
            while at < end:
                until = min(at + minutes * 60, end)
                found.append(Step(datetime.fromtimestamp(at, self.zone), datetime.fromtimestamp(until, self.zone)))
                at = until
        return found


class Steps:
    """Finds the step an instant falls into; instants are POSIX seconds."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self._starts = [step.start.timestamp() for step in steps]
        self._end = steps[-1].end.timestamp() if steps else 0.0

    def of(self, at: float) -> int | None:
        """Return the number of the step, or None outside of all."""
        if at >= self._end:
            return None
        place = bisect_right(self._starts, at) - 1
        return place if place >= 0 else None

    def cut(self, start: float, end: float) -> list[tuple[int, float]]:
        """Return (number of the step, seconds) for each step that ``start`` to ``end`` touches."""
        found = []
        place = max(0, bisect_right(self._starts, start) - 1)
        while place < len(self._starts) and self._starts[place] < end:
            until = self._starts[place + 1] if place + 1 < len(self._starts) else self._end
            seconds = min(end, until) - max(start, self._starts[place])
            if seconds > 0:
                found.append((place, seconds))
            place += 1
        return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins."""
    return datetime.combine(day, time(), zone)


def clock_of(at: datetime) -> str:
    """Return the clock on the wall: 14:30; in the hour that comes twice with its time zone: 02:30 CEST, 02:30 CET."""
    earlier, later = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    is_twice = earlier is not None and later is not None and earlier > later
    return f"{at:%H:%M} {at:%Z}" if is_twice else f"{at:%H:%M}"


def clock_s(at: float, day: date, zone: ZoneInfo) -> float:
    """Return what the clock on the wall of that day shows, in seconds; at the midnight that ends it 24 hours."""
    shown = datetime.fromtimestamp(at, zone).replace(tzinfo=None)
    return (shown - datetime.combine(day, time())).total_seconds()


def today(zone: ZoneInfo) -> date:
    """Return the present day of the centre."""
    return datetime.now(zone).date()
