"""How breaks are granted: a rule for each reason that is not taken at will."""

from __future__ import annotations

from collections.abc import Mapping

from allo.core.break_plan import BreakKind, BreakRule
from allo.data import models


def load_break_rules() -> dict[str, BreakRule]:
    """Rules by break reason."""
    return {
        str(reason.pk): BreakRule(
            str(reason.pk), BreakKind(reason.kind), reason.typical_min * 60.0, reason.longest_wait_min * 60.0
        )
        for reason in models.BreakReason.objects.active()
        if reason.kind
    }


def needs_forecasts(rules: Mapping[str, BreakRule]) -> bool:
    """Whether any rule looks ahead; comfort breaks do not."""
    return any(rule.kind is not BreakKind.COMFORT for rule in rules.values())
