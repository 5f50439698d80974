"""Reasons for which an agent is not ready."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class BreakReasonKind(models.TextChoices):
    """How breaks for a reason are granted; the names are those of ``core.break_plan.BreakKind``."""

    AT_WILL = "", _("Taken whenever the agent likes")
    COMFORT = "comfort", _("Short break: always granted at the end of the call")
    MEAL = "meal", _("Meal: granted when the forecast allows it, in turn")
    OTHER = "other", _("Other: granted when the forecast allows it, in turn")


class BreakReason(models.Model):
    """One reason, chosen by the agent when going on a break."""

    name = models.CharField(_("name"), max_length=60)
    is_paid = models.BooleanField(_("paid"), default=True)
    kind = models.CharField(
        _("how it is granted"), max_length=8, choices=BreakReasonKind, blank=True, default=BreakReasonKind.AT_WILL
    )
    typical_min = models.PositiveSmallIntegerField(
        _("usually takes, minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    longest_wait_min = models.PositiveSmallIntegerField(
        _("granted at the latest after, minutes"),
        default=60,
        validators=[MaxValueValidator(480)],
        help_text=_("Who has asked for so long goes, whatever the forecast says. 0: there is no such limit."),
    )
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
