"""Each agent's own part of a call: who talked how long, and how the part ended. A projection of facts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.call import CallRecord
from allo.data.models.queue import Queue
from allo.data.models.user import User


class PartEnd(models.TextChoices):
    """How an agent's part of a call ended; empty while it lasts."""

    CALL = "call", _("The call was over")
    AGENT = "agent", _("Passed on to a colleague")
    QUEUE = "queue", _("Passed on to a queue")
    NUMBER = "number", _("Passed on to an outside number")
    ANOTHER = "another", _("Given to somebody else")
    LEADER = "leader", _("Taken over by a team leader")
    LOST = "lost", _("The connection to the agent broke")


class CallPart(models.Model):
    """One agent's part of one call. A call that nobody passed on has one."""

    call_record = models.ForeignKey(CallRecord, on_delete=models.CASCADE, related_name="parts")
    place = models.PositiveSmallIntegerField()
    """1 for who answered, then in order."""
    agent = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="parts")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    talk_s = models.FloatField(default=0.0)
    hold_s = models.FloatField(default=0.0)
    wrapup_s = models.FloatField(default=0.0)
    ended_by = models.CharField(max_length=8, choices=PartEnd, blank=True, default="")
    is_consulted = models.BooleanField(default=False)
    """Whoever goes on was asked before."""

    class Meta:
        ordering = ["call_record", "place"]
        constraints = [models.UniqueConstraint(fields=["call_record", "place"], name="part_once_per_place")]
        indexes = [models.Index(fields=["agent", "started_at"], name="part_by_agent")]

    def __str__(self) -> str:
        return f"{self.call_record_id} · {self.place}"
