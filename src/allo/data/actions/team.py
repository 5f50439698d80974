"""Changes of teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from allo.data.actions.changes import do_deactivate, save_change
from allo.data.models import User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allo.data.models import Team


def do_save_team(actor: User | None, team: Team, *, members: Sequence[User] | None = None) -> Team:
    """Create or change a team; who joins it leaves the team of before. ``None`` leaves the members as they are."""
    with transaction.atomic():
        more: dict[str, Any] = {}
        if members is not None:
            before = [] if team._state.adding else list(User.objects.active().filter(team=team))
            if {user.pk for user in before} != {user.pk for user in members}:
                more["members"] = [_names(before), _names(members)]
        save_change(actor, team, more)
        if "members" in more:
            chosen = [user.pk for user in members or ()]
            User.objects.filter(team=team).exclude(pk__in=chosen).update(team=None)
            User.objects.filter(pk__in=chosen).update(team=team)
    return team


def do_deactivate_team(actor: User | None, team: Team) -> None:
    """Delete a team; its members stay, without a team."""
    with transaction.atomic():
        User.objects.filter(team=team).update(team=None)
        do_deactivate(actor, team)


def _names(people: Sequence[User]) -> list[str]:
    return sorted(user.username for user in people)
