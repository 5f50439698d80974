"""When a queue takes callers, and where those go whom it does not keep."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.calendar import Calendar
from allo.data.models.greeting import Greeting
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet
from allo.data.models.target import target_field


def _message() -> models.ForeignKey[Greeting | None, Greeting | None]:
    return models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what callers hear"),
    )


class QueueAdmission(QueueRule):
    """Opening hours, limits, and the ways out of one queue. An empty target: a message, then the end."""

    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="admissions",
        verbose_name=_("opening hours"),
    )
    closed_target = target_field(_("when closed, callers go to"))
    closed_message = _message()
    most_waiting = models.PositiveSmallIntegerField(
        _("callers who may wait at the same time"), default=0, validators=[MaxValueValidator(5000)]
    )
    full_target = target_field(_("when full, callers go to"))
    full_message = _message()
    longest_wait_s = models.PositiveIntegerField(
        _("longest wait, seconds"), default=0, validators=[MaxValueValidator(14400)]
    )
    too_long_target = target_field(_("after the longest wait, callers go to"))
    too_long_message = _message()
    waits_for_nobody = models.BooleanField(_("callers wait also while nobody is signed in"), default=True)
    nobody_target = target_field(_("when nobody is at work, callers go to"))
    nobody_message = _message()

    objects = ActiveQuerySet["QueueAdmission"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("hours and limits of a queue")
        verbose_name_plural = _("hours and limits of queues")
