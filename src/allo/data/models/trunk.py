"""Trunks: the lines by which an operator's calls reach the centre.

The secret is written to Asterisk's configuration and shown to nobody: no page, log line or audit
entry contains it.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.selections import ActiveQuerySet
from allo.data.phone_numbers import DialledAs


class TrunkKind(models.TextChoices):
    """How the operator and the centre recognise each other."""

    REGISTRATION = "registration", _("We register with login and password")
    IP = "ip", _("The operator sends calls from known addresses")


DIALLED_AS = [
    (DialledAs.E164.value, _("with + and the country: +79001234567")),
    (DialledAs.DIGITS.value, _("with the country, without +: 79001234567")),
    (DialledAs.NATIONAL.value, _("as from a telephone at home: 89001234567, abroad 81044…")),
]


class Trunk(models.Model):
    """One line from a telephone operator."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=TrunkKind, default=TrunkKind.REGISTRATION)
    host = models.CharField(_("server of the operator"), max_length=253)
    port = models.PositiveIntegerField(
        _("port"), default=5060, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    username = models.CharField(_("login"), max_length=80, blank=True)
    secret = models.CharField(_("password"), max_length=128, blank=True)
    allowed_ips = models.TextField(
        _("addresses calls come from"),
        max_length=2000,
        blank=True,
        help_text=_("One address or network a line, for example 203.0.113.10 or 203.0.113.0/24."),
    )
    is_outgoing = models.BooleanField(
        _("calls to outside numbers go by this line"),
        default=False,
        help_text=_("Of several such lines the first that works is taken."),
    )
    shown_number = models.CharField(
        _("number shown to those we call"),
        max_length=21,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9]{2,20}$", _("Write the number in digits, with + in front if needed."))],
        help_text=_("One of your own numbers; most operators refuse any other."),
    )
    dialled_as = models.CharField(
        _("numbers are dialled"),
        max_length=8,
        choices=DIALLED_AS,
        default=DialledAs.E164.value,
        help_text=_("As your operator takes them; most take the first. The examples are for Russia."),
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Trunk"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("trunk")
        verbose_name_plural = _("trunks")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="trunk_name_once",
                violation_error_message=_("There is already a trunk with this name."),
            ),
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65535), name="trunk_port_range"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed_networks(self) -> list[str]:
        """The addresses and networks, one by one."""
        return self.allowed_ips.split()
