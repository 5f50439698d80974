"""Kinds of customers (VIP, new ...): calls of some go before those of others, menus and promises know them."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class CustomerKind(models.Model):
    """One kind. Its id in the engine (``CallArrived.kind``) is ``pk`` as a string."""

    name = models.CharField(_("name"), max_length=60)
    priority = models.PositiveSmallIntegerField(
        _("added to the priority of the queue"),
        default=0,
        validators=[MaxValueValidator(10)],
        help_text=_("0: as everybody. 10: before all who wait."),
    )
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["CustomerKind"].as_manager()

    class Meta:
        ordering = ["order", "name", "pk"]
        verbose_name = _("kind of customer")
        verbose_name_plural = _("kinds of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="customer_kind_name_once",
                violation_error_message=_("There is already a kind of customer with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
