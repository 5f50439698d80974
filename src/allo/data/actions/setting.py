"""Changes of the small settings: numbers, dispositions, break reasons, trunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo.data.actions.changes import save_change

if TYPE_CHECKING:
    from allo.data.models import BreakReason, Disposition, Number, Trunk, User


def do_save_number(actor: User | None, number: Number) -> Number:
    """Create or change a number and the queue it leads to."""
    return save_change(actor, number)


def do_save_disposition(actor: User | None, disposition: Disposition) -> Disposition:
    """Create or change an outcome code."""
    return save_change(actor, disposition)


def do_save_break_reason(actor: User | None, reason: BreakReason) -> BreakReason:
    """Create or change a break reason."""
    return save_change(actor, reason)


def do_save_trunk(actor: User | None, trunk: Trunk) -> Trunk:
    """Create or change a trunk; its secret never appears in the audit."""
    return save_change(actor, trunk)
