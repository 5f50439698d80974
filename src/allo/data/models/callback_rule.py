"""How callers of a queue are called back instead of waiting on the line."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.calendar import Calendar
from allo.data.models.greeting import Greeting
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet

KEYS = [(key, key) for key in "1234567890*#"]


class CallbackRule(QueueRule):
    """Call-backs of one queue."""

    key = models.CharField(_("key that asks for a call-back"), max_length=1, choices=KEYS, default="1")
    offer_after_s = models.PositiveSmallIntegerField(
        _("offer it after a wait of, seconds"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_("0: it is not offered; the key works all the same."),
    )
    offer_prompt = models.ForeignKey(
        Greeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("the offer")
    )
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="callback_rules",
        verbose_name=_("customers may be called"),
    )
    most_tries = models.PositiveSmallIntegerField(
        _("tries"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    retry_s = models.PositiveIntegerField(
        _("time between tries, seconds"), default=600, validators=[MinValueValidator(30), MaxValueValidator(86400)]
    )
    ring_s = models.PositiveSmallIntegerField(
        _("a try rings for, seconds"), default=30, validators=[MinValueValidator(10), MaxValueValidator(120)]
    )

    objects = ActiveQuerySet["CallbackRule"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("call-back rule")
        verbose_name_plural = _("call-back rules")
