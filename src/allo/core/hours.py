"""When a queue is open: weekly times in a zone, and days that have their own.

Pure reads of an instant; the zone's rules are the standard library's. An interval belongs to the day on which it
begins and may go on past midnight. Where clocks go back, an interval lasts until its end comes the second time; where
they go forward, a time that does not exist is the instant of the jump.

Invariants: `is_open` is true exactly in [`opening`, `closing`) of some interval; `next_opening(at)` is the first open
instant from `at` on, `next_closing(at)` the first closed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _

SEARCH_DAYS = 400
"""How far ahead an opening is looked for: holidays of a whole year and more."""
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from one local time to another, in minutes since midnight; beyond 1440 it ends on the next day."""

    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours. Without any interval it is never open."""

    zone: str = "UTC"
    weekly: tuple[tuple[Interval, ...], ...] = ((),) * 7
    """Monday first."""
    days: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    """Days with times of their own, none of them when closed: `2026-05-11`, or `01-01` for every year."""

    def is_open(self, at: float) -> bool:
        """Whether it is open at this instant."""
        return any(begins <= at < ends for begins, ends in self._around(at, 1))

    def next_opening(self, at: float) -> float | None:
        """The first instant from `at` on when it is open; None when there is none within a year."""
        found = (max(begins, at) for begins, ends in self._around(at, SEARCH_DAYS) if ends > at)
        return next(found, None)

    def next_closing(self, at: float) -> float | None:
        """The first instant from `at` on when it is closed; None when there is none within a year."""
        end = at
        for begins, ends in self._around(at, SEARCH_DAYS):
            if begins > end:
                return end
            end = max(end, ends)
        return end if end < at + (SEARCH_DAYS - 1) * 86400 else None

    def problems(self) -> list[Problem]:
        """Sentences about what cannot be meant."""
        found = [] if _is_zone(self.zone) else [Problem(_("the time zone %(zone)s is unknown"), zone=self.zone)]
        if len(self.weekly) != len(_WEEKDAYS):
            found.append(Problem(_("a week has seven days")))
        by_day = (*zip(_WEEKDAYS, self.weekly, strict=False), *self.days.items())
        found += [
            Problem(_("the hours of %(day)s end before they begin, or last longer than to the next midnight"), day=name)
            for name, intervals in by_day
            for one in intervals
            if not (0 <= one.from_minute < DAY_MINUTES and one.from_minute < one.to_minute <= 2 * DAY_MINUTES)
        ]
        found += [Problem(_("%(day)s is no date"), day=day) for day in self.days if not _is_day(day)]
        return found

    def _around(self, at: float, days: int) -> Iterator[tuple[float, float]]:
        """Intervals as instants, by their beginning, from the day before `at` on."""
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(at, zone).date()
        for ahead in range(-1, days + 1):
            day = today + timedelta(ahead)
            for one in sorted(self._intervals(day), key=lambda one: one.from_minute):
                begins = _instant(zone, day, one.from_minute, 0)
                ends = _instant(zone, day, one.to_minute, 1)
                if begins < ends:
                    yield begins, ends

    def _intervals(self, day: date) -> tuple[Interval, ...]:
        name = day.isoformat()
        for key in (name, name[5:]):
            if key in self.days:
                return self.days[key]
        return self.weekly[day.weekday()]


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def local_day(zone: str, at: float) -> str:
    """The date at an instant, as `2026-03-08`."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date().isoformat()


@lru_cache(maxsize=4096)
def _instant(zone: ZoneInfo, day: date, minute: int, fold: int) -> float:
    """The instant of a local time; of two the first or, with `fold`, the second; of none the jump's."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    early, late = sorted(wall.replace(tzinfo=zone, fold=which).timestamp() for which in (0, 1))
    if early == late:
        return early
    if datetime.fromtimestamp(early, zone).replace(tzinfo=None) == wall:
        return late if fold else early
    before = datetime.fromtimestamp(early, zone).utcoffset()
    low, high = early, late
    while high - low > 1:
        middle = float((low + high) // 2)
        is_before = datetime.fromtimestamp(middle, zone).utcoffset() == before
        low, high = (middle, high) if is_before else (low, middle)
    return high


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder's name, or outside the zones' folder
        return False
    return True


def _is_day(day: str) -> bool:
    try:
        # 2024 is a leap year: 02-29 is a day of some years.
        datetime.strptime(day if len(day) > len("01-01") else f"2024-{day}", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
