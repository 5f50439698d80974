"""What tables of one row share: rules that the whole centre has once."""

from __future__ import annotations

from typing import Self

from django.db import models

ONLY = 1


class OnlyRow(models.Model):
    """Rules of the whole centre. Until somebody changes them the defaults hold, without a row."""

    class Meta:
        abstract = True

    @classmethod
    def current(cls) -> Self:
        """Return what is in force; saving it stores it for the first time."""
        return cls._default_manager.filter(pk=ONLY).first() or cls(pk=ONLY)
