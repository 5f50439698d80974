"""From when on the floor warns: for the whole centre, and other limits of single queues.

An empty limit of the centre means that nobody is warned of it; an empty limit of a queue, that the centre's holds.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.only_row import OnlyRow
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet


def _limit(words: Any, least: int, most: int, default: int | None = None) -> Any:
    return models.PositiveSmallIntegerField(
        words,
        null=True,
        blank=True,
        default=default,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
    )


class AlertLimits(OnlyRow):
    """The limits of the whole centre."""

    beyond_target_s = _limit(_("longest wait: seconds beyond the queue's target"), 0, 3600, 0)
    below_goal = _limit(_("service level of the day: percent below the queue's goal"), 0, 100, 10)
    fewest_calls = models.PositiveSmallIntegerField(
        _("only after so many calls of the day"), default=10, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    wrapup_s = _limit(_("wrap-up longer than, seconds"), 5, 7200, 180)
    break_share = _limit(_("on a break: more than, percent of those at work"), 0, 99, 34)
    fewest_on_break = models.PositiveSmallIntegerField(
        _("at least so many people"), default=3, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    is_sounding = models.BooleanField(_("sound with new warnings"), default=True)

    class Meta:
        verbose_name = _("limits of warnings")
        verbose_name_plural = _("limits of warnings")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class QueueAlertLimits(QueueRule):
    """Where one queue differs."""

    beyond_target_s = _limit(_("longest wait: seconds beyond the queue's target"), 0, 3600)
    below_goal = _limit(_("service level of the day: percent below the queue's goal"), 0, 100)
    wrapup_s = _limit(_("wrap-up longer than, seconds"), 5, 7200)
    break_share = _limit(_("on a break: more than, percent of those at work"), 0, 99)

    objects = ActiveQuerySet["QueueAlertLimits"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("limits of a queue's warnings")
        verbose_name_plural = _("limits of queues' warnings")
