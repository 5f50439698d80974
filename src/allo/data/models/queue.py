"""Queues, who serves them, and which greetings they rotate.

``Queue.pk`` as a string is the queue id of the routing engine. Deletion is soft
(``is_active``): old calls keep their queue's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.greeting import Greeting
from allo.data.models.selections import ActiveQuerySet
from allo.data.models.user import User

if TYPE_CHECKING:
    from collections.abc import Iterable


class Strategy(models.TextChoices):
    """Whom a waiting call asks first among agents of equal level."""

    LONGEST_IDLE = "longest_idle", _("The agent free the longest")
    LEAST_CALLS = "least_calls", _("The agent with the fewest calls today")
    LEAST_OCCUPIED = "least_occupied", _("The agent who was busy the least today")
    MOST_SKILLED = "most_skilled", _("The agent who knows best what the call needs")
    ROUND_ROBIN = "round_robin", _("One after the other, in turn")
    RING_ALL = "ring_all", _("It rings at everybody who is free")


class Queue(models.Model):
    """A line of waiting calls, and the promises made to those who wait."""

    name = models.CharField(_("name"), max_length=80)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("1 to 10. When one agent can take calls of several queues, the higher number goes first."),
    )
    strategy = models.CharField(_("who is asked first"), max_length=16, choices=Strategy, default=Strategy.LONGEST_IDLE)
    offer_timeout_s = models.PositiveSmallIntegerField(
        _("an offer rings for, seconds"), default=15, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    wrapup_limit_s = models.PositiveSmallIntegerField(
        _("wrap-up lasts at most, seconds"), default=60, validators=[MinValueValidator(0), MaxValueValidator(1800)]
    )
    outcome_required = models.BooleanField(_("the outcome must be recorded"), default=True)
    service_level_target_s = models.PositiveSmallIntegerField(
        _("answer within, seconds"), default=20, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    service_level_goal = models.FloatField(
        _("share answered in time"), default=0.8, validators=[MinValueValidator(0.01), MaxValueValidator(1.0)]
    )
    short_abandon_s = models.PositiveSmallIntegerField(
        _("a hang-up sooner than this is not counted, seconds"),
        default=5,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
    )
    hold_limit_s = models.PositiveSmallIntegerField(
        _("remind about a held caller after, seconds"),
        default=180,
        validators=[MinValueValidator(10), MaxValueValidator(900)],
    )
    cool_off_s = models.PositiveSmallIntegerField(
        _("a cool-off lasts, seconds"), default=90, validators=[MinValueValidator(10), MaxValueValidator(600)]
    )
    cool_off_prompt = models.ForeignKey(
        Greeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("at a cool-off callers are told"),
    )
    recording_pause_limit_s = models.PositiveSmallIntegerField(
        _("a pause of the recording lasts at most, seconds"),
        default=120,
        validators=[MinValueValidator(10), MaxValueValidator(900)],
    )
    whisper = models.BooleanField(
        _("tell the agent who calls, just before the conversation"),
        default=False,
        help_text=_("The agent alone hears the customer's language and queue."),
    )
    sticky_s = models.PositiveSmallIntegerField(
        _("wait for the customer's last agent, seconds"),
        default=0,
        validators=[MaxValueValidator(600)],
        help_text=_("0: returning customers wait for nobody in particular."),
    )
    transfer_patience_s = models.PositiveSmallIntegerField(
        _("a call passed to one agent waits for them, seconds"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(300)],
    )
    music = models.CharField(_("music class"), max_length=40, default="default")
    recording = models.BooleanField(_("record calls"), default=True)
    recording_retention_days = models.PositiveSmallIntegerField(
        _("keep recordings for, days"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Fewer days delete older recordings, too, within the hour; more days hold for new ones alone."),
    )
    greetings = models.ManyToManyField(Greeting, through="QueueGreeting", related_name="queues", blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="queues", blank=True)
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet["Queue"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(is_active=True),
                name="queue_name_once",
                violation_error_message=_("There is already a queue with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def queue_id(self) -> str:
        """The id by which the routing engine knows this queue."""
        return str(self.pk)

    def ordered_greetings(self) -> Iterable[Greeting]:
        """Active greetings in the order in which they rotate."""
        return self.greetings.filter(is_active=True).order_by("queuegreeting__position", "pk")


class QueueGreeting(models.Model):
    """The place of a greeting in a queue's rotation."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    greeting = models.ForeignKey(Greeting, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "greeting"], name="greeting_once_per_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} · {self.position} · {self.greeting_id}"


class Membership(models.Model):
    """An agent serves a queue. Level 1 is asked first; 9 only when all others are busy."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )

    class Meta:
        ordering = ["level", "user__display_name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "queue"], name="member_once_per_queue"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=9), name="level_1_to_9"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.queue_id} · {self.level}"
