"""Reading facts back as the core's dataclasses."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec

from allo.core.facts import Fact
from allo.data import models
from allo.data.ledger import moment

logger = logging.getLogger(__name__)


def facts_since(at: float, kinds: tuple[type[Fact], ...]) -> list[tuple[str, Fact]]:
    """Facts of these kinds from the instant on, with their uids, in their order. One that another version of Allo
    wrote in another shape is left out, and said.
    """
    by_name = {kind.__name__: kind for kind in kinds}
    rows = models.Fact.objects.filter(kind__in=by_name, at__gte=moment(at)).order_by("at", "pk")
    found: list[tuple[str, Fact]] = []
    for uid, kind, body in rows.values_list("uid", "kind", "body").iterator():
        try:
            found.append((uid, msgspec.convert(body, by_name[kind])))
        except msgspec.ValidationError as error:
            logger.warning("Fact %s cannot be read: %s", uid, error)
    return found


def calls_customers(call_ids: Iterable[str]) -> dict[str, str]:
    """Call id → customer id, for calls in the ledger whose customer is known."""
    rows = models.CallRecord.objects.filter(call_id__in=list(call_ids), customer__isnull=False)
    return {call_id: str(customer) for call_id, customer in rows.values_list("call_id", "customer_id")}
