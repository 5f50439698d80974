"""What team leaders write to agents while these work: one row for each reader."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.user import User

LONGEST_NOTE = 500


class LeaderNote(models.Model):
    """A note to one agent; one to everybody is as many rows. Shown on the desk until it is acknowledged."""

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes_written")
    reader = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes_received")
    text = models.CharField(_("text"), max_length=LONGEST_NOTE)
    at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("note of a team leader")
        verbose_name_plural = _("notes of team leaders")
        indexes = [models.Index(fields=["acknowledged_at", "at"], name="leader_note_unread")]

    def __str__(self) -> str:
        return self.text[:60]
