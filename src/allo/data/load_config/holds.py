"""Reasons for a hold."""

from __future__ import annotations

from collections.abc import Container

from allo.core.model import HoldReason
from allo.data import models


def load_hold_reasons(prompts: Container[str]) -> dict[str, HoldReason]:
    """Active reasons by id. Where the prompt has no sound the caller hears music at once."""
    found = {}
    for row in models.HoldReason.objects.active():
        prompt = str(row.prompt_id or "")
        found[str(row.pk)] = HoldReason(str(row.pk), prompt if prompt in prompts else "", float(row.limit_s))
    return found
