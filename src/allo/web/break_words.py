"""What an agent who has asked for a break is told, and why, in words; for the desk and for the floor.

Pure: from an agent's item of the feed. The rule itself is `core.breaks`; its reasons are `calls_waiting`,
`turn_of:<agent id>`, `service_level:<queue id>:has=<n>:needs=<n>` and a few that explain a granted break.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """A break that is asked for; `words` may hold a time that counts down."""

    reason: str
    words: str
    why: str


def claim_of(mirror: Mirror, agent: Item | None) -> ClaimWords | None:
    """Say what the agent is waiting for, or None when no break is asked for."""
    claim = agent.get("break_claim") if agent else None
    if not claim:
        return None
    words: str
    if claim["starts_at"]:
        minutes = format_html('<time data-minutes-until="{}"></time>', f"{claim['starts_at']:.3f}")
        words = format_html(_("in about {minutes} min"), minutes=minutes)
    else:
        words = _("at your turn, place %(place)d") % {"place": max(1, claim["place"])}
    return ClaimWords(claim["reason"], words, why_not_yet(mirror, claim["because"]))


def why_not_yet(mirror: Mirror, because: str) -> str:
    """Say why the break cannot begin now; "" where there is nothing to say."""
    rule, *values = because.split(":")
    if rule == "calls_waiting":
        return _("Callers are waiting whom this agent can serve.")
    if rule == "turn_of" and values:
        first = mirror.agent(values[0])
        name = first["name"] if first else _("A colleague")
        return _("%(name)s goes first: the last break was longer ago.") % {"name": name}
    if rule == "service_level" and values:
        queue = mirror.get(f"queue:{values[0]}")
        named = dict(value.split("=", 1) for value in values[1:] if "=" in value)
        text = _("%(queue)s would miss its goal: %(has)s would stay, %(needs)s are needed.")
        return text % {
            "queue": queue["name"] if queue else "",
            "has": named.get("has", "?"),
            "needs": named.get("needs", "?"),
        }
    return ""
