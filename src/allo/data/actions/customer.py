"""Changes of customers and of colleagues' notes about them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from allo.data.models import Customer, CustomerNote
from allo.data.models.home_country import normalise_at_home

if TYPE_CHECKING:
    from allo.data.models import CustomerKind, User

LONGEST_NOTE = 10_000
LONGEST_NAME = 120


class _Unchanged(Enum):
    UNCHANGED = "unchanged"


UNCHANGED = _Unchanged.UNCHANGED
"""For what stays as it is where None has a meaning of its own."""


class TextTooLongError(ValueError):
    """The text does not fit; nothing was stored."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} > {limit}")
        self.length = length
        self.limit = limit


def do_find_or_create_customer(caller: str, *, language: str = "") -> Customer | None:
    """Return the customer with this number, made at the first contact; None for a hidden number."""
    phone = normalise_at_home(caller)
    if not phone:
        return None
    fresh = {"language": language} if language else {}
    customer, _is_new = Customer.objects.get_or_create(phone=phone, defaults=fresh)
    return customer


def do_change_customer(
    customer: Customer,
    *,
    name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    kind: CustomerKind | _Unchanged | None = UNCHANGED,
) -> None:
    """Correct a customer's card; ``kind`` None is no kind in particular.

    Raises TextTooLongError, and ValidationError for what is no e-mail address.
    """
    if name is not None:
        _check(name, LONGEST_NAME)
        customer.name = clean_text(name)
    if email is not None:
        customer.email = clean_text(email)
        Customer._meta.get_field("email").clean(customer.email, customer)
    customer.language = language or customer.language
    if not isinstance(kind, _Unchanged):
        customer.kind = kind
    customer.save(update_fields=["name", "email", "language", "kind"])


def do_add_note(customer: Customer, author: User, text: str) -> CustomerNote:
    """Add a note that colleagues will see. Raises TextTooLongError; an empty text is refused with ValueError."""
    _check(text, LONGEST_NOTE)
    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError
    return CustomerNote.objects.create(customer=customer, author=author, text=cleaned)


def clean_text(text: str) -> str:
    """Drop what PostgreSQL cannot keep (NUL) and blank edges; all other characters stay, emoji too."""
    return text.replace("\x00", "").strip()


def _check(text: str, limit: int) -> None:
    if len(text) > limit:
        raise TextTooLongError(len(text), limit)
