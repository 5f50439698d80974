"""Are we answering in time? Calls and their figures by queue, by interval or by day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from allo.core.metrics import CallTally, ServiceLevelRule, TimeTally
from allo.data.models import Queue
from allo.web.reports import tallies
from allo.web.reports.periods import Step, Steps, clock_of
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Segment, Table, shown, stacked

if TYPE_CHECKING:
    from datetime import date

    from allo.web.reports.filters import Filters

COLUMNS = [
    Column(
        "entered",
        gettext_lazy("Entered"),
        note=gettext_lazy("calls whose wait ended in the queue: answered, abandoned, called back, or ended by a fault"),
    ),
    Column("answered", pgettext_lazy("count", "Answered")),
    Column("in_target", gettext_lazy("In time"), note=gettext_lazy("answered within the queue's target")),
    Column("abandoned", gettext_lazy("Abandoned"), note=gettext_lazy("left the queue unanswered, short abandons too")),
    Column(
        "callbacks",
        gettext_lazy("Call-backs"),
        note=gettext_lazy("hung up to be called back: neither answered nor abandoned"),
        short=pgettext_lazy("heading", "Call-backs"),
    ),
    Column(
        "flowed_out",
        gettext_lazy("Flow-outs"),
        note=gettext_lazy("waited in vain and were sent elsewhere: another queue, a menu, a voicemail, a message"),
        short=pgettext_lazy("heading", "Flow-outs"),
    ),
    Column(
        "turned_away",
        gettext_lazy("Turned away"),
        note=gettext_lazy("closed, full, or nobody at work"),
        short=pgettext_lazy("heading", "Turned away"),
    ),
    Column("service_level", gettext_lazy("Service level"), SHARE, "service_level", short="SL"),
    Column("abandonment", gettext_lazy("Abandonment"), SHARE, "abandonment"),
    Column("asa", gettext_lazy("Speed of answer (ASA)"), SECONDS, "asa", short="ASA"),
    Column("longest", gettext_lazy("Longest wait"), SECONDS),
    Column("aht", gettext_lazy("Handling (AHT)"), SECONDS, "aht", short="AHT"),
    Column("occupancy", gettext_lazy("Occupancy"), SHARE, "occupancy", gettext_lazy("automatic agents do not count")),
]

HEADLINE = ("answered", "abandoned", "asa", "aht", "occupancy")


@dataclass(frozen=True, slots=True)
class Figure:
    """One large figure above the table."""

    label: str
    text: str
    href: str
    tone: str
    detail: str
    about: str


def answering(filters: Filters) -> Table:
    """Return the table of this question."""
    return _by_queue(filters) if filters.by == "queue" else _by_step(filters)


def rule_of(filters: Filters) -> ServiceLevelRule:
    """Return how the reader wants the service level counted."""
    return ServiceLevelRule(filters.extra.get("level", ServiceLevelRule.STANDARD))


def columns(filters: Filters) -> list[Column]:
    """Return the columns, with the formula of the chosen service level."""
    rule = rule_of(filters)
    if rule is ServiceLevelRule.STANDARD:
        return COLUMNS
    formula = f"service_level_{rule.value}"
    return [replace(one, formula=formula) if one.key == "service_level" else one for one in COLUMNS]


def figures(filters: Filters, calls: CallTally, time: TimeTally) -> dict[str, float | None]:
    """Return the figures of a tally by column key."""
    return {
        "entered": calls.entered,
        "answered": calls.answered,
        "in_target": calls.answered_in_target,
        "abandoned": calls.abandoned,
        "callbacks": calls.callbacks,
        "flowed_out": calls.flowed_out,
        "turned_away": calls.turned_away,
        "service_level": calls.service_level(rule_of(filters)),
        "abandonment": calls.abandonment,
        "asa": calls.asa_s,
        "longest": calls.longest_wait_s if calls.entered else None,
        "aht": calls.aht_s,
        "occupancy": time.occupancy,
    }


def links(filters: Filters, calls: CallTally, **changes: Any) -> dict[str, str]:
    """Return for each counted figure the address of the calls behind it."""
    kinds = {
        "entered": "",
        "answered": "answered",
        "in_target": "in_target",
        "abandoned": "abandoned",
        "longest": "",
        "callbacks": "callbacks",
        "flowed_out": "flowed_out",
        "turned_away": "turned_away",
    }
    more = {"longest": {"order": "wait"}}
    address = reverse("reports:calls")
    if not (calls.entered or calls.flowed_out or calls.turned_away):
        return {}
    return {
        key: f"{address}?{filters.query(by='', **{'kind': kind or 'entered', **more.get(key, {}), **changes})}"
        for key, kind in kinds.items()
    }


def _by_queue(filters: Filters) -> Table:
    found = tallies.tally_calls(tallies.calls_of(filters), lambda row: row.queue_id)
    tallies.tally_flows(found, filters, lambda flow: int(flow.queue_id))
    time = tallies.time_by_queue(filters)
    most = max((calls.entered + calls.flowed_out for calls in found.values()), default=0) or 1
    names = dict(Queue.objects.filter(pk__in=found).values_list("pk", "name"))
    rows = [
        Row(
            names.get(key, "–"),
            figures(filters, calls, time.get(key, TimeTally())),
            links=links(filters, calls, queue=key),
            href=f"?{filters.query(queue=key, by='30' if filters.is_one_day else 'day')}",
            bar=_bar(calls, most),
        )
        for key, calls in sorted(found.items(), key=lambda item: names.get(item[0], ""))
    ]
    whole = tallies.total(found.values())
    footnote = _(
        "An agent’s ready time counts for every queue the agent serves, time with a call for the call’s queue."
    )
    whole_row = _sum(filters, whole, _time_of_all(filters))
    return Table(_("Queue"), columns(filters), rows, whole_row, _("In time, late, lost"), footnote)


def _bar(calls: CallTally, most: int) -> list[Segment]:
    late, lost = calls.answered - calls.answered_in_target, calls.entered - calls.answered - calls.callbacks
    return stacked(
        [
            ("in-time", calls.answered_in_target / most, _("In time")),
            ("late", late / most, _("Late")),
            ("callbacks", calls.callbacks / most, _("Call-backs")),
            ("away", calls.flowed_out / most, _("Flow-outs")),
            ("lost", lost / most, _("Not answered")),
        ]
    )


def _by_step(filters: Filters) -> Table:
    period = filters.period
    steps = Steps(period.by_day() if filters.by == "day" else period.by_minutes(int(filters.by)))
    found = tallies.tally_calls(tallies.calls_of(filters), lambda row: steps.of(row.entered_at))
    tallies.tally_flows(found, filters, lambda flow: steps.of(flow.at))
    time = tallies.time_by_step(filters, steps)
    rows = [
        _step_row(filters, steps.steps[place], found.get(place, CallTally()), time.get(place, TimeTally()))
        for place in _busy(found, time, len(steps.steps), filters)
    ]
    whole = tallies.total(found.values())
    title = _("Day") if filters.by == "day" else _("Time")
    return Table(title, columns(filters), rows, _sum(filters, whole, tallies.total_time(time.values())))


def _busy(found: dict[int, CallTally], time: dict[int, TimeTally], count: int, filters: Filters) -> range:
    """Leave out the empty hours before the first and after the last call, never those between."""
    places = [*found] or [place for place, one in time.items() if one.logged_in_s]
    if filters.by == "day" or not places:
        return range(count if filters.by == "day" else 0)
    return range(min(places), max(places) + 1)


def _step_row(filters: Filters, step: Step, calls: CallTally, time: TimeTally) -> Row:
    span = {"start": f"{step.start.timestamp():.0f}", "end": f"{step.end.timestamp():.0f}"}
    href = ""
    if filters.by == "day":
        day = step.start.date().isoformat()
        href = f"?{filters.query(**{'from': day, 'to': day, 'by': '30'})}"
        label = day_name(step.start.date())
    else:
        label = f"{clock_of(step.start)}–{clock_of(step.end)}"
        if not filters.is_one_day:
            label = f"{day_name(step.start.date())}, {label}"
    return Row(label, figures(filters, calls, time), href=href, links=links(filters, calls, **span))


def _sum(filters: Filters, calls: CallTally, time: TimeTally) -> Row:
    return Row(_("All together"), figures(filters, calls, time), links=links(filters, calls))


def _time_of_all(filters: Filters) -> TimeTally:
    return tallies.total_time(tallies.time_by_step(filters, Steps(filters.period.by_day())).values())


def day_name(day: date) -> str:
    """Return a day as people say it: Mon, 5 Jan."""
    is_russian = (get_language() or "").startswith("ru")
    return str(format_date(day, "EEEEEE, d MMM" if is_russian else "EEE, d MMM", locale="ru" if is_russian else "en"))


def headline(filters: Filters, table: Table) -> list[Figure]:
    """Return the few figures that answer the question, large."""
    whole = table.sum_row
    if whole is None:
        return []
    goal = filters.queue.service_level_goal if filters.queue else None
    level = whole.figures["service_level"]
    tone = "" if goal is None or level is None else ("good" if level >= goal else "bad")
    detail = _("goal %(goal)s") % {"goal": shown(SHARE, goal)} if goal is not None else ""
    figures_of = [("service_level", tone, detail), *((key, "", "") for key in HEADLINE)]
    kinds = {column.key: column for column in table.columns}
    found = []
    for key, mark, more in figures_of:
        column, text = kinds[key], shown(kinds[key].kind, whole.figures[key])
        found.append(Figure(str(column.label), text, whole.links.get(key, ""), mark, more, column.about))
    return found


def chart(filters: Filters, table: Table) -> dict[str, Any] | None:
    """Return what the chart shows: calls as bars, service level as a line, by step or by day."""
    if filters.by == "queue" or len(table.rows) < 2:
        return None
    return {
        "labels": [row.label for row in table.rows],
        "ticks": [row.label.partition("–")[0] for row in table.rows],
        "links": [row.links.get("entered", "") for row in table.rows],
        "entered": [row.figures["entered"] for row in table.rows],
        "answered": [row.figures["answered"] for row in table.rows],
        "level": [row.figures["service_level"] for row in table.rows],
        "goal": filters.queue.service_level_goal if filters.queue else None,
        "summary": _summary(table),
        "words": {
            "entered": _("Entered"),
            "answered": pgettext("count", "Answered"),
            "level": _("Service level"),
            "goal": _("Goal"),
        },
    }


def _summary(table: Table) -> str:
    """Say in words what the chart shows, for those who cannot see it."""
    busiest = max(table.rows, key=lambda row: row.figures["entered"] or 0)
    rated = [row for row in table.rows if row.figures["service_level"] is not None]
    said = _("Most calls: %(count)s, %(when)s.") % {
        "count": shown("count", busiest.figures["entered"]),
        "when": busiest.label,
    }
    if not rated:
        return said
    worst = min(rated, key=lambda row: row.figures["service_level"] or 0.0)
    lowest = {"level": shown(SHARE, worst.figures["service_level"]), "when": worst.label}
    return f"{said} {_('Lowest service level: %(level)s, %(when)s.') % lowest}"
