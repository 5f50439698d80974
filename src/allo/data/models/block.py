"""Callers whose calls are refused, and what happens to floods of calls from one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.number import PATTERN
from allo.data.models.only_row import OnlyRow
from allo.data.models.selections import ActiveQuerySet
from allo.data.models.user import User

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self


class BlockQuerySet(ActiveQuerySet["BlockedNumber"]):
    """Selections of blocks."""

    def in_force(self, now: datetime) -> Self:
        """Only those that have neither been taken away nor expired."""
        return self.active().filter(Q(expires_at=None) | Q(expires_at__gt=now))


class BlockedNumber(models.Model):
    """A caller's number, or a pattern of numbers, whose calls are refused. Who blocked it, why, and until when."""

    pattern = models.CharField(
        _("caller's number"),
        max_length=24,
        validators=[
            RegexValidator(
                PATTERN,
                _("Use digits, with + in front if needed; X stands for any digit, * at the end for any ending."),
            )
        ],
    )
    reason = models.CharField(_("reason"), max_length=120)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_silent = models.BooleanField(_("callers hear the busy tone only"), default=False)
    blocked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("blocked by")
    )
    blocked_at = models.DateTimeField(_("blocked on"), auto_now_add=True)
    is_active = models.BooleanField(default=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-blocked_at", "-pk"]
        verbose_name = _("blocked number")
        verbose_name_plural = _("blocked numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["pattern"],
                condition=models.Q(is_active=True),
                name="blocked_number_once",
                violation_error_message=_("This number is blocked already. Change that line instead."),
            )
        ]

    def __str__(self) -> str:
        return self.pattern

    @property
    def has_expired(self) -> bool:
        """Whether its time is over: it is listed, and refuses nobody."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class FloodProtection(OnlyRow):
    """What happens to many calls from one number within a while."""

    is_on = models.BooleanField(_("protect the lines against floods of calls from one number"), default=False)
    within_s = models.PositiveSmallIntegerField(
        _("count calls within, seconds"), default=60, validators=[MinValueValidator(10), MaxValueValidator(3600)]
    )
    slow_beyond = models.PositiveSmallIntegerField(
        _("slow down beyond so many calls"), default=5, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    refuse_beyond = models.PositiveSmallIntegerField(
        _("refuse beyond so many calls"),
        default=20,
        validators=[MaxValueValidator(1000)],
        help_text=_("Refused callers hear the busy tone. 0: nobody is refused."),
    )
    refusal = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("instead of the busy tone they hear"),
    )

    class Meta:
        verbose_name = _("protection against floods")
        verbose_name_plural = _("protection against floods")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
