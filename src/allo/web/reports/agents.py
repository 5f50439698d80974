"""How do our agents spend their time? One line an agent; and one agent's days and hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allo.core.agent_states import AgentState as State
from allo.core.metrics import CallTally, TimeTally
from allo.data.models import AgentState
from allo.web.reports import shares, tallies
from allo.web.reports.answering import day_name
from allo.web.reports.periods import Steps
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Segment, Table, stacked

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

COLUMNS = [
    Column("answered", pgettext_lazy("count", "Answered")),
    Column("aht", gettext_lazy("Handling (AHT)"), SECONDS, "aht"),
    Column("occupancy", gettext_lazy("Occupancy"), SHARE, "occupancy"),
    Column("logged_in", gettext_lazy("At work"), SECONDS, note=gettext_lazy("time in any state but logged out")),
    Column("ready", gettext_lazy("Ready"), SECONDS),
    Column("offered", gettext_lazy("Ringing"), SECONDS),
    Column("on_call", gettext_lazy("On calls"), SECONDS),
    Column("wrap_up", gettext_lazy("Wrap-up"), SECONDS),
    Column(
        "not_ready",
        gettext_lazy("Not ready"),
        SECONDS,
        note=gettext_lazy("breaks, and what stands under Otherwise in the report of states"),
    ),
]
HOUR_S = 3600
MOST_HOURS = 12
SHOWN_STATES = (State.ON_CALL, State.WRAP_UP, State.OFFERED, State.READY, State.NOT_READY)


@dataclass(frozen=True, slots=True)
class Strip:
    """A day as a picture: stretches of states, and the hours below them."""

    parts: list[Segment]
    hours: list[Segment]


def agents(filters: Filters) -> Table:
    """Return one row an agent."""
    calls = shares.tally_agents(filters, lambda row: row.agent_id)
    time = tallies.time_by_agent(filters)
    people = shares.people_of(filters, {*calls, *time})
    rows = [
        _row(
            filters,
            str(people[key]),
            calls.get(key, CallTally()),
            time.get(key, TimeTally()),
            href=f"{reverse('reports:agent', args=[key])}?{filters.query(agent='', by='')}",
            detail=_("automatic") if people[key].is_automatic else "",
            agent=key,
        )
        for key in sorted(people, key=lambda key: str(people[key]).casefold())
    ]
    shown = tallies.total(calls[key] for key in people if key in calls)
    whole = _row(filters, _("All together"), shown, tallies.total_time(time[key] for key in people if key in time))
    return Table(_("Agent"), COLUMNS, rows, whole if len(rows) > 1 else None, _("The time at work"))


def days_of_agent(filters: Filters) -> Table:
    """Return one row a day of the chosen agent."""
    steps = Steps(filters.period.by_day())
    calls = shares.tally_agents(filters, lambda row: steps.of(row.entered_at))
    time: dict[int, TimeTally] = {}
    agent = filters.agent.pk if filters.agent else None
    for _agent, state, _queue, start, end in tallies.intervals_of(filters.period.start, filters.period.end, agent):
        for place, seconds in steps.cut(start, end):
            time.setdefault(place, TimeTally()).add_seconds(state, seconds)
    rows = []
    for place, step in enumerate(steps.steps):
        day = step.start.date()
        span = {"from": day.isoformat(), "to": day.isoformat()}
        tally, spent = calls.get(place, CallTally()), time.get(place, TimeTally())
        rows.append(_row(filters, day_name(day), tally, spent, href=f"?{filters.query(**span)}", **span))
    whole = _row(filters, _("All together"), tallies.total(calls.values()), tallies.total_time(time.values()))
    return Table(_("Day"), COLUMNS, rows, whole if len(rows) > 1 else None, _("The time at work"))


def _row(
    filters: Filters, label: str, calls: CallTally, time: TimeTally, href: str = "", detail: str = "", **changes: object
) -> Row:
    seconds = {state.value: time.seconds.get(state.value, 0.0) for state in SHOWN_STATES}
    address = f"{reverse('reports:calls')}?{filters.query(**{'by': '', 'kind': 'answered', **changes})}"
    return Row(
        label,
        {
            "answered": calls.answered,
            "aht": calls.aht_s,
            "occupancy": time.occupancy,
            "logged_in": time.logged_in_s or None,
            **{state: value or None for state, value in seconds.items()},
        },
        href=href,
        links={"answered": address} if calls.answered else {},
        bar=_bar(time),
        detail=detail,
    )


def _bar(time: TimeTally) -> list[Segment]:
    whole = sum(time.seconds.get(state.value, 0.0) for state in SHOWN_STATES)
    if not whole:
        return []
    return stacked(
        (state.value.replace("_", "-"), time.seconds.get(state.value, 0.0) / whole, str(AgentState(state.value).label))
        for state in SHOWN_STATES
    )


def strip_of_day(filters: Filters) -> Strip | None:
    """Return one day of the chosen agent, stretch by stretch; None for several days or a day without work."""
    if not filters.is_one_day or filters.agent is None:
        return None
    stretches = tallies.intervals_of(filters.period.start, filters.period.end, filters.agent.pk)
    at_work = [one for one in stretches if one[1] != State.OFFLINE]
    if not at_work:
        return None
    begin = min(start for *_rest, start, _end in at_work) // HOUR_S * HOUR_S
    until = -(-max(end for *_rest, end in at_work) // HOUR_S) * HOUR_S
    whole = max(until - begin, HOUR_S)
    zone = filters.period.zone
    parts = []
    for _agent, state, _queue, start, end in at_work:
        clock = f"{datetime.fromtimestamp(start, zone):%H:%M:%S}–{datetime.fromtimestamp(end, zone):%H:%M:%S}"
        label = f"{AgentState(state).label} {clock}"
        parts.append(Segment(state.replace("_", "-"), (end - start) / whole, label, (start - begin) / whole))
    count = round(whole / HOUR_S)
    stride = 1 if count <= MOST_HOURS else 2
    hours = [
        Segment("", 0.0, f"{datetime.fromtimestamp(begin + place * HOUR_S, zone):%H:%M}", place / count)
        for place in range(0, count, stride)
    ]
    return Strip(parts, hours)
