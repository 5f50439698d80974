"""Calendars as the engine's hours. Without any interval the engine's hours are never open."""

from __future__ import annotations

from collections.abc import Iterable

from allo.core.hours import Hours, Interval
from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _
from allo.data import models


def load_calendars(remarks: list[str]) -> dict[int, Hours]:
    """Active calendars by primary key; one that cannot be meant is left out, with a sentence."""
    found = {}
    for calendar in models.Calendar.objects.active():
        hours = hours_of(calendar)
        problems = hours.problems()
        left_out = _("opening hours %(calendar)s are left out: %(problem)s")
        remarks += (Problem(left_out, calendar=calendar.pk, problem=problem) for problem in problems)
        if not problems:
            found[calendar.pk] = hours
    return found


def hours_of(calendar: models.Calendar) -> Hours:
    """One calendar."""
    return Hours(
        calendar.zone,
        tuple(_intervals(day) for day in calendar.weekly),
        {day["day"]: _intervals(day["intervals"]) for day in calendar.days},
    )


def _intervals(pairs: Iterable[tuple[int, int]]) -> tuple[Interval, ...]:
    return tuple(Interval(first, last) for first, last in pairs)
