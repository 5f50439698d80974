"""Changes of skills: the list, how well agents have them, what queues, numbers and keys of menus ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from allo.data.actions.changes import do_deactivate, record_change, save_change
from allo.data.actions.places import menus_that_mention
from allo.data.models import AgentSkill, NumberRequirement, QueueRequirement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from allo.data.models import Number, Queue, Skill, User


class SkillInUseError(ValueError):
    """Queues, numbers or menus still ask for this skill; ``places`` names them."""

    def __init__(self, places: list[str]) -> None:
        super().__init__(", ".join(places))
        self.places = places


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue or a number asks for: a skill at least so well, and for how long (0: always)."""

    skill: Skill
    at_least: int
    relax_after_s: int = 0


def do_save_skill(actor: User | None, skill: Skill) -> Skill:
    """Create or change a skill."""
    return save_change(actor, skill)


def do_deactivate_skill(actor: User | None, skill: Skill) -> None:
    """Delete a skill that nobody asks for any more. Raises SkillInUseError."""
    with transaction.atomic():
        queues = skill.queuerequirements.filter(queue__is_active=True).select_related("queue")
        numbers = skill.numberrequirements.filter(number__is_active=True).select_related("number")
        places = [str(row.queue) for row in queues] + [str(row.number) for row in numbers]
        places += [str(menu) for menu in menus_that_mention(skill)]
        if places:
            raise SkillInUseError(places)
        do_deactivate(actor, skill)


def do_set_skills(actor: User | None, user: User, wanted: Mapping[Skill, int]) -> None:
    """Let ``user`` have exactly these skills, so well (1-10)."""
    with transaction.atomic():
        present = user.skills.filter(skill__is_active=True).select_related("skill")
        before = {row.skill: row.proficiency for row in present}
        if before == dict(wanted):
            return
        user.skills.filter(skill__is_active=True).exclude(skill__in=list(wanted)).delete()
        for skill, proficiency in wanted.items():
            AgentSkill.objects.update_or_create(user=user, skill=skill, defaults={"proficiency": proficiency})
        record_change(actor, "change", user, {"skills": [_by_name(before), _by_name(wanted)]})


def requirement_change(owner: Queue | Number, wanted: Sequence[Asked]) -> dict[str, Any]:
    """What ``set_requirements`` would change, for the audit; empty when nothing."""
    before = [] if owner._state.adding else asked_of(owner)
    if {one.skill: one for one in before} == {one.skill: one for one in wanted}:
        return {}
    return {"requirements": [[_as_text(one) for one in before], [_as_text(one) for one in wanted]]}


def asked_of(owner: Queue | Number) -> list[Asked]:
    """What a queue or a number asks for now."""
    rows = owner.requirements.filter(skill__is_active=True).select_related("skill")
    return [Asked(row.skill, row.at_least, row.relax_after_s) for row in rows]


def set_queue_requirements(queue: Queue, wanted: Sequence[Asked]) -> None:
    """Store what a queue asks for; the caller writes the audit."""
    queue.requirements.exclude(skill__in=[one.skill for one in wanted]).delete()
    for one in wanted:
        QueueRequirement.objects.update_or_create(queue=queue, skill=one.skill, defaults=_fields(one))


def set_number_requirements(number: Number, wanted: Sequence[Asked]) -> None:
    """Store what a number asks for; the caller writes the audit."""
    number.requirements.exclude(skill__in=[one.skill for one in wanted]).delete()
    for one in wanted:
        NumberRequirement.objects.update_or_create(number=number, skill=one.skill, defaults=_fields(one))


def _fields(one: Asked) -> dict[str, int]:
    return {"at_least": one.at_least, "relax_after_s": one.relax_after_s}


def _as_text(one: Asked) -> str:
    return f"{one.skill} ≥ {one.at_least}" + (f" ({one.relax_after_s})" if one.relax_after_s else "")


def _by_name(levels: Mapping[Skill, int]) -> dict[str, int]:
    return {str(skill): level for skill, level in levels.items()}
