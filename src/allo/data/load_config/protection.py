"""Blocked callers, floods, and which outside numbers may be dialled; patterns are in the one spelling of numbers."""

from __future__ import annotations

from collections.abc import Container

from django.utils import timezone

from allo.core.model import Block, Dialling, FloodRule
from allo.data import models
from allo.data.phone_numbers import normalise_pattern


def load_blocks(home: str) -> dict[str, Block]:
    """Blocks by pattern. What expires later is read too: the engine itself looks at the time."""
    found: dict[str, Block] = {}
    for row in models.BlockedNumber.objects.in_force(timezone.now()).order_by("pk"):
        expires_at = row.expires_at.timestamp() if row.expires_at else 0.0
        message = "" if row.is_silent else "system:blocked"
        pattern = normalise_pattern(row.pattern, home)
        found[pattern] = Block(pattern, row.reason, expires_at, message)
    return found


def load_flood_rule(prompts: Container[str]) -> FloodRule | None:
    """The rule against floods; None when it is switched off."""
    rule = models.FloodProtection.current()
    if not rule.is_on:
        return None
    refusal = str(rule.refusal_id or "")
    return FloodRule(
        within_s=float(rule.within_s),
        slow_beyond=rule.slow_beyond,
        refuse_beyond=rule.refuse_beyond,
        refusal=refusal if refusal in prompts else "",
    )


def load_dialling(home: str) -> Dialling:
    """What may be dialled, and how often."""
    limits = models.DiallingLimits.current()
    allowed = (normalise_pattern(row.pattern, home) for row in models.OutsideNumber.objects.active())
    return Dialling(tuple(dict.fromkeys(allowed)), limits.most_a_day, limits.most_a_call, limits.most_at_once)
