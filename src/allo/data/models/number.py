"""Dialled numbers and where each one leads: a queue, or another target (a menu, a voicemail box, a message).

A pattern is digits with an optional leading ``+``; ``X`` stands for any one digit and a final ``*``
for any remaining digits. When several patterns fit, the one with the most fixed digits wins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.queue import Queue
from allo.data.models.selections import ActiveQuerySet
from allo.data.models.target import target_field
from allo.data.models.user import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

PATTERN = r"^(?:\+?[0-9X]{1,20}\*?|\*)$"


class Number(models.Model):
    """A number (or pattern of numbers) that customers dial."""

    pattern = models.CharField(
        _("dialled number"),
        max_length=24,
        validators=[
            RegexValidator(
                PATTERN,
                _("Use digits, with + in front if needed; X stands for any digit, * at the end for any ending."),
            )
        ],
    )
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="numbers", verbose_name=_("queue")
    )
    target = target_field(_("leads to"))
    """Where it leads when it leads to no queue."""
    opening_message = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="numbers",
        verbose_name=_("opening message"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.RUSSIAN)
    priority = models.PositiveSmallIntegerField(
        _("added to the priority of the queue"),
        default=0,
        validators=[MaxValueValidator(10)],
        help_text=_("0: as all calls. 10: before all who wait."),
    )
    anonymous_target = target_field(_("callers who hide their number go to"))
    """Empty: where all go."""
    anonymous_message = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("callers who hide their number are told"),
    )
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Number"].as_manager()

    class Meta:
        ordering = ["pattern", "pk"]
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["pattern"],
                condition=models.Q(is_active=True),
                name="number_pattern_once",
                violation_error_message=_("This number already leads to a queue. Change that line instead."),
            )
        ]

    def __str__(self) -> str:
        return self.pattern

    def matches(self, dialled: str) -> bool:
        """Whether this pattern fits what the caller dialled."""
        regex = re.escape(self.pattern.removesuffix("*")).replace("X", "[0-9]")
        tail = "[0-9]*" if self.pattern.endswith("*") else ""
        return re.fullmatch(regex + tail, dialled) is not None

    @property
    def fixed_digits(self) -> int:
        """How exact the pattern is: the more digits it fixes, the sooner it wins."""
        return sum(character.isdigit() for character in self.pattern)


def find_number(dialled: str, numbers: Iterable[Number]) -> Number | None:
    """Return the most exact number whose pattern fits, or None."""
    fitting = [number for number in numbers if number.matches(dialled)]
    return max(fitting, key=lambda number: (number.fixed_digits, -len(number.pattern)), default=None)
