"""How many were in each state, half hour by half hour, or how many hours, day by day: one state on top of the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from allo.web.reports.adherence import layers, stretches
from allo.web.reports.answering import day_name
from allo.web.reports.periods import Steps, clock_of
from allo.web.reports.table import COUNT, shown

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

STEP_MINUTES = 30
HOUR_S = 3600.0


def chart(filters: Filters) -> dict[str, Any] | None:
    """Return what the chart shows; None where nobody was at work, or only for a moment."""
    is_day = filters.is_one_day
    steps = Steps(filters.period.by_minutes(STEP_MINUTES) if is_day else filters.period.by_day())
    found: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in stretches(filters):
        for place, seconds in steps.cut(one.start, one.end):
            found[place][one.kind] += seconds
    if len(found) < 2:
        return None
    places = range(min(found), max(found) + 1)
    whole = STEP_MINUTES * 60.0 if is_day else HOUR_S
    drawn = [layers(found.get(place, {})) for place in places]
    starts = [steps.steps[place].start for place in places]
    labels = [clock_of(start) if is_day else day_name(start.date()) for start in starts]
    totals = [sum(seconds for *_words, seconds in one) / whole for one in drawn]
    most = max(range(len(totals)), key=totals.__getitem__)
    said = _("Most people: %(count)s, %(when)s.") if is_day else _("Most hours: %(count)s, %(when)s.")
    return {
        "labels": labels,
        "series": [
            {"kind": kind, "label": label, "values": [round(one[layer][2] / whole, 3) for one in drawn]}
            for layer, (kind, label, _seconds) in enumerate(drawn[0])
        ],
        "summary": said % {"count": shown(COUNT, round(totals[most])), "when": labels[most]},
        "title": _("People in each state, on average") if is_day else _("Hours in each state"),
    }
