"""Changes of people: roles, passwords, preferences; and automatic agents for test traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from allo.data.actions.changes import do_deactivate, record_change, save_change
from allo.data.actions.skill import do_set_skills
from allo.data.models import Membership, Queue, Role, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allo.data.models import Skill


class LastAdministratorError(ValueError):
    """Without an administrator nobody could change the set-up any more."""


def do_save_user(
    actor: User | None, user: User, *, new_password: str = "", skills: Mapping[Skill, int] | None = None
) -> User:
    """Create or change a person; a new password must be changed by its owner at the first sign-in.

    ``skills`` None leaves what the person can do as it is.
    """
    with transaction.atomic():
        _keep_an_administrator(user)
        if new_password:
            user.set_password(new_password)
            user.must_change_password = True
        elif user._state.adding:
            user.set_unusable_password()
        save_change(actor, user)
        if skills is not None:
            do_set_skills(actor, user, skills)
    return user


def do_deactivate_user(actor: User | None, user: User) -> None:
    """Take away the sign-in; what the person did keeps the name."""
    with transaction.atomic():
        before, user.is_active = user.is_active, False
        try:
            _keep_an_administrator(user)
        except LastAdministratorError:
            user.is_active = before
            raise
        do_deactivate(actor, user)


def do_change_own_password(user: User, new_password: str) -> None:
    """Set the password which its owner chose."""
    user.set_password(new_password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def do_change_preferences(
    user: User, *, language: str | None = None, theme: str | None = None, display_name: str | None = None
) -> None:
    """Change what people choose about themselves; a new name reaches the floor at once."""
    with transaction.atomic():
        stored_name = User.objects.filter(pk=user.pk).values_list("display_name", flat=True).first()
        user.language = language or user.language
        user.theme = theme or user.theme
        user.display_name = display_name or user.display_name
        user.save(update_fields=["language", "theme", "display_name"])
        if user.display_name != stored_name:
            record_change(user, "change", user, {"display_name": [stored_name, user.display_name]})


def do_set_memberships(actor: User | None, user: User, levels: Mapping[Queue, int]) -> None:
    """Let ``user`` serve exactly these queues at these levels."""
    with transaction.atomic():
        before = {m.queue: m.level for m in user.memberships.select_related("queue")}
        wanted = dict(levels)
        if before == wanted:
            return
        user.memberships.exclude(queue__in=list(wanted)).delete()
        for queue, level in wanted.items():
            Membership.objects.update_or_create(user=user, queue=queue, defaults={"level": level})
        record_change(actor, "change", user, {"queues": [_by_name(before), _by_name(wanted)]})


def do_ensure_automatic_agents(count: int) -> list[User]:
    """Have exactly ``count`` automatic agents, each serving every queue; return them in order."""
    with transaction.atomic():
        queues = list(Queue.objects.active())
        agents = []
        for number in range(1, count + 1):
            user, is_new = User.objects.get_or_create(
                username=f"auto-{number}",
                defaults={"display_name": f"Auto {number}", "is_automatic": True, "role": Role.AGENT},
            )
            was_active, user.is_active = user.is_active, True
            if is_new:
                user.set_unusable_password()
            if is_new or not was_active:
                user.save()
            agents.append(user)
        Membership.objects.bulk_create(
            [Membership(user=user, queue=queue) for user in agents for queue in queues], ignore_conflicts=True
        )
        before = User.objects.filter(is_automatic=True, is_active=True).exclude(pk__in=[a.pk for a in agents])
        surplus = list(before)
        before.update(is_active=False)
        if agents or surplus:
            record_change(None, "change", [*agents, *surplus][0], {"automatic_agents": [None, count]})
    return agents


def _keep_an_administrator(user: User) -> None:
    if user._state.adding or (user.is_active and user.is_administrator):
        return
    others = User.objects.active().people().filter(role=Role.ADMINISTRATOR).exclude(pk=user.pk)
    was_one = User.objects.filter(pk=user.pk, role=Role.ADMINISTRATOR, is_active=True).exists()
    if was_one and not others.exists():
        raise LastAdministratorError


def _by_name(levels: Mapping[Queue, int]) -> dict[str, int]:
    return {queue.name: level for queue, level in levels.items()}
