"""Do we keep our promises? Answer promises made, kept, missed and paid; and what they do for the service level."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.facts import PromiseKept, PromiseLapsed, PromiseMade, PromiseMissed, PromiseWithheld
from allo.core.metrics import CallTally
from allo.data.models import CompensationCode, Queue
from allo.web.reports import tallies
from allo.web.reports.kept_facts import NEXT_DAY, facts_of, names_of, share
from allo.web.reports.table import SHARE, Column, Row, Table
from allo.web.reports.transfers import bar_of

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

COLUMNS = [
    Column("made", gettext_lazy("Promises")),
    Column("kept", gettext_lazy("Kept")),
    Column("missed", gettext_lazy("Missed")),
    Column("lapsed", gettext_lazy("Came to nothing"), note=gettext_lazy("the caller left before, or is called back")),
    Column("kept_share", gettext_lazy("Kept, share"), SHARE, note=gettext_lazy("kept / (kept + missed)")),
    Column(
        "withheld", gettext_lazy("Not promised"), note=gettext_lazy("left out by the rule, the hours or the budget")
    ),
    Column("paid", gettext_lazy("Paid out"), note=gettext_lazy("the amounts of the missed promises, rounded")),
    Column("used", gettext_lazy("Codes used"), note=gettext_lazy("of the codes given in these days")),
    Column("sl_with", gettext_lazy("Service level with"), SHARE, "service_level"),
    Column("sl_without", gettext_lazy("Without"), SHARE, note=gettext_lazy("service level of calls without a promise")),
]
_Promise = PromiseMade | PromiseKept | PromiseMissed | PromiseLapsed | PromiseWithheld
_KINDS: dict[str, type[_Promise]] = {
    "made": PromiseMade,
    "kept": PromiseKept,
    "missed": PromiseMissed,
    "lapsed": PromiseLapsed,
    "withheld": PromiseWithheld,
}
_SEQUELS = (PromiseKept, PromiseMissed, PromiseLapsed)
"""What became of a promise belongs to the days in which it was made."""


def promises(filters: Filters) -> Table:
    """Return one row a queue."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    promised: set[str] = set()
    for name, kind in _KINDS.items():
        fact: _Promise
        for fact in facts_of(filters, kind, NEXT_DAY if kind in _SEQUELS else timedelta()):
            if kind in _SEQUELS and fact.call_id not in promised:
                continue
            found[fact.queue_id][name] += 1
            if isinstance(fact, PromiseMade):
                promised.add(fact.call_id)
            elif isinstance(fact, PromiseMissed):
                found[fact.queue_id]["paid"] += fact.amount
    period = filters.period
    used = CompensationCode.objects.filter(issued_at__gte=period.start, issued_at__lt=period.end, used_at__isnull=False)
    for queue_id in used.values_list("queue_id", flat=True):
        if str(queue_id) in found:
            found[str(queue_id)]["used"] += 1
    levels = tallies.tally_calls(
        tallies.calls_of(filters), lambda row: (str(row.queue_id or ""), row.ended.call_id in promised)
    )
    names = names_of(Queue, found)
    rows = [
        _row(names.get(key, "–"), found[key], levels.get((key, True)), levels.get((key, False)))
        for key in sorted(found, key=lambda key: names.get(key, ""))
    ]
    counts: Counter[str] = sum(found.values(), Counter())
    whole = _row(_("All together"), counts, _level(levels, found, has=True), _level(levels, found, has=False))
    footnote = _("The service level is that of calls which entered their queue in these days.")
    return Table(_("Queue"), COLUMNS, rows, whole if len(rows) > 1 else None, _("Kept, missed, nothing"), footnote)


def _level(levels: dict[tuple[str, bool], CallTally], queues: dict[str, Counter[str]], *, has: bool) -> CallTally:
    return tallies.total(one for (queue, is_promised), one in levels.items() if is_promised is has and queue in queues)


def _row(label: str, counts: Counter[str], with_it: CallTally | None, without: CallTally | None) -> Row:
    figures: dict[str, float | None] = {name: counts[name] for name in (*_KINDS, "used")}
    figures |= {
        "paid": counts["paid"] / 100,
        "kept_share": share(counts["kept"], counts["kept"] + counts["missed"]),
        "sl_with": with_it.service_level() if with_it else None,
        "sl_without": without.service_level() if without else None,
    }
    parts: list[tuple[str, float, str]] = [
        ("in-time", counts["kept"], _("Kept")),
        ("lost", counts["missed"], _("Missed")),
        ("plain", counts["lapsed"], _("Came to nothing")),
    ]
    return Row(label, figures, bar=bar_of(parts))
