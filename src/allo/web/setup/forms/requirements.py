"""What a queue or a number asks for: a line for each skill, with how well and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allo.core.skill import HIGHEST_PROFICIENCY, LOWEST_PROFICIENCY
from allo.data.actions.skill import Asked, asked_of
from allo.data.models import Skill
from allo.data.models.skill import LONGEST_RELAX_S

if TYPE_CHECKING:
    from django.forms import BoundField

    from allo.data.models import Number, Queue

PROFICIENCIES = [
    ("", "–"),
    *((str(level), str(level)) for level in range(LOWEST_PROFICIENCY, HIGHEST_PROFICIENCY + 1)),
]


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill and its controls; ``relax`` is there where a skill is asked for."""

    skill: Skill
    level: BoundField
    relax: BoundField | None = None


class Requirements:
    """The lines of one form, added to its fields as ``asks_<skill>`` and ``relax_<skill>``."""

    def __init__(self, form: forms.BaseForm, owner: Queue | Number) -> None:
        self._form = form
        self._skills = list(Skill.objects.active())
        present = {one.skill: one for one in asked_of(owner)} if owner.pk else {}
        for skill in self._skills:
            asked = present.get(skill)
            form.fields[f"asks_{skill.pk}"] = forms.ChoiceField(
                label=str(skill), choices=PROFICIENCIES, required=False, initial=str(asked.at_least) if asked else ""
            )
            form.fields[f"relax_{skill.pk}"] = forms.IntegerField(
                label=_("for, seconds"),
                required=False,
                min_value=0,
                max_value=LONGEST_RELAX_S,
                initial=asked.relax_after_s if asked and asked.relax_after_s else None,
                widget=forms.NumberInput(attrs={"placeholder": _("always")}),
            )

    def lines(self) -> list[SkillLine]:
        """The lines in the order of the list of skills."""
        form = self._form
        return [SkillLine(skill, form[f"asks_{skill.pk}"], form[f"relax_{skill.pk}"]) for skill in self._skills]

    def asked(self, cleaned: dict[str, Any]) -> list[Asked]:
        """What was chosen."""
        return [
            Asked(skill, int(level), cleaned.get(f"relax_{skill.pk}") or 0)
            for skill in self._skills
            if (level := cleaned.get(f"asks_{skill.pk}"))
        ]
