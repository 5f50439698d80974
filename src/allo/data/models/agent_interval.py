"""How each agent spent the time: a projection of facts, written by the ledger only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.queue import Queue
from allo.data.models.user import User


class AgentState(models.TextChoices):
    """The states of the routing engine, by its names."""

    OFFLINE = "offline", _("Logged out")
    READY = "ready", _("Ready")
    OFFERED = "offered", _("Offered a call")
    ON_CALL = "on_call", _("On a call")
    WRAP_UP = "wrap_up", _("Wrap-up")
    NOT_READY = "not_ready", _("Not ready")


class AgentInterval(models.Model):
    """One stretch of time in one state; ``queue`` is that of the call it was about, if any."""

    agent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="intervals")
    state = models.CharField(max_length=12, choices=AgentState)
    reason = models.CharField(max_length=64, blank=True, default="")
    call_id = models.CharField(max_length=64, blank=True, default="")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(fields=["agent", "started_at"], name="interval_by_agent"),
            models.Index(fields=["started_at", "ended_at"], name="interval_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} · {self.state} · {self.started_at:%H:%M:%S}"
