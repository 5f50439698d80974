"""Spoken greetings: an audio file under the installation's ``sounds`` folder, or a text still to be spoken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet
from allo.data.models.user import Language


class GreetingKind(models.TextChoices):
    """When a greeting is played."""

    GREETING = "greeting", _("Greeting of a queue")
    OPENING = "opening", _("Opening message of a number")
    PROMPT = "prompt", _("Message, question or announcement")


class GreetingSource(models.TextChoices):
    """Where the sound came from."""

    UPLOAD = "upload", _("Uploaded")
    RECORDED = "recorded", _("Recorded in the browser")
    SYNTHESIZED = "synthesized", _("Spoken by the computer")


class Greeting(models.Model):
    """One greeting in one voice and one language."""

    title = models.CharField(_("title"), max_length=80)
    voice = models.CharField(_("whose voice"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.RUSSIAN)
    kind = models.CharField(_("kind"), max_length=10, choices=GreetingKind, default=GreetingKind.GREETING)
    source = models.CharField(_("source"), max_length=12, choices=GreetingSource, default=GreetingSource.UPLOAD)
    text = models.TextField(_("text"), max_length=600, blank=True)
    audio_file = models.CharField(
        _("file"),
        max_length=120,
        blank=True,
        help_text=_("File name inside the sounds folder; 8 kHz, 16 bit, one channel. Empty: no sound yet."),
    )
    duration_s = models.FloatField(_("length, seconds"), default=0.0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActiveQuerySet["Greeting"].as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")

    def __str__(self) -> str:
        return self.title

    @property
    def has_sound(self) -> bool:
        """False for a greeting whose text has not been spoken yet."""
        return bool(self.audio_file)
