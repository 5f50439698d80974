"""What a caller was promised for a late answer, and what came of it, in words: on the desk, live and in the history.

Pure: from a call's item of the feed, or from facts. Amounts are in the smallest unit of the currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from allo.web.templatetags.allo import money

if TYPE_CHECKING:
    from allo.web.mirror import Item

MISSED, KEPT = "PromiseMissed", "PromiseKept"
"""The facts that a past call tells of; one that lapsed is owed to nobody."""


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """One sentence; with a code when something is owed."""

    words: str
    code: str = ""


def promise_of(call: Item | None) -> PromiseWords | None:
    """Say what the caller of this call was promised."""
    promised = call.get("promise") if call else None
    if not promised:
        return None
    values = {"reward": promised["reward"] or money(promised["amount"]), "code": promised["code"]}
    if promised["code"]:
        owed = {**values, "amount": money(promised["amount"])}
        return PromiseWords(_("Not answered in time: %(reward)s, code %(code)s (%(amount)s)") % owed, promised["code"])
    if promised["is_over"]:
        return PromiseWords(_("Was promised for a late answer: %(reward)s. It was in time") % values)
    if not promised["deadline_at"]:
        return PromiseWords(_("Is promised for a late answer: %(reward)s") % values)
    left = format_html('<time data-until="{}"></time>', f"{promised['deadline_at']:.3f}")
    return PromiseWords(format_html(_("{reward}, if not answered in {left}"), reward=values["reward"], left=left))


def of_fact(kind: str, body: dict[str, Any]) -> PromiseWords:
    """Say what came of the promise of a past call."""
    if kind == KEPT:
        return PromiseWords(_("The answer came in time, as promised"))
    owed = {"code": body["code"], "amount": money(body["amount"])}
    return PromiseWords(_("Not answered in time: code %(code)s (%(amount)s)") % owed, body["code"])
