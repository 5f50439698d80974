"""Menus: a tree of questions answered by keys, as a draft and as published versions.

A body is ``{"root": "1", "nodes": {"1": {...}}}``; ``allo.data.menu_body`` describes and reads it. Only a published
version is in force; the draft is what the page edits.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet
from allo.data.models.user import User


class Menu(models.Model):
    """One tree of questions."""

    name = models.CharField(_("name"), max_length=80)
    draft: models.JSONField[Any, Any] = models.JSONField(_("draft"), default=dict)
    published = models.ForeignKey(
        "MenuVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version in force"),
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Menu"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="menu_name_once",
                violation_error_message=_("There is already a menu with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_changed(self) -> bool:
        """Whether the draft differs from what is in force."""
        return self.published is None or self.published.body != self.draft


class MenuVersion(models.Model):
    """A menu as it was published once; never changed."""

    menu = models.ForeignKey(Menu, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body: models.JSONField[Any, Any] = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["menu", "number"], name="menu_version_once")]

    def __str__(self) -> str:
        return f"{self.menu} · {self.number}"
