"""Dispositions: the outcome codes an agent chooses from after a call."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class Disposition(models.Model):
    """One outcome code."""

    name = models.CharField(_("name"), max_length=80)
    is_success = models.BooleanField(
        _("counts as a success"), default=False, help_text=_("A sale was made or the problem is solved.")
    )
    is_decision_contact = models.BooleanField(
        _("the decision maker was reached"),
        default=True,
        help_text=_("The person who decides took part in the talk (DMC)."),
    )
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Disposition"].as_manager()

    class Meta:
        ordering = ["order", "name", "pk"]
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="disposition_name_once",
                violation_error_message=_("There is already an outcome with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
