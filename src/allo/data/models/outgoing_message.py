"""Written messages to customers and what became of them: written down by the ledger, sent by control.

A message is sent once or, where nobody can tell whether it went out, not again unless a person asks for it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.customer import Customer
from allo.data.models.message_channel import ChannelKind

TRIAL = "trial:"
"""How the key of a message begins by which an administrator tries a channel."""


class MessageState(models.TextChoices):
    """Life of a message."""

    WAITING = "waiting", _("Is being sent")
    SENDING = "sending", _("On its way")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    UNCLEAR = "unclear", _("Perhaps sent")


class OutgoingMessage(models.Model):
    """One message by one channel about one call."""

    key = models.CharField(max_length=120, unique=True)
    """Call, channel and template: the same message is never written down twice."""
    call_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=24)
    template = models.CharField(max_length=24)
    to = models.CharField(max_length=64, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """When it is tried next."""
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, blank=True, default="")
    """Why it was not sent, as a code; never what a server wrote."""

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["state", "due_at"], name="message_due"),
            models.Index(fields=["call_id"], name="message_by_call"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_trial(self) -> bool:
        """Whether it only tries a channel."""
        return self.key.startswith(TRIAL)

    def address(self, kind: str) -> str:
        """Where a channel of this kind sends it; "" if there is no such address."""
        if kind != ChannelKind.EMAIL:
            return self.to
        return self.customer.email if self.customer else self.to if self.is_trial else ""
