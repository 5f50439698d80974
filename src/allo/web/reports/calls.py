"""The calls behind the figures: a list by day, queue, agent, kind, outcome and words.

``kind`` counts exactly what the tallies count; a test holds the list's length against each figure.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allo.core.facts import FlowedOut
from allo.data.models import CallRecord, CallResult, Fact
from allo.data.models.home_country import normalise_at_home
from allo.web.reports.access import visible_calls
from allo.web.reports.shares import of_agent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from allo.data.models import Queue, User
    from allo.web.reports.filters import Filters

KINDS = {
    "": _("All calls"),
    "entered": _("Entered a queue"),
    "answered": pgettext_lazy("calls", "Answered"),
    "handled": _("With an agent, called back too"),
    "callbacks": _("To be called back"),
    "in_target": _("Answered in time"),
    "late": _("Answered late"),
    "abandoned": pgettext_lazy("calls", "Abandoned"),
    "short": _("Abandoned at once"),
    "flowed_out": _("Flowed out after waiting"),
    "turned_away": _("Turned away by the queue"),
    "early": _("Left during the greeting"),
    "failed": _("Failed or rejected"),
}
ORDERS = {"": ("-arrived_at", "-pk"), "wait": ("-wait_s", "-pk"), "talk": ("-talk_s", "-pk")}
OWN_PARAMETERS = ("kind", "q", "outcome", "start", "end", "order")
_WITHIN_NUMBER = re.compile(r"(?<=[\d+])[\s()-]+(?=\d)")
_TARGET = F("queue__service_level_target_s")
_SHORT = F("queue__short_abandon_s")
_ANSWERED = Q(outcome=CallResult.ANSWERED, is_callback=False)
_KIND_TESTS = {
    "entered": Q(entered_at__isnull=False),
    "answered": _ANSWERED,
    "handled": Q(outcome=CallResult.ANSWERED),
    "callbacks": Q(is_callback=True),
    "in_target": _ANSWERED & Q(wait_s__lte=_TARGET),
    "late": _ANSWERED & Q(wait_s__gt=_TARGET),
    "abandoned": Q(outcome=CallResult.ABANDONED),
    "short": Q(outcome=CallResult.ABANDONED, wait_s__lt=_SHORT),
    "early": Q(outcome=CallResult.LEFT_EARLY),
    "failed": Q(outcome__in=[CallResult.FAILED, CallResult.REJECTED]),
}
_NOT_KEPT = {"flowed_out", "turned_away"}
_COUNTED_BY_ENTRY = {"entered", "answered", "handled", "callbacks", "in_target", "late", "abandoned", "short"}


def find_calls(reader: User, filters: Filters, query: Mapping[str, str]) -> QuerySet[CallRecord]:
    """Return the calls asked for, newest first."""
    kind = query.get("kind", "")
    calls = (
        visible_calls(reader)
        .exclude(outcome="")
        .select_related("queue", "agent", "customer", "disposition", "recording")
    )
    start = _instant(query.get("start", "")) or filters.period.start
    end = _instant(query.get("end", "")) or filters.period.end
    if kind in _NOT_KEPT:
        calls = calls.filter(call_id__in=_flowed_out(filters.queue, start, end, was_waiting=kind == "flowed_out"))
    else:
        when = "entered_at" if kind in _COUNTED_BY_ENTRY else "arrived_at"
        calls = calls.filter(_KIND_TESTS.get(kind, Q()), **{f"{when}__gte": start, f"{when}__lt": end})
        if filters.queue is not None:
            calls = calls.filter(queue=filters.queue)
    if filters.agent is not None:
        calls = calls.filter(of_agent(filters.agent))
    calls = calls.filter(_outcome(query.get("outcome", "")), _words(query.get("q", "")))
    return calls.order_by(*ORDERS.get(query.get("order", ""), ORDERS[""]))


def _flowed_out(queue: Queue | None, start: datetime, end: datetime, *, was_waiting: bool) -> QuerySet[Fact, str]:
    """The ids of calls that a queue did not keep, by when that was."""
    flows = Fact.objects.filter(kind=FlowedOut.__name__, at__gte=start, at__lt=end, body__was_waiting=was_waiting)
    if queue is not None:
        flows = flows.filter(queue_id=queue.queue_id)
    return flows.values_list("call_id", flat=True)


def _outcome(text: str) -> Q:
    if text == "none":
        return Q(disposition__isnull=True)
    return Q(disposition=int(text)) if text.isdecimal() and len(text) < 18 else Q()


def _words(text: str) -> Q:
    """Fit a number, a customer's or an agent's name; SQLite knows upper and lower case of Latin letters only."""
    found = Q()
    text = text.replace("\x00", " ")  # PostgreSQL knows no NUL
    for word in _WITHIN_NUMBER.sub("", text).split()[:5]:
        digits = "".join(character for character in word if character.isdigit())
        fits = Q(call_id=word)
        if len(digits) >= 2:
            fits |= Q(caller__contains=digits) | Q(customer__phone__contains=digits)
        if len(digits) >= 10:
            fits |= Q(customer__phone=normalise_at_home(word))
        for case in {word, word.lower(), word.capitalize()}:
            fits |= Q(customer__name__icontains=case) | Q(agent__display_name__icontains=case)
        found &= fits
    return found


def _instant(text: str) -> datetime | None:
    if not text.isdecimal() or len(text) > 11:
        return None
    return datetime.fromtimestamp(int(text), UTC)
