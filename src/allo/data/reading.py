"""Reading facts back as the core's dataclasses."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from allo.core.facts import Fact
from allo.data import models
from allo.data.ledger import moment


def facts_since(at: float, kinds: tuple[type[Fact], ...]) -> list[tuple[str, Fact]]:
    """Facts of these kinds from the instant on, with their uids, in their order."""
    by_name = {kind.__name__: kind for kind in kinds}
    rows = models.Fact.objects.filter(kind__in=by_name, at__gte=moment(at)).order_by("at", "pk")
    return [(uid, msgspec.convert(body, by_name[kind])) for uid, kind, body in rows.values_list("uid", "kind", "body")]


def calls_customers(call_ids: Iterable[str]) -> dict[str, str]:
    """Call id → customer id, for calls in the ledger whose customer is known."""
    rows = models.CallRecord.objects.filter(call_id__in=list(call_ids), customer__isnull=False)
    return {call_id: str(customer) for call_id, customer in rows.values_list("call_id", "customer_id")}
