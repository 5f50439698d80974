"""Targets of the tables as those of the engine."""

from __future__ import annotations

from collections.abc import Container

from allo.core.callers_way import Target, TargetKind, WayOut
from allo.data.models.home_country import normalise_at_home


def target_of(text: str) -> Target | None:
    """A column of ``models.target`` as the engine's target; None for the empty one."""
    if not text:
        return None
    kind, _colon, id_ = text.partition(":")
    return Target(TargetKind(kind), normalise_at_home(id_) if kind == TargetKind.NUMBER else id_)


def way_of(target: str, message_id: int | None, prompts: Container[str]) -> WayOut | None:
    """A target and a message as a way out; None when neither is said. A message that cannot be heard is left out."""
    heard = str(message_id) if message_id is not None and str(message_id) in prompts else ""
    found = target_of(target)
    if found is None and not heard:
        return None
    return WayOut(found or Target(TargetKind.HANG_UP), heard)
