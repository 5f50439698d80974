"""Reasons for which an agent is not ready."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class BreakReason(models.Model):
    """One reason, chosen by the agent when going on a break."""

    name = models.CharField(_("name"), max_length=60)
    is_paid = models.BooleanField(_("paid"), default=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["BreakReason"].as_manager()

    class Meta:
        ordering = ["order", "name", "pk"]
        verbose_name = _("break reason")
        verbose_name_plural = _("break reasons")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="break_reason_name_once",
                violation_error_message=_("There is already a break reason with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
