"""Selections shared by models whose deletion is soft."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

ModelT_co = TypeVar("ModelT_co", bound=models.Model, covariant=True)


class ActiveQuerySet(models.QuerySet[ModelT_co]):
    """Rows with an ``is_active`` flag: deletion clears it, Undo sets it."""

    def active(self) -> Self:
        """Only what has not been deleted."""
        return self.filter(is_active=True)
