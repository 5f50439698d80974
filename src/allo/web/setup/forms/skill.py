"""The form of a skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from allo.data.actions.skill import do_save_skill
from allo.data.models import Skill
from allo.web.setup.forms.base import SettingForm

if TYPE_CHECKING:
    from allo.data.models import User


class SkillForm(SettingForm[Skill]):
    """One skill."""

    once_message = _("There is already a skill with this name.")

    class Meta:
        model = Skill
        fields = ("name", "kind")

    def store(self, actor: User) -> Skill:
        """Save the skill."""
        return do_save_skill(actor, self.save(commit=False))
