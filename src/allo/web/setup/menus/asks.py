"""The skills that a key of a menu asks of the agent: up to three lines of a question's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.menu_body import Asks
from allo.data.models.skill import LONGEST_RELAX_S
from allo.web.setup.forms.requirements import PROFICIENCIES

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = 3
_CONTROLS = ("skill", "level", "relax")


class KeyAsks:
    """The lines of one key, added to the form's fields as ``<name>_<place>_skill``, ``_level`` and ``_relax``."""

    def __init__(self, form: forms.BaseForm, name: str, skills: list[tuple[str, str]], asks: Sequence[Asks]) -> None:
        self._form = form
        self._names = [f"{name}_{place}" for place in range(LINES)] if skills else []
        self.is_used = bool(asks)
        for place, one in enumerate(self._names):
            asked = asks[place] if place < len(asks) else Asks(0)
            form.fields |= {
                f"{one}_skill": forms.ChoiceField(
                    label=_("Skill"), choices=[("", "–"), *skills], required=False, initial=str(asked.skill or "")
                ),
                f"{one}_level": forms.ChoiceField(
                    label=_("at least"), choices=PROFICIENCIES[1:], required=False, initial=str(asked.at_least)
                ),
                f"{one}_relax": forms.IntegerField(
                    label=_("for, seconds"),
                    required=False,
                    min_value=0,
                    max_value=LONGEST_RELAX_S,
                    initial=asked.relax_after_s or None,
                    widget=forms.NumberInput(attrs={"placeholder": _("always")}),
                ),
            }

    def lines(self) -> list[dict[str, Any]]:
        """The controls, line by line."""
        return [{control: self._form[f"{name}_{control}"] for control in _CONTROLS} for name in self._names]

    @property
    def is_open(self) -> bool:
        """Whether there is something to see: what is asked for, or what is wrong."""
        return self.is_used or any(
            f"{name}_{control}" in self._form.errors for name in self._names for control in _CONTROLS
        )

    def check(self, cleaned: dict[str, Any], target: str) -> None:
        """A skill is asked for once; a key that leads nowhere asks for nothing."""
        chosen = [(name, skill) for name in self._names if (skill := cleaned.get(f"{name}_skill"))]
        for place, (name, skill) in enumerate(chosen):
            if skill in [other for _name, other in chosen[:place]]:
                self._form.add_error(f"{name}_skill", gettext("This skill is asked for above already."))
        if chosen and target not in self._form.errors and not cleaned.get(target):
            self._form.add_error(target, gettext("Say where this key leads, or take its skills away."))

    def asked(self, cleaned: dict[str, Any]) -> tuple[Asks, ...]:
        """What was chosen."""
        return tuple(
            Asks(int(skill), int(cleaned[f"{name}_level"] or 1), cleaned[f"{name}_relax"] or 0)
            for name in self._names
            if (skill := cleaned.get(f"{name}_skill"))
        )
