"""Changes of queues, their members and their greetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from allo.data.actions.changes import save_change
from allo.data.actions.places import do_deactivate_place
from allo.data.actions.recording import do_keep_no_longer
from allo.data.actions.skill import Asked, requirement_change, set_queue_requirements
from allo.data.models import Membership, Queue, QueueGreeting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from allo.data.models import Greeting, User


class QueueInUseError(ValueError):
    """Numbers still lead to this queue; ``patterns`` names them."""

    def __init__(self, patterns: list[str]) -> None:
        super().__init__(", ".join(patterns))
        self.patterns = patterns


def do_save_queue(
    actor: User | None,
    queue: Queue,
    *,
    greetings: Sequence[Greeting] | None = None,
    members: Mapping[User, int] | None = None,
    requirements: Sequence[Asked] | None = None,
) -> Queue:
    """Create or change a queue; ``None`` leaves its greetings, members or requirements as they are.

    Fewer days of retention hold for the recordings that are there, too; more days only for those to come.
    """
    with transaction.atomic():
        more: dict[str, Any] = {}
        is_new = queue._state.adding
        if greetings is not None:
            old = [] if is_new else list(queue.ordered_greetings())
            new = list(greetings)
            if old != new:
                more["greetings"] = [_titles(old), _titles(new)]
        if members is not None:
            present = [] if is_new else queue.memberships.select_related("user")
            old_levels = {membership.user: membership.level for membership in present}
            if old_levels != dict(members):
                more["members"] = [_by_login(old_levels), _by_login(members)]
        if requirements is not None:
            more |= requirement_change(queue, requirements)
        days = queue.recording_retention_days
        is_kept_shorter = Queue.objects.filter(pk=queue.pk, recording_retention_days__gt=days).exists()
        save_change(actor, queue, more)
        if is_kept_shorter:
            do_keep_no_longer(queue, days)
        if "greetings" in more:
            _set_greetings(queue, greetings or ())
        if "members" in more:
            _set_members(queue, members or {})
        if "requirements" in more:
            set_queue_requirements(queue, requirements or ())
    return queue


def do_deactivate_queue(actor: User | None, queue: Queue) -> None:
    """Delete a queue to which nothing leads any more. Raises QueueInUseError, PlaceInUseError."""
    with transaction.atomic():
        patterns = [number.pattern for number in queue.numbers.filter(is_active=True)]
        if patterns:
            raise QueueInUseError(patterns)
        do_deactivate_place(actor, queue)


def _titles(greetings: Sequence[Greeting]) -> list[str]:
    return [greeting.title for greeting in greetings]


def _by_login(levels: Mapping[User, int]) -> dict[str, int]:
    return {user.username: level for user, level in levels.items()}


def _set_greetings(queue: Queue, greetings: Sequence[Greeting]) -> None:
    QueueGreeting.objects.filter(queue=queue).delete()
    QueueGreeting.objects.bulk_create(
        [QueueGreeting(queue=queue, greeting=g, position=place) for place, g in enumerate(greetings)]
    )


def _set_members(queue: Queue, members: Mapping[User, int]) -> None:
    queue.memberships.exclude(user__in=list(members)).delete()
    for user, level in members.items():
        Membership.objects.update_or_create(user=user, queue=queue, defaults={"level": level})
