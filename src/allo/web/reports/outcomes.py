"""What do calls end with? Answered calls by the outcome which their agents recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.data.models import CallResult, Disposition
from allo.web.reports import tallies
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Segment, Table

if TYPE_CHECKING:
    from allo.core.metrics import CallTally
    from allo.web.reports.filters import Filters

NONE = 0
COLUMNS = [
    Column("answered", gettext_lazy("Calls"), note=gettext_lazy("answered, or called back and reached")),
    Column("share", gettext_lazy("Share"), SHARE, note=gettext_lazy("calls with this outcome / all of these calls")),
    Column("aht", gettext_lazy("Handling (AHT)"), SECONDS, "aht"),
    Column("talk", gettext_lazy("Talk"), SECONDS, note=gettext_lazy("talk time / calls")),
]


def outcomes(filters: Filters) -> Table:
    """Return one row an outcome, the most frequent first; calls without one stand at the end."""
    answered = tallies.calls_of(filters).filter(outcome=CallResult.ANSWERED)
    found = tallies.tally_calls(answered, lambda row: row.disposition_id or NONE)
    known = Disposition.objects.filter(pk__in=found).in_bulk()
    whole = tallies.total(found.values())
    most = max((one.handled for one in found.values()), default=0)
    order = sorted(found, key=lambda key: (key == NONE, -found[key].handled))
    rows = []
    for key in order:
        row = _row(filters, str(known[key]) if key else _("No outcome recorded"), found[key], whole.handled, key)
        kind = "none" if not key else "success" if known[key].is_success else "plain"
        row.bar = [Segment(kind, found[key].handled / most if most else 0.0, row.label)]
        row.detail = _("success") if kind == "success" else ""
        rows.append(row)
    return Table(
        _("Outcome"),
        COLUMNS,
        rows,
        _row(filters, _("All together"), whole, whole.handled) if rows else None,
        _("How often"),
    )


def _row(filters: Filters, label: str, calls: CallTally, whole: int, key: int | None = None) -> Row:
    changes = {} if key is None else {"outcome": key or "none"}
    address = f"{reverse('reports:calls')}?{filters.query(by='', kind='handled', **changes)}"
    return Row(
        label,
        {
            "answered": calls.handled,
            "share": calls.handled / whole if whole else None,
            "aht": calls.aht_s,
            "talk": calls.talk_s / calls.handled if calls.handled else None,
        },
        links={"answered": address} if calls.handled else {},
    )
