"""The live parts of a desk, drawn from the mirror: my state with today's figures, and the call panel.

Pure: reads a mirror and gives HTML. What a person types is never in these parts; the panel only holds
places (``data-keep``) which the page fills once a call and which no later drawing touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from allo.core.call import ConsultState
from allo.core.model import SupervisionMode
from allo.data.models import AgentState
from allo.web import reasons
from allo.web.break_words import claim_of
from allo.web.day_tally import tally
from allo.web.leader_notes import notes_for
from allo.web.promise_words import promise_of
from allo.web.why import why_me

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

OUTCOME_MISSING = "outcome_missing"


@dataclass(frozen=True, slots=True)
class Figures:
    """Today, of this agent and of the queues they serve."""

    service_level: float | None
    goal: float | None
    answered: int
    waiting: int
    longest_entered_at: float | None


def keys_of(mirror: Mirror, agent_id: str) -> list[str]:
    """Return the keys whose changes can change this desk."""
    agent = mirror.agent(agent_id)
    keys = [f"agent:{agent_id}", "system"]
    if agent:
        keys += [f"queue:{queue_id}" for queue_id in agent["queues"]]
        keys += [f"call:{agent['call_id']}"] if agent["call_id"] else []
    return keys


def phase(agent: Item | None, call: Item | None = None) -> str:
    """Return which panel the desk shows: unknown, offline, idle, offer, talk, asked (by a colleague) or wrapup."""
    if agent is None:
        return "unknown"
    state = agent["state"]
    if state == AgentState.ON_CALL and call is not None and call["agent_id"] != agent["id"]:
        return "asked"
    if state == AgentState.WRAP_UP or (state == AgentState.NOT_READY and agent["reason"] == OUTCOME_MISSING):
        return "wrapup"
    return {AgentState.OFFLINE: "offline", AgentState.OFFERED: "offer", AgentState.ON_CALL: "talk"}.get(state, "idle")


def figures(mirror: Mirror, agent: Item | None) -> Figures:
    """Add up today's calls of all my queues; the service level by its one definition."""
    day = tally(mirror, agent["queues"] if agent else ())
    return Figures(
        service_level=day.calls.service_level(),
        goal=day.goal,
        answered=agent["today"]["answered"] if agent else 0,
        waiting=day.waiting,
        longest_entered_at=day.longest_entered_at,
    )


def context(mirror: Mirror, agent_id: str) -> dict[str, Any]:
    """Return what both templates read."""
    agent = mirror.agent(agent_id)
    call = mirror.call_of(agent_id)
    offer = call["offers"].get(agent_id) if call else None
    return {
        "agent": agent,
        "call": call,
        "phase": phase(agent, call),
        "queue": mirror.get(f"queue:{agent['queue_id']}") if agent and agent["queue_id"] else None,
        "figures": figures(mirror, agent),
        "offer": offer,
        "offer_s": offer["expires_at"] - offer["since_at"] if offer else 0,
        "why": why_me(offer["because"] if offer else call["routed_because"]) if call else "",
        "claim": claim_of(mirror, agent),
        "promise": promise_of(call),
        **_others(mirror, call, offer),
        "is_platform_down": mirror.system.get("asterisk") == "down",
    }


def _others(mirror: Mirror, call: Item | None, offer: Item | None) -> dict[str, Any]:
    """Who else is in the call: whom the agent asks, who asks the agent, the team leader."""
    if call is None:
        return {}
    asked = call.get("consult")
    is_consult, _colon, asker_id = (offer["because"] if offer else "").partition(":")
    asker = mirror.agent(asker_id) if is_consult == "consult" else None
    return {
        "asked": asked,
        "is_asking": asked is not None and asked["state"] != ConsultState.RINGING,
        "asker": asker["name"] if asker else "",
        "leader_there": _leader(call.get("supervision")),
        "needs": ", ".join(filter(None, map(reasons.skill, call.get("requires", ())))),
        "hold_reason": reasons.hold_reason(call["hold_reason"]) if call.get("hold_reason", "").isdecimal() else "",
    }


def _leader(supervision: Item | None) -> str:
    """Say what a team leader does in this call; nobody listens in secret."""
    if not supervision or not supervision["is_there"]:
        return ""
    words = {
        SupervisionMode.LISTEN: _("%(name)s listens"),
        SupervisionMode.WHISPER: _("%(name)s speaks to you; the caller does not hear it"),
        SupervisionMode.BARGE: _("%(name)s talks with you both"),
    }
    return words[SupervisionMode(supervision["mode"])] % {"name": supervision["name"] or _("The team leader")}


def draw_notes(_mirror: Mirror, agent_id: str, _language: str) -> str:
    """Draw what a team leader has written to this agent and has not been read."""
    notes = notes_for(agent_id)
    return render_to_string("desk/live/notes.html", {"notes": notes}) if notes else ""


def draw_state(mirror: Mirror, agent_id: str, _language: str) -> str:
    """Draw my state, big, with today's figures; its attributes are what the page's script goes by."""
    return render_to_string("desk/live/state.html", context(mirror, agent_id))


def draw_panel(mirror: Mirror, agent_id: str, _language: str) -> str:
    """Draw the left panel: the offer, the call, the wrap-up, or what to do now."""
    return render_to_string("desk/live/panel.html", context(mirror, agent_id))
