"""What all changes of the set-up share: audit, revision, notice, soft deletion and its undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, models, transaction

from allo.data.models import AuditEntry, ConfigRevision
from allo.data.signals import config_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allo.data.models import User

ModelT = TypeVar("ModelT", bound=models.Model)
Changes = dict[str, list[Any]]

HIDDEN_FIELDS = {"password", "secret", "headers"}
HIDDEN = "•••"


class NameTakenError(ValueError):
    """What was deleted cannot come back: something else has its name by now."""


def record_change(actor: User | None, action: str, subject: models.Model, changes: Mapping[str, Any]) -> None:
    """Count a change, remember who made it, and tell control after the commit."""
    ConfigRevision.bump()
    AuditEntry.objects.create(
        actor=actor,
        action=action,
        subject_kind=subject._meta.model_name or "",
        subject_id=str(subject.pk),
        subject_name=str(subject)[:120],
        changes=dict(changes),
    )
    transaction.on_commit(lambda: config_changed.send(sender=type(subject)))


def save_change(actor: User | None, subject: ModelT, more: Mapping[str, Any] | None = None) -> ModelT:
    """Save a new or changed subject with its audit entry; ``more`` are changes beside its own fields."""
    with transaction.atomic():
        changes = {**differences(subject), **(more or {})}
        is_new = subject._state.adding
        subject.save()
        if is_new or changes:
            record_change(actor, "create" if is_new else "change", subject, changes)
    return subject


def differences(subject: models.Model) -> Changes:
    """Return ``{field: [old, new]}`` against what is stored; secrets are only marked as changed."""
    stored = None if subject._state.adding else type(subject)._default_manager.filter(pk=subject.pk).first()
    found: Changes = {}
    for field in subject._meta.concrete_fields:
        if field.primary_key:
            continue
        new = field.value_from_object(subject)
        old = None if stored is None else field.value_from_object(stored)
        if old != new:
            found[field.name] = [HIDDEN, HIDDEN] if field.name in HIDDEN_FIELDS else [_plain(old), _plain(new)]
    return found


def do_deactivate(actor: User | None, subject: models.Model) -> None:
    """Delete softly: nothing new uses the subject, all that happened keeps its name."""
    _switch(actor, subject, is_active=False)


def do_restore(actor: User | None, subject: models.Model) -> None:
    """Undo a deletion. Raises NameTakenError when the name is in use again."""
    try:
        _switch(actor, subject, is_active=True)
    except IntegrityError as error:
        raise NameTakenError from error


def _switch(actor: User | None, subject: models.Model, *, is_active: bool) -> None:
    with transaction.atomic():
        subject.is_active = is_active  # type: ignore[attr-defined]
        subject.save(update_fields=["is_active"])
        record_change(actor, "restore" if is_active else "delete", subject, {})


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
