"""The number that grows whenever the centre's set-up changes; control polls it."""

from __future__ import annotations

from django.db import models
from django.db.models import F

_ONLY_ROW = 1


class ConfigRevision(models.Model):
    """A single row."""

    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """Return the revision in force; 0 for a centre that has never been set up."""
        return cls.objects.filter(pk=_ONLY_ROW).values_list("number", flat=True).first() or 0

    @classmethod
    def bump(cls) -> None:
        """Count one more change. Call it in the transaction that makes the change."""
        if not cls.objects.filter(pk=_ONLY_ROW).update(number=F("number") + 1):
            cls.objects.create(pk=_ONLY_ROW, number=1)
