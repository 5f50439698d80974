"""Recordings: two-channel audio (caller left, agent right) of one call, until it is deleted for good.

The row stays after deletion to say when it happened; the file does not.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.call import CallRecord


class RecordingState(models.TextChoices):
    """Life of a recording."""

    PENDING = "pending", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be written")
    DELETED = "deleted", _("Deleted")


class Recording(models.Model):
    """The sound of one call."""

    call_record = models.OneToOneField(CallRecord, on_delete=models.CASCADE, related_name="recording")
    file = models.CharField(max_length=160, blank=True)
    duration_s = models.FloatField(default=0.0)
    state = models.CharField(max_length=8, choices=RecordingState, default=RecordingState.PENDING)
    delete_after = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        indexes = [models.Index(fields=["state", "delete_after"], name="recording_to_delete")]

    def __str__(self) -> str:
        return self.file or f"recording {self.pk}"
