"""Boxes for spoken messages; each message becomes a call-back in a queue."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.queue import Queue
from allo.data.models.selections import ActiveQuerySet


class VoicemailBox(models.Model):
    """Where callers leave spoken messages."""

    name = models.CharField(_("name"), max_length=80)
    prompt = models.ForeignKey(
        Greeting, on_delete=models.PROTECT, related_name="voicemail_boxes", verbose_name=_("what callers hear")
    )
    queue = models.ForeignKey(
        Queue,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="voicemail_boxes",
        verbose_name=_("queue whose agents answer the messages"),
    )
    limit_s = models.PositiveSmallIntegerField(
        _("longest message, seconds"), default=120, validators=[MinValueValidator(10), MaxValueValidator(600)]
    )
    shortest_s = models.PositiveSmallIntegerField(
        _("what is shorter is no message, seconds"), default=2, validators=[MaxValueValidator(30)]
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["VoicemailBox"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("voicemail box")
        verbose_name_plural = _("voicemail boxes")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="voicemail_name_once",
                violation_error_message=_("There is already a voicemail box with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
