"""The limits of the floor's warnings, and their history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from allo.data.actions.changes import save_change
from allo.data.models import Alert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from allo.data.models import AlertLimits, User


@dataclass(frozen=True, slots=True)
class Begun:
    """A trouble as it begins."""

    key: str
    kind: str
    rule: str
    values: dict[str, Any]


def do_save_alert_limits(actor: User | None, limits: AlertLimits) -> AlertLimits:
    """Change from when on the floor warns; open pages follow at once, what has been warned of stays."""
    return save_change(actor, limits)


def do_keep_alerts(present: Iterable[Begun], at: datetime) -> None:
    """Make the open rows those of the present troubles: begin what is new, end what is over."""
    now = {alert.key: alert for alert in present}
    with transaction.atomic():
        is_open = Alert.objects.filter(ended_at=None)
        known = set(is_open.values_list("key", flat=True))
        is_open.exclude(key__in=now).update(ended_at=at)
        Alert.objects.bulk_create(
            [
                Alert(key=one.key, kind=one.kind, rule=one.rule, values=one.values, began_at=at)
                for one in now.values()
                if one.key not in known
            ]
        )


def do_forget_alerts(before: datetime) -> Collection[int]:
    """Delete what is over and older."""
    gone = list(Alert.objects.filter(ended_at__lt=before).values_list("pk", flat=True))
    Alert.objects.filter(pk__in=gone).delete()
    return gone
