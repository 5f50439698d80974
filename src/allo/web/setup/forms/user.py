"""The form of a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.core.requests import StopSupervising
from allo.data.actions.user import LastAdministratorError, do_save_user
from allo.data.models import Skill, Team, User
from allo.web.control_client import control
from allo.web.hub import mirror_now
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.requirements import PROFICIENCIES, SkillLine


class UserForm(SettingForm[User]):
    """Login, name, role, language, and a password to begin with."""

    once = "username"
    once_message = _("This login is taken. Choose another one.")

    password = forms.CharField(
        label=_("Password to begin with"),
        max_length=128,
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("At least 10 characters. The person chooses another one at the first sign-in."),
    )

    class Meta:
        model = User
        fields = ("display_name", "username", "role", "team", "language")
        help_texts = {"username": _("Letters, digits and @ . + - _")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        )
        team = self.fields["team"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset = Team.objects.active()
            team.empty_label = _("None")
        self._add_skills()
        if self.instance.pk:
            self.fields["password"].label = _("New password")
            self.fields["password"].help_text = _("Leave empty to keep the present one.")
        else:
            self.fields["password"].required = True

    def _add_skills(self) -> None:
        self._skills = list(Skill.objects.active())
        present = dict(self.instance.skills.values_list("skill_id", "proficiency")) if self.instance.pk else {}
        for skill in self._skills:
            self.fields[f"skill_{skill.pk}"] = forms.ChoiceField(
                label=str(skill), choices=PROFICIENCIES, required=False, initial=str(present.get(skill.pk, ""))
            )

    def skill_lines(self) -> list[SkillLine]:
        """Skills in the order of their list, each with a control."""
        return [SkillLine(skill, self[f"skill_{skill.pk}"]) for skill in self._skills]

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, with the name in mind."""
        cleaned = super().clean()
        password = cleaned.get("password")
        if password:
            person = User(username=cleaned.get("username", ""), display_name=cleaned.get("display_name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def store(self, actor: User) -> User:
        """Save the person. Raises ValidationError for the last administrator."""
        try:
            person = do_save_user(
                actor,
                self.save(commit=False),
                new_password=self.cleaned_data.get("password") or "",
                skills={
                    skill: int(level) for skill in self._skills if (level := self.cleaned_data.get(f"skill_{skill.pk}"))
                },
            )
        except LastAdministratorError as error:
            raise ValidationError(
                {"role": gettext("This is the only administrator. Make somebody else administrator first.")}
            ) from error
        if "role" in self.changed_data and not person.is_leader:
            _leave_conversation(person)
        return person


def _leave_conversation(person: User) -> None:
    """Who leads no more listens no more; pages end by themselves (`watch`), the telephone would not."""
    mirror, _is_there = mirror_now()
    live = mirror.agent(person.agent_id)
    if live and live.get("supervises"):
        control().send(StopSupervising(person.agent_id, live["supervises"]))
