"""Ways out for written messages: e-mail by SMTP, SMS by a provider's web address; and what they say.

Secrets (the password, the headers) are shown to nobody: no page, log line or audit entry contains them.
In a body ``{to}``, ``{subject}`` and ``{text}`` are filled in; in a template what the message is about.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet


class ChannelKind(models.TextChoices):
    """By which way a message goes."""

    EMAIL = "email", _("E-mail (SMTP)")
    SMS = "sms", _("SMS (web address of a provider)")


class ChannelSecurity(models.TextChoices):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls", "STARTTLS"
    TLS = "tls", "TLS"
    NONE = "none", _("not encrypted")


class MessageChannel(models.Model):
    """One way by which messages are sent to customers."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=ChannelKind, default=ChannelKind.EMAIL)
    host = models.CharField(_("mail server"), max_length=253, blank=True)
    port = models.PositiveIntegerField(
        _("port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(
        _("encryption"), max_length=8, choices=ChannelSecurity, default=ChannelSecurity.STARTTLS
    )
    username = models.CharField(_("login"), max_length=120, blank=True)
    secret = models.CharField(_("password"), max_length=256, blank=True)
    sender = models.CharField(_("sender"), max_length=120, blank=True)
    url = models.CharField(_("web address"), max_length=500, blank=True)
    headers = models.TextField(_("headers"), max_length=2000, blank=True)
    body = models.TextField(_("body"), max_length=4000, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["MessageChannel"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("message channel")
        verbose_name_plural = _("message channels")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="message_channel_name_once",
                violation_error_message=_("There is already a message channel with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def header_lines(self) -> dict[str, str]:
        """The headers, one a line as ``Name: value``."""
        pairs = (line.partition(":") for line in self.headers.splitlines() if ":" in line)
        return {name.strip(): value.strip() for name, _colon, value in pairs}


class MessageTemplate(models.Model):
    """What a message says, in each language; an empty language takes the other one's words."""

    name = models.CharField(_("name"), max_length=80)
    subject_ru = models.CharField(_("subject, in Russian"), max_length=150, blank=True)
    text_ru = models.TextField(_("text, in Russian"), max_length=2000, blank=True)
    subject_en = models.CharField(_("subject, in English"), max_length=150, blank=True)
    text_en = models.TextField(_("text, in English"), max_length=2000, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["MessageTemplate"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="message_template_name_once",
                violation_error_message=_("There is already a message text with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def words(self, language: str) -> tuple[str, str, str]:
        """Subject and text for a customer of this language, and in which language they are: there may be one alone."""
        russian, english = (self.subject_ru, self.text_ru, "ru"), (self.subject_en, self.text_en, "en")
        first, second = (russian, english) if language == "ru" else (english, russian)
        return first if first[1] else second
