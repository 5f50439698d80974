"""When were our agents at work, and in which states? Each agent's days, from the ledger's intervals.

A stretch over midnight belongs to both days, a break to the day on which it began. There is no plan to hold the days
against: what one can say is how long breaks usually take, as the set-up says, and how much longer they took.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allo.core.agent_states import AgentState as State
from allo.data.models import AgentInterval, BreakReason
from allo.web.reports.answering import day_name
from allo.web.reports.breaks import claims_of
from allo.web.reports.kept_facts import share
from allo.web.reports.periods import Steps, clock_s
from allo.web.reports.shares import people_of
from allo.web.reports.table import CLOCK, SECONDS, SHARE, Column, Row, Segment, Table, header_of, raw, stacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from allo.data.models import User
    from allo.web.reports.filters import Filters

BREAK = "break_"
SYSTEM = "system"
WORK = (State.ON_CALL, State.WRAP_UP, State.OFFERED, State.READY)
BEFORE = [
    Column("first", gettext_lazy("First login"), CLOCK, short=pgettext_lazy("heading", "First login")),
    Column(
        "last", gettext_lazy("Last logout"), CLOCK, note=gettext_lazy("a dash while somebody is at work"),
        short=pgettext_lazy("heading", "Last logout"),
    ),
    Column("at_work", gettext_lazy("At work"), SECONDS, note=gettext_lazy("time in any state but logged out")),
    Column("away", gettext_lazy("Logged out"), SECONDS, note=gettext_lazy("between first login and last logout")),
    Column(
        "presence", gettext_lazy("Presence"), SHARE, note=gettext_lazy("at work / first login to last logout"),
        short=pgettext_lazy("heading", "Presence"),
    ),
    Column("ready", gettext_lazy("Ready"), SECONDS),
    Column("offered", gettext_lazy("Ringing"), SECONDS),
    Column("on_call", gettext_lazy("On calls"), SECONDS, short=pgettext_lazy("heading", "On calls")),
    Column("wrap_up", gettext_lazy("Wrap-up"), SECONDS),
]  # fmt: skip
AFTER = [
    Column(
        SYSTEM, gettext_lazy("Otherwise"), SECONDS,
        note=gettext_lazy(
            "not ready after logging in, a call declined or unanswered, an outcome missing, a lost phone"
        ),
        short=pgettext_lazy("heading", "Other"),
    ),
    Column(
        "granted", gettext_lazy("Breaks granted"), note=gettext_lazy("of those asked for"),
        short=pgettext_lazy("heading", "Breaks granted"),
    ),
    Column("taken", gettext_lazy("Breaks taken"), short=pgettext_lazy("heading", "Breaks taken")),
    Column(
        "overrun", gettext_lazy("Overrun"), note=gettext_lazy("breaks that took longer than the set-up says"),
        short=pgettext_lazy("heading", "Overrun"),
    ),
    Column(
        "over", gettext_lazy("Overrun by"), SECONDS, note=gettext_lazy("all their additional time"),
        short=pgettext_lazy("heading", "Overrun by"),
    ),
]  # fmt: skip


@dataclass(slots=True)
class Spent:
    """One agent's time in one day, or several of them added up."""

    seconds: dict[str, float] = field(default_factory=dict)
    """By state; NotReady by break reason, or `system`."""
    first: float | None = None
    last: float | None = None
    is_open: bool = False
    """Still at work."""
    granted: int = 0
    taken: int = 0
    overrun: int = 0
    over_s: float = 0.0
    span_s: float = 0.0

    @property
    def at_work_s(self) -> float:
        """Seconds in any state but logged out."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval, whole."""

    agent_id: int
    kind: str
    reason: str
    start: float
    end: float
    is_open: bool


def adherence(filters: Filters) -> Table:
    """Return one row an agent, or of a chosen agent one row a day."""
    spent = days_of(filters)
    reasons = _reasons(spent.values())
    columns = _columns(reasons)
    if filters.agent is not None:
        rows = [
            _row(
                filters, day_name(day), _added(one for (_agent, at), one in spent.items() if at == place), reasons, day
            )
            for place, day in enumerate(filters.period.days)
        ]
        title = _("Day")
    else:
        by_agent: defaultdict[int, list[Spent]] = defaultdict(list)
        for (agent_id, _place), one in spent.items():
            by_agent[agent_id].append(one)
        day = filters.period.first if filters.is_one_day else None
        rows = [
            _row(filters, str(person), _added(by_agent[person.pk]), reasons, day, _href(filters, person))
            for person in _people(filters, by_agent)
        ]
        title = _("Agent")
    whole = _row(filters, _("All together"), _added(spent.values()), reasons)
    return Table(title, columns, rows, whole if len(rows) > 1 else None, _("The time at work"))


def file_lines(filters: Filters) -> tuple[list[str], list[list[object]]]:
    """Return the head and the lines of the file: each agent's every day."""
    spent = days_of(filters)
    reasons = _reasons(spent.values())
    columns = _columns(reasons)
    lines: list[list[object]] = []
    for person in _people(filters, {agent_id for agent_id, _place in spent}):
        for place, day in enumerate(filters.period.days):
            if (person.pk, place) in spent:
                row = _row(filters, "", spent[person.pk, place], reasons, day)
                lines.append([str(person), day.isoformat(), *(raw(one, row.figures.get(one.key)) for one in columns)])
    return [_("Agent"), _("Day"), *map(header_of, columns)], lines


def days_of(filters: Filters) -> dict[tuple[int, int], Spent]:
    """Return what each shown agent did on each day at work, by agent and number of the day."""
    steps = Steps(filters.period.by_day())
    typical = {str(one.pk): one.typical_min * 60.0 for one in BreakReason.objects.all()}
    found: defaultdict[tuple[int, int], Spent] = defaultdict(Spent)
    for one in stretches(filters):
        for place, start, end in _cut(one, steps):
            day = found[one.agent_id, place]
            day.seconds[one.kind] = day.seconds.get(one.kind, 0.0) + end - start
            day.first = start if day.first is None else min(day.first, start)
            day.last = max(day.last or end, end)
            day.is_open = day.is_open or (one.is_open and end >= one.end)
        began_on = steps.of(one.start)
        if one.kind.startswith(BREAK) and began_on is not None and (one.agent_id, began_on) in found:
            over_s = one.end - one.start - typical[one.reason]
            day = found[one.agent_id, began_on]
            day.taken += 1
            day.overrun += over_s > 0
            day.over_s += max(over_s, 0.0)
    for claim in claims_of(filters):
        granted_on = steps.of(claim.last.at)
        if claim.is_granted and granted_on is not None and (int(claim.last.agent_id), granted_on) in found:
            found[int(claim.last.agent_id), granted_on].granted += 1
    for day in found.values():
        day.span_s = (day.last or 0.0) - (day.first or 0.0)
    return dict(found)


def stretches(filters: Filters) -> Iterator[Stretch]:
    """Yield what touches the chosen days, in order, of those whom the report shows; nobody is at work in the future."""
    now = timezone.now()
    period = filters.period
    rows = AgentInterval.objects.filter(started_at__lt=min(period.end, now)).exclude(state=State.OFFLINE)
    rows = rows.filter(Q(ended_at__gt=period.start) | Q(ended_at__isnull=True))
    if filters.agent is not None:
        rows = rows.filter(agent=filters.agent)
    elif not filters.with_automatic:
        rows = rows.filter(agent__is_automatic=False)
    known = {str(pk) for pk in BreakReason.objects.values_list("pk", flat=True)}
    read = rows.order_by("started_at", "pk").values_list("agent_id", "state", "reason", "started_at", "ended_at")
    for agent_id, state, reason, began, ended in read.iterator(chunk_size=5000):
        kind = state if state != State.NOT_READY else BREAK + reason if reason in known else SYSTEM
        yield Stretch(agent_id, kind, reason, began.timestamp(), (ended or now).timestamp(), ended is None)


def _cut(one: Stretch, steps: Steps) -> Iterator[tuple[int, float, float]]:
    for place, seconds in steps.cut(one.start, one.end):
        start = max(one.start, steps.steps[place].start.timestamp())
        yield place, start, start + seconds


def _people(filters: Filters, keys: Iterable[int]) -> list[User]:
    people = people_of(filters, keys) if filters.agent is None else {filters.agent.pk: filters.agent}
    return sorted(people.values(), key=lambda person: str(person).casefold())


def _reasons(spent: Iterable[Spent]) -> list[BreakReason]:
    """Reasons for breaks that are in use or were taken, in their order."""
    taken = {key.removeprefix(BREAK) for one in spent for key in one.seconds if key.startswith(BREAK)}
    return [one for one in BreakReason.objects.all() if one.is_active or str(one.pk) in taken]


def _columns(reasons: list[BreakReason]) -> list[Column]:
    return [*BEFORE, *(Column(f"{BREAK}{one.pk}", one.name, SECONDS) for one in reasons), *AFTER]


def _added(parts: Iterable[Spent]) -> Spent:
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    whole = Spent()
    for one in parts:
        for kind, seconds in one.seconds.items():
            whole.seconds[kind] = whole.seconds.get(kind, 0.0) + seconds
        whole.granted += one.granted
        whole.taken += one.taken
        whole.overrun += one.overrun
        whole.over_s += one.over_s
        whole.span_s += one.span_s
    return whole


def _href(filters: Filters, person: User) -> str:
    return f"{reverse('reports:adherence')}?{filters.query(agent=person.pk)}"


def _row(
    filters: Filters, label: str, spent: Spent, reasons: list[BreakReason], day: date | None = None, href: str = ""
) -> Row:
    """Return a row; of several days, ``day`` None, there is no first login and no last logout."""
    at_work = spent.at_work_s

    def clock(at: float | None) -> float | None:
        return None if at is None or day is None else clock_s(at, day, filters.period.zone)

    figures: dict[str, float | None] = {
        "first": clock(spent.first),
        "last": None if spent.is_open else clock(spent.last),
        "at_work": at_work or None,
        "away": max(spent.span_s - at_work, 0.0) if at_work else None,
        "presence": share(min(at_work, spent.span_s), spent.span_s),
        **{key: spent.seconds.get(key) or None for key in (*WORK, SYSTEM, *(f"{BREAK}{one.pk}" for one in reasons))},
        "granted": spent.granted,
        "taken": spent.taken,
        "overrun": spent.overrun,
        "over": spent.over_s or None,
    }
    return Row(label, figures, href=href, bar=_bar(spent, at_work))


def _bar(spent: Spent, whole: float) -> list[Segment]:
    if not whole:
        return []
    return stacked((kind, seconds / whole, label) for kind, label, seconds in layers(spent.seconds))


def layers(seconds: Mapping[str, float]) -> list[tuple[str, str, float]]:
    """Return (colour, words, seconds) of the states, those with a caller first."""
    breaks = sum(value for key, value in seconds.items() if key.startswith(BREAK))
    labels = {
        State.ON_CALL: _("On a call"),
        State.WRAP_UP: _("Wrap-up"),
        State.OFFERED: _("Ringing"),
        State.READY: _("Ready"),
    }
    return [
        *((state.value.replace("_", "-"), labels[state], seconds.get(state.value, 0.0)) for state in WORK),
        ("not-ready", _("Break"), breaks),
        ("lost", _("Not ready otherwise"), seconds.get(SYSTEM, 0.0)),
    ]
