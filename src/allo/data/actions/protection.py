"""Changes of what protects the lines: blocked callers, floods, and what may be dialled outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from allo.data.actions.changes import do_deactivate, save_change
from allo.data.actions.customer import clean_text
from allo.data.models import BlockedNumber
from allo.data.models.home_country import normalise_at_home

if TYPE_CHECKING:
    from datetime import datetime

    from allo.data.models import DiallingLimits, FloodProtection, OutsideNumber, User

LONGEST_REASON = 120


class HiddenCallerError(ValueError):
    """The caller hides the number: there is nothing to block."""


class NoReasonError(ValueError):
    """A block without a reason would be a riddle to everybody later."""


def do_save_block(actor: User | None, block: BlockedNumber) -> BlockedNumber:
    """Create or change a block; who changed it last answers for it."""
    block.blocked_by = actor
    return save_change(actor, block)


def do_block_caller(
    actor: User, caller: str, reason: str, *, expires_at: datetime | None = None, is_silent: bool = False
) -> BlockedNumber:
    """Block the number of a call. One that is blocked already gets the new reason and time.

    Raises HiddenCallerError, NoReasonError.
    """
    pattern = normalise_at_home(caller)
    if not pattern:
        raise HiddenCallerError
    why = clean_text(reason)[:LONGEST_REASON]
    if not why:
        raise NoReasonError
    with transaction.atomic():
        block = BlockedNumber.objects.active().filter(pattern=pattern).first() or BlockedNumber(pattern=pattern)
        block.reason, block.expires_at, block.is_silent = why, expires_at, is_silent
        return do_save_block(actor, block)


def do_unblock(actor: User | None, block: BlockedNumber) -> None:
    """Let the number's calls in again."""
    do_deactivate(actor, block)


def do_save_flood_protection(actor: User | None, rule: FloodProtection) -> FloodProtection:
    """Change what happens to floods of calls."""
    return save_change(actor, rule)


def do_save_outside_number(actor: User | None, number: OutsideNumber) -> OutsideNumber:
    """Create or change a number that may be dialled."""
    return save_change(actor, number)


def do_save_dialling_limits(actor: User | None, limits: DiallingLimits) -> DiallingLimits:
    """Change how often outside numbers may be dialled."""
    return save_change(actor, limits)
