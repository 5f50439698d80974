"""The form of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allo.data.actions.team import do_save_team
from allo.data.models import Role, Team, User
from allo.web.setup.forms.base import ManyOf, SettingForm

if TYPE_CHECKING:
    from collections.abc import Iterator

LEADERS = (Role.TEAM_LEADER, Role.ADMINISTRATOR)


class TeamForm(SettingForm[Team]):
    """Name, leader, members."""

    once_message = _("There is already a team with this name.")

    members = ManyOf(label=_("Members"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Team
        fields = ("name", "leader")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leader, members = self.fields["leader"], self.fields["members"]
        if isinstance(leader, forms.ModelChoiceField) and isinstance(members, forms.ModelMultipleChoiceField):
            leader.queryset = User.objects.active().people().filter(role__in=LEADERS)
            leader.empty_label = _("Nobody yet")
            members.queryset = User.objects.active().people().select_related("team")
            if self.instance.pk:
                members.initial = [user.pk for user in self.instance.members.all()]

    def people(self) -> Iterator[tuple[User, bool]]:
        """Everybody, and whether they are chosen."""
        chosen = {str(value) for value in self["members"].value() or ()}
        members = self.fields["members"]
        if isinstance(members, forms.ModelMultipleChoiceField):
            yield from ((user, str(user.pk) in chosen) for user in members.queryset or ())

    def store(self, actor: User) -> Team:
        """Save the team with its members."""
        return do_save_team(actor, self.save(commit=False), members=list(self.cleaned_data["members"]))
