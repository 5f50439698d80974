"""Which outside numbers may be dialled, how often, and how many at once: none unless listed, against toll fraud."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.number import PATTERN
from allo.data.models.only_row import OnlyRow
from allo.data.models.selections import ActiveQuerySet


class OutsideNumber(models.Model):
    """A number, or a pattern of numbers, that may be dialled."""

    pattern = models.CharField(
        _("numbers that may be dialled"),
        max_length=24,
        validators=[
            RegexValidator(
                PATTERN,
                _("Use digits, with + in front if needed; X stands for any digit, * at the end for any ending."),
            )
        ],
    )
    note = models.CharField(_("what they are"), max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["OutsideNumber"].as_manager()

    class Meta:
        ordering = ["pattern", "pk"]
        verbose_name = _("outside number")
        verbose_name_plural = _("outside numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["pattern"],
                condition=models.Q(is_active=True),
                name="outside_number_once",
                violation_error_message=_("This number may be dialled already."),
            )
        ]

    def __str__(self) -> str:
        return self.pattern


class DiallingLimits(OnlyRow):
    """How often outside numbers may be dialled, and how many at once."""

    most_a_day = models.PositiveIntegerField(
        _("outside calls a day, of the whole centre"),
        default=200,
        validators=[MaxValueValidator(100_000)],
        help_text=_("0 stops all of them."),
    )
    most_a_call = models.PositiveSmallIntegerField(
        _("outside calls for one caller"), default=6, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    most_at_once = models.PositiveSmallIntegerField(
        _("outside calls at once"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("Of the whole centre. No more than your line carries."),
    )

    class Meta:
        verbose_name = _("limits of outside calls")
        verbose_name_plural = _("limits of outside calls")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
