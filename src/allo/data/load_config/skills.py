"""Who can do what how well, and what queues, numbers and keys of menus ask for. Deleted skills count nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from allo.core.skill import Requirement
from allo.data import models


def known_skills() -> set[int]:
    """Skills that count (primary keys)."""
    return set(models.Skill.objects.active().values_list("pk", flat=True))


def load_skills() -> dict[int, dict[str, int]]:
    """Person (primary key) to skill to proficiency."""
    found: dict[int, dict[str, int]] = {}
    for row in models.AgentSkill.objects.filter(skill__is_active=True):
        found.setdefault(row.user_id, {})[str(row.skill_id)] = row.proficiency
    return found


def queue_requirements() -> dict[int, tuple[Requirement, ...]]:
    """Queue (primary key) to what it asks for."""
    rows = models.QueueRequirement.objects.filter(skill__is_active=True)
    return _grouped((row.queue_id, row) for row in rows)


def number_requirements() -> dict[int, tuple[Requirement, ...]]:
    """Number (primary key) to what it asks for."""
    rows = models.NumberRequirement.objects.filter(skill__is_active=True)
    return _grouped((row.number_id, row) for row in rows)


def _grouped(
    rows: Iterable[tuple[int, models.QueueRequirement | models.NumberRequirement]],
) -> dict[int, tuple[Requirement, ...]]:
    found: dict[int, tuple[Requirement, ...]] = {}
    for owner, row in rows:
        one = Requirement(str(row.skill_id), row.at_least, float(row.relax_after_s))
        found[owner] = (*found.get(owner, ()), one)
    return found
