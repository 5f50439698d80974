"""Recordings: two-channel audio (caller left, agent right) of one call, or what a caller spoke alone (a voicemail, a
comment), until it is deleted for good.

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


class SpokenKind(models.TextChoices):
    """What a caller spoke alone."""

    VOICEMAIL = "voicemail", _("Voicemail")
    COMMENT = "comment", _("Spoken comment")


class Recording(models.Model):
    """The sound of one call's conversation, or a spoken message in it."""

    call_record = models.OneToOneField(CallRecord, on_delete=models.CASCADE, null=True, related_name="recording")
    """Of a conversation."""
    spoken_in = models.ForeignKey(CallRecord, on_delete=models.CASCADE, null=True, related_name="spoken")
    """Of a spoken message."""
    spoken_id = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001  unique where there is one
    """The engine's id of a spoken message; its raw file is called after it."""
    spoken_kind = models.CharField(max_length=12, choices=SpokenKind, blank=True, default="")
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(call_record__isnull=False, spoken_in__isnull=True, spoken_id__isnull=True)
                | models.Q(call_record__isnull=True, spoken_in__isnull=False, spoken_id__isnull=False),
                name="recording_of_talk_or_message",
            )
        ]

    def __str__(self) -> str:
        return self.file or f"recording {self.pk}"

    @property
    def call(self) -> CallRecord:
        """The call it belongs to."""
        found = self.call_record or self.spoken_in
        if found is None:
            raise ValueError(f"recording {self.pk} belongs to no call")
        return found
