"""Compensation codes are redeemed: once, and it is kept by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from allo.data.models import CompensationCode

if TYPE_CHECKING:
    from allo.data.models import User


def do_redeem_code(actor: User, code: CompensationCode) -> bool:
    """Mark a code as used; False when somebody was first: it stays theirs."""
    unused = CompensationCode.objects.filter(pk=code.pk, used_at=None)
    is_mine = bool(unused.update(used_at=timezone.now(), used_by=actor))
    code.refresh_from_db()
    return is_mine
