"""Who refers to a place, a prompt or a calendar: nothing is deleted that callers are still sent to or still hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField

from allo.data import models
from allo.data.actions.changes import do_deactivate
from allo.data.menu_body import body_of
from allo.data.models.queue_rule import QueueRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from allo.data.models import User

_KINDS: dict[type[Model], str] = {
    models.Queue: "queue",
    models.Menu: "menu",
    models.VoicemailBox: "voicemail",
    models.Greeting: "message",
}
_HARMLESS = {"QueueGreeting", "Membership", "MenuVersion", "CallRecord", "QueueRequirement"}
"""A queue goes on with its other greetings; the others are about what has happened, or go with their owner."""


class PlaceInUseError(ValueError):
    """Something still refers to it; ``users`` are those rows."""

    def __init__(self, users: list[Model]) -> None:
        super().__init__(", ".join(str(user) for user in users))
        self.users = users


def users_of(subject: Model) -> list[Model]:
    """The active rows that refer to the subject, each once."""
    found = {
        (type(row), row.pk): row for row in (*_by_key(subject), *_by_target(subject), *menus_that_mention(subject))
    }
    return [row for row in found.values() if row != subject and not _goes_with(row, subject)]


def do_deactivate_place(actor: User | None, subject: Model) -> None:
    """Delete softly what nobody refers to. Raises PlaceInUseError."""
    with transaction.atomic():
        users = users_of(subject)
        if users:
            raise PlaceInUseError(users)
        do_deactivate(actor, subject)


def _goes_with(row: Model, subject: Model) -> bool:
    """Rules of a queue go with it."""
    return isinstance(subject, models.Queue) and isinstance(row, QueueRule)


def _settings() -> Iterator[type[Model]]:
    from django.apps import apps  # noqa: PLC0415  the registry is ready only now

    for model in apps.get_app_config("data").get_models():
        if model.__name__ not in _HARMLESS and any(field.name == "is_active" for field in model._meta.concrete_fields):
            yield model


def _by_key(subject: Model) -> Iterator[Model]:
    for model in _settings():
        for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many):
            if isinstance(field, ForeignKey | ManyToManyField) and field.related_model is type(subject):
                if field.name in ("greetings", "members"):
                    continue
                yield from model._default_manager.filter(is_active=True, **{field.name: subject}).distinct()


def _by_target(subject: Model) -> Iterator[Model]:
    kind = _KINDS.get(type(subject))
    if kind is None:
        return
    text = f"{kind}:{subject.pk}"
    for model in _settings():
        for field in model._meta.concrete_fields:
            if field.name == "target" or field.name.endswith("_target"):
                yield from model._default_manager.filter(is_active=True, **{field.name: text})


def menus_that_mention(subject: Model) -> Iterator[Model]:
    """Menus whose version in force or draft leads there, plays it, or asks for that calendar or skill."""
    for menu in models.Menu.objects.active().select_related("published"):
        version = menu.published
        bodies = [menu.draft] if version is None else [menu.draft, version.body]
        if any(_mentions(body, subject) for body in bodies):
            yield menu


def _mentions(kept: Any, subject: Model) -> bool:
    try:
        nodes = body_of(kept).nodes.values()
    except msgspec.ValidationError:
        return False
    if isinstance(subject, models.Calendar):
        return any(branch.calendar == subject.pk for node in nodes for branch in node.branches)
    if isinstance(subject, models.Skill):
        return any(subject.pk in node.skills() for node in nodes)
    kind = _KINDS.get(type(subject))
    led = any(target == f"{kind}:{subject.pk}" for node in nodes for target in node.targets())
    heard = isinstance(subject, models.Greeting) and any(subject.pk in node.sounds() for node in nodes)
    return led or heard
