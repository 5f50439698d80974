"""Compensation codes: what a missed answer promise is paid by. Issued by the ledger, redeemed once by a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from allo.data.models.customer import Customer
from allo.data.models.queue import Queue
from allo.data.models.user import User


class CompensationCode(models.Model):
    """One code. It outlives the call and the customer it was issued to."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    call_id = models.CharField(max_length=64, unique=True)
    """A call has one promise at most: whatever is written twice, it has one code."""
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="compensations")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    amount = models.PositiveIntegerField(_("amount"))
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who marked it as used."""

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("compensation code")
        verbose_name_plural = _("compensation codes")
        indexes = [
            models.Index(fields=["customer", "-issued_at"], name="code_by_customer"),
            models.Index(fields=["issued_at"], name="code_by_time"),
        ]

    def __str__(self) -> str:
        return self.code
