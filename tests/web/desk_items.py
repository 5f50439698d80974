"""What control says of an agent in each phase of a call, in the values of the feed."""

from __future__ import annotations

from typing import Any

NOW = 1_800_000_000.0
NOTHING_YET = {
    "entered": 0,
    "answered": 0,
    "answered_in_target": 0,
    "abandoned": 0,
    "short_abandons": 0,
    "talk_s": 0.0,
    "hold_s": 0.0,
    "wrapup_s": 0.0,
}

# phase: (what the agent's item says, what the call's item says; None: there is no call)
_OFFER = {"leg_id": "c.1-a1", "since_at": NOW - 10, "expires_at": NOW + 5, "because": "call:longest_idle:level=1"}
PHASES: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "offline": ({"state": "offline"}, None),
    "logged in": ({"state": "not_ready", "reason": "logged_in"}, None),
    "ready": ({"state": "ready"}, None),
    "break": ({"state": "not_ready", "reason": "2"}, None),
    "no answer": ({"state": "not_ready", "reason": "no_answer"}, None),
    "declined": ({"state": "not_ready", "reason": "declined"}, None),
    "phone lost": ({"state": "not_ready", "reason": "phone_lost"}, None),
    "phone failed": ({"state": "not_ready", "reason": "phone_failed"}, None),
    "offer": ({"state": "offered", "call_id": "c.1"}, {"state": "waiting"}),
    "talk": ({"state": "on_call", "call_id": "c.1"}, {"state": "talking", "answered_at": NOW - 5}),
    "hold": ({"state": "on_call", "call_id": "c.1"}, {"state": "held", "answered_at": NOW - 5}),
    "muted": ({"state": "on_call", "call_id": "c.1"}, {"state": "talking", "answered_at": NOW - 5, "is_muted": True}),
    "lost": ({"state": "on_call", "call_id": "c.1"}, {"state": "lost", "answered_at": NOW - 5}),
    "wrap-up": ({"state": "wrap_up", "call_id": "c.1", "wrapup_until_at": NOW + 60}, None),
    "outcome missing": ({"state": "not_ready", "reason": "outcome_missing", "call_id": "c.1"}, None),
}


def items(phase: str, *, agent_id: str = "7", **call: Any) -> dict[str, Any]:
    """A whole snapshot; `call` overrides what is known of the call."""
    says, about = PHASES[phase]
    agent = {
        "id": agent_id,
        "name": "Alice",
        "reason": "",
        "since_at": NOW - 10,
        "device_up": True,
        "call_id": "",
        "queue_id": "1" if "call_id" in says else "",
        "next_state": "ready",
        "next_reason": "",
        "wrapup_until_at": None,
        "queues": ["1"],
        "calls_taken": 0,
        "is_automatic": False,
        "today": {"answered": 3},
    }
    found: dict[str, Any] = {
        "system": {"asterisk": "up"},
        f"agent:{agent_id}": {**agent, **says},
        "queue:1": {
            "id": "1",
            "name": "Support",
            "waiting": ["c.1"] if phase == "offer" else [],
            "longest_entered_at": NOW - 12 if phase == "offer" else None,
            "target_s": 20,
            "goal": 0.8,
            "agents": {},
            "today": NOTHING_YET,
        },
    }
    if about is not None:
        found["call:c.1"] = {
            "id": "c.1",
            "number": "100",
            "caller": "+79001112233",
            "caller_name": "",
            "customer_id": "",
            "queue_id": "1",
            "queue_name": "Support",
            "agent_id": agent_id,
            "agent_name": "Alice",
            "since_at": NOW - 5,
            "started_at": NOW - 20,
            "entered_at": NOW - 12,
            "answered_at": None,
            "offers": {agent_id: _OFFER} if phase == "offer" else {},
            "routed_because": "call:longest_idle:level=1",
            "talk_s": 0.0,
            "hold_s": 0.0,
            "is_muted": False,
            "hold_limit_s": 180,
            **about,
            **call,
        }
    return found
