"""A year of opening hours at a glance: twelve months, each day open, closed, or with hours of its own."""

from __future__ import annotations

import calendar as weeks
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.dates import MONTHS
from django.utils.translation import gettext

from allo.web.setup.forms.calendar import hours_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from allo.data.models import Calendar


@dataclass(frozen=True, slots=True)
class DaySquare:
    """One day of a month; a number of 0 is a gap before the first or after the last."""

    number: int
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month as rows of seven days, Monday first."""

    name: str | _StrPromise
    rows: list[list[DaySquare]]


def months_of(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months."""
    special = {day["day"]: day for day in calendar.days}

    def square(day: date, month: int) -> DaySquare:
        if day.month != month:
            return DaySquare(0)
        own = special.get(day.isoformat()) or special.get(day.isoformat()[5:])
        intervals = own["intervals"] if own else calendar.weekly[day.weekday()]
        words = hours_text(intervals) or gettext("closed")
        if own:
            kind = "own" if intervals else "holiday"
            return DaySquare(day.day, kind, f"{own['name']}: {words}" if own["name"] else words)
        return DaySquare(day.day, "open" if intervals else "closed", words)

    return [
        Month(
            MONTHS[month],
            [[square(day, month) for day in week] for week in weeks.Calendar().monthdatescalendar(year, month)],
        )
        for month in range(1, 13)
    ]
