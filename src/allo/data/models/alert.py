"""What the floor warned of: when it began and when it was over."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alert(models.Model):
    """One trouble from its beginning to its end; the words are made when it is read, in the reader's language."""

    key = models.CharField(max_length=160)
    """The same for the same trouble of the same queue, call or agent."""
    kind = models.CharField(max_length=8)
    rule = models.CharField(max_length=32)
    values = models.JSONField(default=dict)
    """What the sentence names."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at", "-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [
            models.Index(fields=["began_at"], name="alert_began"),
            models.Index(fields=["ended_at"], name="alert_open"),
        ]

    def __str__(self) -> str:
        return self.key
