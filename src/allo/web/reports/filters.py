"""What a reader asks a report for: days, queue, agent, interval. Read from the address, kept in every link.

An address typed wrongly never fails: what cannot be understood is left out, and ``remark`` says so. Who may see
only their own figures gets their own, whatever the address says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from allo import installation
from allo.data.models import Queue, User
from allo.web.reports.periods import Period, today

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_DAYS = 366
STEPS = ("15", "30", "60", "day", "queue")
SHORT_STEPS_DAYS = 14


@dataclass(frozen=True, slots=True)
class Filters:
    """A report's parameters, all valid."""

    period: Period
    by: str = "30"
    queue: Queue | None = None
    agent: User | None = None
    remark: str = ""
    only: User | None = None
    """Set for a reader who sees nobody else's calls."""
    with_automatic: bool = False
    """Whether automatic agents stand among the people."""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def is_one_day(self) -> bool:
        """Whether the period is a single day."""
        return self.period.first == self.period.last

    def query(self, **changes: Any) -> str:
        """Return the address's query for these filters; ``changes`` override, "" removes."""
        values: dict[str, Any] = {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "by": self.by,
            "queue": self.queue.pk if self.queue else "",
            "agent": self.agent.pk if self.agent else "",
            "automatic": "1" if self.with_automatic else "",
            **self.extra,
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value not in ("", None)})

    def with_days(self, first: date, last: date) -> Filters:
        """Return the same question about other days."""
        return replace(self, period=Period(first, last, self.period.zone))


def read_filters(query: Mapping[str, str], reader: User, *, by: str = "") -> Filters:
    """Understand an address's query."""
    zone = installation.current().zone
    this_day = today(zone)
    remarks: list[str] = []
    first = _day(query.get("from", ""), this_day, remarks)
    last = _day(query.get("to", ""), first if query.get("from") else this_day, remarks)
    if last < first:
        first, last = last, first
    if (last - first).days >= LONGEST_DAYS:
        first = last - timedelta(days=LONGEST_DAYS - 1)
        remarks.append(_("A report covers one year at most; it begins later than you asked."))
    queue = _row(Queue, query.get("queue", ""), remarks, _("This queue does not exist; all queues are shown."))
    agent = _row(User, query.get("agent", ""), remarks, _("This agent does not exist; all agents are shown."))
    only = None if reader.is_leader else reader
    return Filters(
        period=Period(first, last, zone),
        by=_step(query.get("by", by), first, last, remarks),
        queue=queue,
        agent=only or agent,
        remark=" ".join(remarks),
        only=only,
        with_automatic=query.get("automatic") == "1",
    )


def _day(text: str, default: date, remarks: list[str]) -> date:
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        remarks.append(_("“%(text)s” is not a date; write it as 2026-01-31.") % {"text": text[:40]})
        return default
    earliest = date(2000, 1, 1)
    return min(max(day, earliest), date(2999, 12, 31))


def _step(text: str, first: date, last: date, remarks: list[str]) -> str:
    is_long = (last - first).days >= SHORT_STEPS_DAYS
    if text not in STEPS:
        return "30" if first == last else "day"
    if text.isdecimal() and is_long:
        remarks.append(_("Intervals of minutes are for two weeks at most; days are shown."))
        return "day"
    return text


def _row(model: Any, text: str, remarks: list[str], sentence: str) -> Any:
    if not text:
        return None
    found = model.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if found is None:
        remarks.append(sentence)
    return found
