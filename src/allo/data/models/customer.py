"""Customers and what colleagues wrote about them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allo.data.models.customer_kind import CustomerKind
from allo.data.models.user import Language, User


class Customer(models.Model):
    """A person who calls, known by one telephone number."""

    phone = models.CharField(_("phone"), max_length=32, unique=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.RUSSIAN)
    kind = models.ForeignKey(
        CustomerKind,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("kind of customer"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "phone"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [models.Index(fields=["name"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name or self.phone


class CustomerNote(models.Model):
    """What an agent wants colleagues to know about a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"), max_length=10_000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["customer", "-at"], name="note_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.at:%Y-%m-%d %H:%M}"
