"""What callers of a queue are asked when the agent has hung up. A question is known by its prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class AnswerKeys(models.TextChoices):
    """Which keys answer a question."""

    YES_NO = "12", _("1 yes, 2 no")
    THREE = "123", _("1 to 3")
    MARKS = "12345", _("marks 1 to 5")
    TEN = "1234567890", _("1 to 9, and 0 for 10")


def _prompt(words: _StrPromise, *, is_needed: bool = False) -> models.ForeignKey[Greeting | None, Greeting | None]:
    on_delete = models.PROTECT if is_needed else models.SET_NULL
    return models.ForeignKey(
        Greeting, on_delete=on_delete, null=not is_needed, blank=not is_needed, related_name="+", verbose_name=words
    )


class QueueSurvey(QueueRule):
    """The survey of one queue: one or two questions by keys, and a spoken comment if it is asked for."""

    welcome = _prompt(_("before the questions"))
    first_question = _prompt(_("first question"), is_needed=True)
    first_keys = models.CharField(_("answered by"), max_length=10, choices=AnswerKeys, default=AnswerKeys.MARKS)
    second_question = _prompt(_("second question"))
    second_keys = models.CharField(_("answered by"), max_length=10, choices=AnswerKeys, default=AnswerKeys.YES_NO)
    comment_prompt = _prompt(_("request for a spoken comment"))
    comment_limit_s = models.PositiveSmallIntegerField(
        _("longest comment, seconds"), default=60, validators=[MinValueValidator(5), MaxValueValidator(300)]
    )
    thanks = _prompt(_("thanks at the end"))
    timeout_s = models.PositiveSmallIntegerField(
        _("wait for an answer, seconds"), default=6, validators=[MinValueValidator(2), MaxValueValidator(30)]
    )
    most_tries = models.PositiveSmallIntegerField(
        _("ask at most, times"), default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    objects = ActiveQuerySet["QueueSurvey"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
