"""Opening hours that queues, promises, call-backs and menus share: a week, and days of their own.

Times are minutes since local midnight; an interval that ends beyond 1440 ends on the next day. The shapes are those of
``core.hours``: ``weekly`` is seven lists of ``[from, to]``, Monday first; ``days`` is a list of
``{"day": "2026-05-11" or "01-01", "name": "...", "intervals": [[from, to], ...]}``, no interval meaning closed.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet

WORKING_DAY = [540, 1080]


def usual_week() -> list[list[list[int]]]:
    """Monday to Friday from nine to six."""
    return [[list(WORKING_DAY)] for _day in range(5)] + [[], []]


class Calendar(models.Model):
    """When something is open, in its own time zone."""

    name = models.CharField(_("name"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    weekly: models.JSONField[Any, Any] = models.JSONField(_("week"), default=usual_week)
    days: models.JSONField[Any, Any] = models.JSONField(_("holidays and other days"), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Calendar"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="calendar_name_once",
                violation_error_message=_("There are already opening hours with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
