"""Patterns of telephone numbers as people write them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext

from allo.data.models.home_country import home_country
from allo.data.models.number import PATTERN
from allo.data.phone_numbers import normalise_pattern


class PatternField(forms.CharField):
    """Takes spaces, brackets and dashes; a small or Cyrillic x means X."""

    def to_python(self, value: Any) -> str:
        """Return the bare pattern."""
        text = super().to_python(value) or ""
        return re.sub(r"[\s()\-.]", "", text).translate(str.maketrans("xхХ", "XXX"))


def exact_pattern(pattern: str, least: int) -> str:
    """The one spelling of a pattern of outside numbers, and never one that fits nearly all.

    What is no pattern is refused elsewhere.
    """
    if re.match(PATTERN, pattern) and sum(character.isdecimal() for character in pattern) < least:
        raise forms.ValidationError(
            gettext("This fits too many numbers. Write at least %(least)d digits.") % {"least": least}
        )
    return normalise_pattern(pattern, home_country())
