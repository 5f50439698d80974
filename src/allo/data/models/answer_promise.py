"""The answer promise of a queue: what callers receive who are not answered soon, and when it is made."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.calendar import Calendar
from allo.data.models.greeting import Greeting
from allo.data.models.message_channel import MessageChannel, MessageTemplate
from allo.data.models.queue_rule import QueueRule
from allo.data.models.selections import ActiveQuerySet


class AnswerPromise(QueueRule):
    """The promise of one queue. Amounts are in the smallest unit of the currency."""

    reward = models.CharField(_("what the caller receives, in words"), max_length=160)
    within_s = models.PositiveSmallIntegerField(
        _("if nobody answers within, seconds"),
        default=18,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
    )
    prompt = models.ForeignKey(
        Greeting, on_delete=models.PROTECT, related_name="+", verbose_name=_("the promise, spoken")
    )
    missed_prompt = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what is said before the code"),
    )
    countdown = models.CharField(
        _("seconds spoken before the end"),
        max_length=40,
        default="10, 5",
        blank=True,
        validators=[RegexValidator(r"^\s*\d{1,3}(?:\s*,\s*\d{1,3}){0,5}\s*$", _("Write numbers such as 10, 5."))],
    )
    amount = models.PositiveIntegerField(
        _("one missed promise costs"), default=0, validators=[MaxValueValidator(100_000_000)]
    )
    daily_budget = models.PositiveIntegerField(
        _("budget of a day"), default=0, validators=[MaxValueValidator(2_000_000_000)]
    )
    least_waiting = models.PositiveSmallIntegerField(_("only while at least so many others wait"), default=0)
    most_waiting = models.PositiveSmallIntegerField(
        _("only while at most so many others wait"), default=0, help_text=_("0: however many.")
    )
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answer_promises",
        verbose_name=_("only within these hours"),
    )
    kinds = models.CharField(_("only for these kinds of customers"), max_length=200, blank=True)
    channel = models.ForeignKey(
        MessageChannel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answer_promises",
        verbose_name=_("send the code by"),
    )
    template = models.ForeignKey(
        MessageTemplate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answer_promises",
        verbose_name=_("text of the message"),
    )

    objects = ActiveQuerySet["AnswerPromise"].as_manager()

    class Meta(QueueRule.Meta):
        verbose_name = _("answer promise")
        verbose_name_plural = _("answer promises")

    @property
    def countdown_seconds(self) -> tuple[int, ...]:
        """The spoken seconds, the longest first."""
        return tuple(sorted((int(word) for word in self.countdown.split(",") if word.strip()), reverse=True))

    @property
    def kind_list(self) -> tuple[str, ...]:
        """The kinds of customers, one by one."""
        return tuple(word.strip() for word in self.kinds.split(",") if word.strip())
