"""Facts for reports: of some kind, in the chosen days, of the chosen queue and agent; and small arithmetic."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from allo.core.facts import Fact as CoreFact
from allo.data.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from allo.web.reports.filters import Filters

F = TypeVar("F", bound=CoreFact)


NEXT_DAY = timedelta(days=1)
"""How long after the chosen days what began in them may end and still belong to them."""


def facts_of(filters: Filters, kind: type[F], later: timedelta = timedelta()) -> Iterator[F]:
    """Yield facts of a kind in order, also of the time after the chosen days where their sequels are asked for.

    One that another version of Allo wrote in another shape is left out.
    """
    period = filters.period
    rows = Fact.objects.filter(kind=kind.__name__, at__gte=period.start, at__lt=period.end + later)
    if filters.queue is not None and "queue_id" in kind.__dataclass_fields__:
        rows = rows.filter(queue_id=str(filters.queue.pk))
    for body in rows.order_by("at", "pk").values_list("body", flat=True).iterator(chunk_size=2000):
        try:
            yield msgspec.convert(body, kind)
        except msgspec.ValidationError:
            continue


def names_of(model: Any, ids: Iterable[str]) -> dict[str, str]:
    """Return names by the engine's ids; of rows that are gone there are none."""
    keys = [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 18]
    return {str(key): str(row) for key, row in model.objects.in_bulk(keys).items()}


def mean(values: list[float]) -> float | None:
    """Return the mean; None of nothing."""
    return sum(values) / len(values) if values else None


def share(part: float, whole: float) -> float | None:
    """Return a part of a whole; None where there is no whole."""
    return part / whole if whole else None
