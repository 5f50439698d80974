"""What callers of a queue hear while they wait."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.music import Music
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet


class QueueAnnouncing(QueueRule):
    """Announcements and music of one queue."""

    music = models.ForeignKey(
        Music, on_delete=models.SET_NULL, null=True, blank=True, related_name="announcings", verbose_name=_("music")
    )
    first_s = models.PositiveSmallIntegerField(
        _("first announcement after, seconds"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
    )
    every_s = models.PositiveSmallIntegerField(
        _("then every, seconds"), default=60, validators=[MinValueValidator(15), MaxValueValidator(1800)]
    )
    tells_position = models.BooleanField(_("say the place in the queue, whenever it has come nearer"), default=True)
    tells_wait = models.BooleanField(_("say the expected wait, when it can be told honestly"), default=True)
    widest_min = models.PositiveSmallIntegerField(
        _("not if it is uncertain by more than, minutes"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    messages = models.ManyToManyField(
        Greeting, blank=True, related_name="announcings", verbose_name=_("messages, in turn")
    )
    comfort_after_s = models.PositiveSmallIntegerField(
        _("comfort message after, seconds"), default=0, validators=[MaxValueValidator(7200)]
    )
    comfort_message = models.ForeignKey(
        Greeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("comfort message")
    )

    objects = ActiveQuerySet["QueueAnnouncing"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("announcements of a queue")
        verbose_name_plural = _("announcements of queues")
