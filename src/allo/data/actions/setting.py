"""Changes of the small settings: numbers, dispositions, break reasons, trunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from allo.data.actions.changes import save_change
from allo.data.actions.skill import Asked, requirement_change, set_number_requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allo.data.models import BreakReason, CustomerKind, Disposition, HoldReason, HomeCountry, Number, Trunk, User


def do_save_number(actor: User | None, number: Number, *, requirements: Sequence[Asked] | None = None) -> Number:
    """Create or change a number and where it leads; ``None`` leaves what it asks for as it is."""
    with transaction.atomic():
        more = {} if requirements is None else requirement_change(number, requirements)
        save_change(actor, number, more)
        if more:
            set_number_requirements(number, requirements or ())
    return number


def do_save_disposition(actor: User | None, disposition: Disposition) -> Disposition:
    """Create or change an outcome code."""
    return save_change(actor, disposition)


def do_save_break_reason(actor: User | None, reason: BreakReason) -> BreakReason:
    """Create or change a break reason."""
    return save_change(actor, reason)


def do_save_trunk(actor: User | None, trunk: Trunk) -> Trunk:
    """Create or change a trunk; its secret never appears in the audit."""
    return save_change(actor, trunk)


def do_save_home_country(actor: User | None, country: HomeCountry) -> HomeCountry:
    """Change how numbers without their country are meant, from the next call on."""
    return save_change(actor, country)


def do_save_hold_reason(actor: User | None, reason: HoldReason) -> HoldReason:
    """Create or change a reason for a hold."""
    return save_change(actor, reason)


def do_save_customer_kind(actor: User | None, kind: CustomerKind) -> CustomerKind:
    """Create or change a kind of customer."""
    return save_change(actor, kind)
