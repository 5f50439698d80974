"""What became of each call.

``CallRecord`` is a projection of facts: only the ledger writes it. ``CallOutcome`` is what the agent
recorded afterwards, ``WrapUpDraft`` what the agent has typed so far; both are kept by call id, so
they survive a call record that arrives later than the agent's click.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.customer import Customer
from allo.data.models.disposition import Disposition
from allo.data.models.number import Number
from allo.data.models.queue import Queue
from allo.data.models.user import User


class CallResult(models.TextChoices):
    """What became of a call, by the names of ``core.facts.Outcome``; empty while it lasts.

    A short abandon is no result of its own: it is ABANDONED with a wait under the queue's limit.
    """

    ANSWERED = "answered", _("Answered")
    ABANDONED = "abandoned", _("Hung up while waiting")
    LEFT_EARLY = "left_early", _("Hung up during the greeting")
    REJECTED = "rejected", _("Could not be taken")
    INFORMED = "informed", _("Heard a message")
    MESSAGE_LEFT = "message_left", _("Left a spoken message")
    FORWARDED = "forwarded", _("Passed on to an outside number")
    NOT_REACHED = "not_reached", _("Called back and not reached")
    FAILED = "failed", _("Lost by a failure of ours")


class CallSource(models.TextChoices):
    """By which way the call came in."""

    SIP = "sip", _("SIP phone")
    TRUNK = "trunk", _("Trunk")
    WEB = "web", _("Browser")


class CallRecord(models.Model):
    """One customer conversation end to end."""

    call_id = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=8, choices=CallSource, default=CallSource.SIP)
    caller = models.CharField(max_length=64, blank=True)
    dialled = models.CharField(max_length=64, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="calls")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="calls")
    number = models.ForeignKey(Number, on_delete=models.SET_NULL, null=True, related_name="calls")
    agent = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="calls")
    disposition = models.ForeignKey(Disposition, on_delete=models.SET_NULL, null=True, related_name="calls")
    arrived_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wait_s = models.FloatField(default=0.0)
    talk_s = models.FloatField(default=0.0)
    hold_s = models.FloatField(default=0.0)
    wrapup_s = models.FloatField(default=0.0)
    outcome = models.CharField(max_length=16, choices=CallResult, blank=True, default="")
    end_reason = models.CharField(max_length=40, blank=True, default="")
    is_callback = models.BooleanField(default=False)
    """The caller hung up to be called back; ``wait_s`` is until then."""

    class Meta:
        ordering = ["-arrived_at", "-pk"]
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [
            models.Index(fields=["queue", "entered_at"], name="call_by_queue"),
            models.Index(fields=["agent", "answered_at"], name="call_by_agent"),
            models.Index(fields=["customer", "-arrived_at"], name="call_by_customer"),
            models.Index(fields=["-arrived_at"], name="call_by_arrival"),
        ]

    def __str__(self) -> str:
        return self.call_id


class CallOutcome(models.Model):
    """What the agent recorded when the call was over."""

    call_id = models.CharField(max_length=64)
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="outcomes")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, null=True, related_name="outcomes")
    note = models.TextField(max_length=10_000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["call_id", "agent"], name="outcome_once_per_agent"),
        ]
        indexes = [models.Index(fields=["agent", "at"], name="outcome_by_agent")]

    def __str__(self) -> str:
        return f"{self.call_id} · {self.disposition_id}"


class WrapUpDraft(models.Model):
    """What the agent has typed and chosen so far; gone once the outcome is recorded."""

    call_id = models.CharField(max_length=64)
    agent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="wrapup_drafts")
    disposition = models.ForeignKey(Disposition, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.TextField(max_length=10_000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_id", "agent"], name="draft_once_per_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} · {self.agent_id}"
