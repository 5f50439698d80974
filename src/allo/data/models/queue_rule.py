"""What all rules of one queue share: there is at most one of a kind in force for each queue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.queue import Queue


class QueueRule(models.Model):
    """A rule of one queue."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name=_("queue"))
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["queue__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["queue"], condition=models.Q(is_active=True), name="%(class)s_queue_once")
        ]

    def __str__(self) -> str:
        return str(self.queue)
