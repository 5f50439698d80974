"""The country of the centre: how numbers are meant that are written, typed or sent without their country."""

from __future__ import annotations

import phonenumbers
from babel import Locale
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from allo import installation
from allo.data.models.only_row import OnlyRow
from allo.data.phone_numbers import normalise


def usual_country() -> str:
    """The country that the installation's language tells, if it tells one."""
    return "RU" if installation.current().language == "ru" else ""


def countries() -> list[tuple[str, str]]:
    """Countries with numbers of their own, by their names in the reader's language."""
    names = Locale.parse((get_language() or "en").partition("-")[0]).territories
    return sorted(((code, names.get(code, code)) for code in phonenumbers.SUPPORTED_REGIONS), key=lambda one: one[1])


class HomeCountry(OnlyRow):
    """Where the centre is, for telephone numbers."""

    code = models.CharField(_("home country"), max_length=2, blank=True, choices=countries, default=usual_country)

    class Meta:
        verbose_name = _("home country")
        verbose_name_plural = _("home country")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


def home_country() -> str:
    """The country in force, "" for none."""
    return HomeCountry.current().code


def normalise_at_home(number: str) -> str:
    """The one spelling of a number that somebody writes here (``phone_numbers.normalise``)."""
    return normalise(number, "" if number.lstrip().startswith("+") else home_country())
