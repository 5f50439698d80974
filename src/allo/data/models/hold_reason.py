"""Reasons for which an agent puts a caller on hold, and what the caller is told."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.selections import ActiveQuerySet


class HoldReason(models.Model):
    """One reason; ``pk`` as a string is its id in the engine."""

    name = models.CharField(_("name"), max_length=60)
    prompt = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="hold_reasons",
        verbose_name=_("callers are told"),
    )
    limit_s = models.PositiveSmallIntegerField(
        _("remind the agent after, seconds"),
        default=0,
        validators=[MaxValueValidator(900)],
        help_text=_("0: as the queue says."),
    )
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["HoldReason"].as_manager()

    class Meta:
        ordering = ["order", "name", "pk"]
        verbose_name = _("reason for a hold")
        verbose_name_plural = _("reasons for a hold")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="hold_reason_name_once",
                violation_error_message=_("There is already a reason with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
