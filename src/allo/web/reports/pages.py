"""What the pages of reports share: their questions, the bar of filters, and the table as page or as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.metrics import ServiceLevelRule
from allo.data.models import Queue, Role, User
from allo.web.reports.filters import SHORT_STEPS_DAYS
from allo.web.reports.periods import today
from allo.web.reports.table import table_csv

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from allo.web.access import SignedInRequest
    from allo.web.reports.filters import Filters
    from allo.web.reports.table import Table

CSV = "csv"
OF_PEOPLE = {"agents", "adherence", "transfers", "ratings"}
_PARENTS = {"agent": "agents", "call": "calls"}
STEP_WORDS = {
    "15": gettext_lazy("15 min"),
    "30": gettext_lazy("30 min"),
    "60": gettext_lazy("Hour"),
    "day": gettext_lazy("Day"),
    "queue": gettext_lazy("Queue"),
}
LEVELS = {
    ServiceLevelRule.STANDARD.value: gettext_lazy("the usual way"),
    ServiceLevelRule.FLOW_OUTS.value: gettext_lazy("flow-outs count as late"),
    ServiceLevelRule.ASTERISK.value: gettext_lazy("of the answered (Asterisk)"),
    ServiceLevelRule.LEFT_QUEUE.value: gettext_lazy("who left the queue in time (Amazon Connect)"),
}
"""The ways to count the service level."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the filter bar or of the questions; ``is_chosen`` marks the present one."""

    label: str
    href: str
    is_chosen: bool
    icon: str = ""


def wants_csv(request: HttpRequest) -> bool:
    """Whether the address asks for the figures as a file."""
    return request.GET.get("format") == CSV


def show(
    request: SignedInRequest,
    here: str,
    filters: Filters,
    table: Table | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a page of reports (by its own template unless ``context`` names a ``template``), or its table as a file."""
    template = context.pop("template", f"reports/{here}.html")
    if table is not None and wants_csv(request):
        return table_csv(file_name(here, filters), table)
    shared = {
        "here": here,
        "questions": questions(request.user, here, filters),
        "filters": filters,
        "days": days(filters),
        "queues": _queues(filters),
        "table": table,
        "by_kept": "" if filters.by in {"", _usual_step(filters)} else filters.by,
        "offers_automatic": here in OF_PEOPLE and User.objects.filter(is_automatic=True).exists(),
        "csv_href": f"?{filters.query(format=CSV)}",
    }
    return render(request, template, {**shared, **context})


def _usual_step(filters: Filters) -> str:
    return "30" if filters.is_one_day else "day"


def file_name(here: str, filters: Filters) -> str:
    """Return what a file is called: of which question and which days."""
    first, last = filters.period.first.isoformat(), filters.period.last.isoformat()
    return f"allo-{here}-{first}" if first == last else f"allo-{here}-{first}-{last}"


def questions(reader: User, here: str, filters: Filters) -> list[Choice]:
    """Return the pages which the reader may open, each for the same days and queue."""
    query = filters.query(by="", agent="", **dict.fromkeys(filters.extra, ""))

    def choice(name: str, label: str, icon: str, *arguments: Any) -> Choice:
        address = reverse(f"reports:{name}", args=arguments)
        return Choice(label, f"{address}?{query}", name in {here, _PARENTS.get(here)}, icon)

    if not reader.is_leader:
        return [
            choice("agent", _("My time"), "hourglass", reader.pk),
            choice("calls", _("My calls"), "phone"),
        ]
    return [
        choice("answering", _("Answering"), "phone-incoming"),
        choice("agents", _("Agents"), "users"),
        choice("adherence", _("States"), "hourglass"),
        choice("outcomes", _("Outcomes"), "square-pen"),
        choice("calls", _("Calls"), "phone"),
        choice("transfers", _("Transfers"), "phone-forwarded"),
        choice("holds", _("Holds"), "pause"),
        choice("promises", _("Promises"), "handshake"),
        choice("messages", _("Messages"), "send"),
        choice("callbacks", _("Call-backs"), "phone-outgoing"),
        choice("resolution", _("One call"), "badge-check"),
        choice("surveys", _("Surveys"), "star"),
        choice("ratings", _("Agents’ marks"), "star"),
        choice("greetings", _("Greetings"), "volume-2"),
        choice("breaks", _("Breaks"), "coffee"),
    ]


def days(filters: Filters) -> list[Choice]:
    """Return the usual days: today, yesterday, the last seven, this month, the last one."""
    now = today(filters.period.zone)
    month = now.replace(day=1)
    before = month - timedelta(days=1)
    spans = [
        (_("Today"), now, now),
        (_("Yesterday"), now - timedelta(days=1), now - timedelta(days=1)),
        (_("7 days"), now - timedelta(days=6), now),
        (_("This month"), month, now),
        (_("Last month"), before.replace(day=1), before),
    ]
    return [_span(filters, label, first, last) for label, first, last in spans]


def _span(filters: Filters, label: str, first: date, last: date) -> Choice:
    chosen = (filters.period.first, filters.period.last) == (first, last)
    by = filters.by if filters.by == "queue" else ""
    changes = {"from": first.isoformat(), "to": last.isoformat(), "by": by, "start": "", "end": "", "page": ""}
    return Choice(label, f"?{filters.query(**changes)}", chosen)


def steps(filters: Filters) -> list[Choice]:
    """Return the ways to cut the period; short intervals are offered for two weeks at most."""
    is_long = (filters.period.last - filters.period.first).days >= SHORT_STEPS_DAYS
    return [
        Choice(str(label), f"?{filters.query(by=by)}", filters.by == by)
        for by, label in STEP_WORDS.items()
        if not (is_long and by.isdecimal())
    ]


def levels(filters: Filters) -> list[Choice]:
    """Return the ways to count the service level."""
    chosen = filters.extra.get("level", ServiceLevelRule.STANDARD.value)
    usual = ServiceLevelRule.STANDARD.value
    return [
        Choice(str(label), f"?{filters.query(level='' if key == usual else key)}", key == chosen)
        for key, label in LEVELS.items()
    ]


def _queues(filters: Filters) -> list[Queue]:
    """Queues in use, and the chosen one even if it is in use no more."""
    found = list(Queue.objects.filter(is_active=True))
    return found if filters.queue is None or filters.queue in found else [*found, filters.queue]


def agents_to_choose(filters: Filters) -> list[User]:
    """Return the people whose calls one can ask for."""
    if filters.only is not None:
        return []
    found = list(User.objects.filter(is_active=True).exclude(memberships=None, role=Role.ADMINISTRATOR).distinct())
    return found if filters.agent is None or filters.agent in found else [*found, filters.agent]
