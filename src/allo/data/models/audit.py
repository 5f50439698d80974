"""Who changed which setting, when, from what to what. Secrets appear as a mark, never as text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.user import User


class AuditEntry(models.Model):
    """One change of the set-up."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=24)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=32)
    subject_name = models.CharField(max_length=120)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"
