"""Facts: what happened, written once by the ledger and never changed.

Ids are the routing engine's own strings and no foreign keys: a fact outlives the rows it speaks of.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class FactIsImmutableError(TypeError):
    """Somebody tried to change or delete a fact."""


class FactQuerySet(models.QuerySet["Fact"]):
    """Facts can be added and read, nothing else."""

    def update(self, **_changes: Any) -> NoReturn:
        """Refuse: facts do not change."""
        raise FactIsImmutableError

    def delete(self) -> NoReturn:
        """Refuse: facts are not deleted."""
        raise FactIsImmutableError


class Fact(models.Model):
    """One immutable record of something that happened."""

    uid = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=48)
    call_id = models.CharField(max_length=64, blank=True, default="")
    agent_id = models.CharField(max_length=32, blank=True, default="")
    queue_id = models.CharField(max_length=32, blank=True, default="")
    body = models.JSONField(default=dict)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["at"], name="fact_by_time"),
            models.Index(fields=["kind", "at"], name="fact_by_kind"),
            models.Index(fields=["call_id"], name="fact_by_call"),
            models.Index(fields=["agent_id", "at"], name="fact_by_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the fact; raise FactIsImmutableError for one that is already written."""
        if not self._state.adding:
            raise FactIsImmutableError
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: facts are not deleted."""
        raise FactIsImmutableError
