"""Do we reach whom we promised to call back? Call-backs agreed on, tries, and how long it took; by queue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.facts import CallbackAgreed, CallbackTried, MessageLeft, TryOutcome
from allo.data.models import CallRecord, CallResult, Queue
from allo.web.reports.kept_facts import facts_of, mean, names_of, share
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Table
from allo.web.reports.transfers import bar_of

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

COLUMNS = [
    Column("agreed", gettext_lazy("Call-backs"), note=gettext_lazy("agreed on, or a spoken message that was answered")),
    Column("reached", gettext_lazy("Reached")),
    Column("failed", gettext_lazy("Not reached"), note=gettext_lazy("given up after all tries, or cancelled")),
    Column("open", gettext_lazy("Open")),
    Column(
        "reached_share", gettext_lazy("Reached, share"), SHARE, note=gettext_lazy("reached / (reached + not reached)")
    ),
    Column("tries", gettext_lazy("Tries")),
    Column(
        "first_try", gettext_lazy("At the first try"), SHARE, note=gettext_lazy("reached at the first try / reached")
    ),
    Column("until", gettext_lazy("Until reached"), SECONDS, note=gettext_lazy("mean time from agreeing to the answer")),
]


LATER = timedelta(days=14)
"""How long after the chosen days what was agreed on in them may be tried: hours and holidays put call-backs off."""


@dataclass(slots=True)
class _Found:
    agreed: dict[str, float] = field(default_factory=dict)
    tries: int = 0
    first: int = 0
    reached: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    until_s: list[float] = field(default_factory=list)


def callbacks(filters: Filters) -> Table:
    """Return one row a queue: what was agreed on within the days, whenever it was tried."""
    found: defaultdict[str, _Found] = defaultdict(_Found)
    agreed_at = {}
    for agreed in facts_of(filters, CallbackAgreed):
        found[agreed.queue_id].agreed[agreed.call_id] = agreed_at[agreed.call_id] = agreed.at
    for left in facts_of(filters, MessageLeft):
        agreed_at.setdefault(left.call_id, left.at)
    for tried in facts_of(filters, CallbackTried, LATER):
        if tried.call_id not in agreed_at:
            continue
        one = found[tried.queue_id]
        one.agreed.setdefault(tried.call_id, agreed_at[tried.call_id])
        one.tries += 1
        if tried.outcome is TryOutcome.ANSWERED:
            one.reached.add(tried.call_id)
            one.first += tried.number_of_try == 1
            one.until_s.append(tried.at - agreed_at[tried.call_id])
    queue_of = {call_id: queue_id for queue_id, one in found.items() for call_id in one.agreed}
    over = CallRecord.objects.filter(call_id__in=queue_of, outcome=CallResult.NOT_REACHED)
    for call_id in over.values_list("call_id", flat=True):
        found[queue_of[call_id]].failed.add(call_id)
    names = names_of(Queue, found)
    rows = [_row(names.get(key, "–"), [found[key]]) for key in sorted(found, key=lambda key: names.get(key, ""))]
    whole = _row(_("All together"), list(found.values())) if len(rows) > 1 else None
    return Table(_("Queue"), COLUMNS, rows, whole, _("Reached, not reached, open"))


def _row(label: str, parts: list[_Found]) -> Row:
    agreed = sum(len(one.agreed) for one in parts)
    reached, failed = sum(len(one.reached) for one in parts), sum(len(one.failed) for one in parts)
    figures: dict[str, float | None] = {
        "agreed": agreed,
        "reached": reached,
        "failed": failed,
        "open": agreed - reached - failed,
        "reached_share": share(reached, reached + failed),
        "tries": sum(one.tries for one in parts),
        "first_try": share(sum(one.first for one in parts), reached),
        "until": mean([seconds for one in parts for seconds in one.until_s]),
    }
    bar = bar_of(
        [
            ("in-time", reached, _("Reached")),
            ("lost", failed, _("Not reached")),
            ("plain", agreed - reached - failed, _("Open")),
        ]
    )
    return Row(label, figures, bar=bar)
