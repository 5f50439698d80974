"""Do we solve it with one call? Answered calls after which the customer did not call again for seven days."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.data.models import CallRecord, CallResult, Queue
from allo.web.reports import tallies
from allo.web.reports.kept_facts import share
from allo.web.reports.table import SHARE, Column, Row, Table
from allo.web.reports.transfers import bar_of

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

WINDOW = timedelta(days=7)
COLUMNS = [
    Column("answered", gettext_lazy("Answered calls"), note=gettext_lazy("of customers whose number is known")),
    Column("solved", gettext_lazy("Solved at once"), note=gettext_lazy("no further call within 7 days")),
    Column("again", gettext_lazy("Called again")),
    Column("fcr", gettext_lazy("First call resolution"), SHARE,
        note=gettext_lazy("solved / (solved + called again), of calls whose 7 days are over")),
    Column("open", gettext_lazy("Not known yet"), note=gettext_lazy("the 7 days are not over")),
]  # fmt: skip


def resolution(filters: Filters) -> Table:
    """Return one row a queue."""
    next_call = CallRecord.objects.filter(
        customer=OuterRef("customer"),
        arrived_at__gt=OuterRef("ended_at"),
        arrived_at__lte=OuterRef("ended_at") + WINDOW,
    )
    answered = tallies.calls_of(filters).filter(
        outcome=CallResult.ANSWERED, customer__isnull=False, ended_at__isnull=False
    )
    found: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    known_until = timezone.now() - WINDOW
    rows = answered.order_by().annotate(again=Exists(next_call)).values_list("queue_id", "ended_at", "again")
    for queue_id, ended_at, again in rows.iterator(chunk_size=5000):
        is_over = ended_at is not None and ended_at <= known_until
        found[queue_id]["again" if again else "solved" if is_over else "open"] += 1
        found[queue_id]["judged"] += is_over
    names = dict(Queue.objects.filter(pk__in=[key for key in found if key]).values_list("pk", "name"))
    order = sorted(found, key=lambda key: names.get(key or 0, ""))
    lines = [_row(names.get(key or 0, "–"), found[key]) for key in order]
    whole: Counter[str] = sum(found.values(), Counter())
    return Table(
        _("Queue"),
        COLUMNS,
        lines,
        _row(_("All together"), whole) if len(lines) > 1 else None,
        _("Solved, called again"),
    )


def _row(label: str, counts: Counter[str]) -> Row:
    figures: dict[str, float | None] = {
        "answered": counts["solved"] + counts["again"] + counts["open"],
        "solved": counts["solved"],
        "again": counts["again"],
        "fcr": share(counts["solved"], counts["judged"]),
        "open": counts["open"],
    }
    parts: list[tuple[str, float, str]] = [
        ("in-time", counts["solved"], _("Solved at once")),
        ("lost", counts["again"], _("Called again")),
        ("plain", counts["open"], _("Not known yet")),
    ]
    return Row(label, figures, bar=bar_of(parts))
