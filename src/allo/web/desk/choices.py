"""What an agent can choose on the desk, as the set-up lists it: break reasons, hold reasons, outcomes.

An open desk follows every change. Of the outcomes it is told only that they are other ones: those of the call at hand
stand in a form that belongs to the person, and its script asks for them (`js/desk/outcome.js`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from allo.data.models import BreakReason, Disposition, HoldReason
from allo.web.at_hand import AtHand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from allo.web.mirror import Mirror

    Choice = BreakReason | HoldReason | Disposition

MOST_HOLD_REASONS = 9
"""Each is chosen by a digit."""

LISTS: dict[str, Callable[[], Iterable[Choice]]] = {
    "breaks": BreakReason.objects.active,
    "holds": lambda: HoldReason.objects.active()[:MOST_HOLD_REASONS],
    "outcomes": Disposition.objects.active,
}


def load() -> dict[str, list[Choice]]:
    """Read all lists."""
    return {name: list(read()) for name, read in LISTS.items()}


at_hand: AtHand[dict[str, list[Choice]] | None] = AtHand(load, None)


def draw(name: str, mirror: Mirror, _agent_id: str, _language: str) -> str | None:
    """Draw one list; None as long as nothing has been read in this process."""
    known = at_hand.current(mirror)
    return render_to_string(f"desk/live/{name}.html", {"choices": known[name]}) if known else None
