"""What agents can do, how well, and what queues and numbers ask for.

A skill's id in the engine is ``Skill.pk`` as a string. Whoever has no ``AgentSkill`` for it does not have the skill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.core.skill import HIGHEST_PROFICIENCY, LOWEST_PROFICIENCY
from allo.data.models.number import Number
from allo.data.models.queue import Queue
from allo.data.models.selections import ActiveQuerySet
from allo.data.models.user import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_RELAX_S = 3600


class SkillKind(models.TextChoices):
    """What sort of thing a skill is: pages list them by it."""

    LANGUAGE = "language", _("Language")
    PRODUCT = "product", _("Product")
    REGION = "region", _("Region")
    OTHER = "other", _("Other")


class Skill(models.Model):
    """Something that some agents can and others cannot."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("sort of skill"), max_length=10, choices=SkillKind, default=SkillKind.LANGUAGE)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Skill"].as_manager()

    class Meta:
        ordering = ["kind", "name", "pk"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="skill_name_once",
                violation_error_message=_("There is already a skill with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def skill_id(self) -> str:
        """The id by which the routing engine knows this skill."""
        return str(self.pk)


def _proficiency(words: _StrPromise) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(
        words,
        default=LOWEST_PROFICIENCY,
        validators=[MinValueValidator(LOWEST_PROFICIENCY), MaxValueValidator(HIGHEST_PROFICIENCY)],
    )


class AgentSkill(models.Model):
    """How well an agent has a skill: 1 a little, 10 nobody better."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="agents")
    proficiency = _proficiency(_("proficiency"))

    class Meta:
        ordering = ["skill__kind", "skill__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "skill"], name="skill_once_per_agent"),
            models.CheckConstraint(
                condition=models.Q(proficiency__gte=LOWEST_PROFICIENCY, proficiency__lte=HIGHEST_PROFICIENCY),
                name="proficiency_1_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.skill_id} · {self.proficiency}"


class RequirementRow(models.Model):
    """A skill that calls ask for, at least so well, and after what wait they go without it."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="%(class)ss")
    at_least = _proficiency(_("at least"))
    relax_after_s = models.PositiveSmallIntegerField(
        _("not asked for after, seconds"), default=0, validators=[MaxValueValidator(LONGEST_RELAX_S)]
    )

    class Meta:
        abstract = True
        ordering = ["skill__kind", "skill__name"]


class QueueRequirement(RequirementRow):
    """What a queue asks of those who take its calls."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="requirements")

    class Meta(RequirementRow.Meta):
        constraints = [models.UniqueConstraint(fields=["queue", "skill"], name="requirement_once_per_queue")]

    def __str__(self) -> str:
        return f"{self.queue_id} · {self.skill_id} · {self.at_least}"


class NumberRequirement(RequirementRow):
    """What a dialled number asks for beside its queue."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="requirements")

    class Meta(RequirementRow.Meta):
        constraints = [models.UniqueConstraint(fields=["number", "skill"], name="requirement_once_per_number")]

    def __str__(self) -> str:
        return f"{self.number_id} · {self.skill_id} · {self.at_least}"
