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
_LEADER = {"leader_id": "9", "name": "Lena", "mode": "listen", "is_there": True}
_ASKED = {"state": "ringing", "agent_id": "8", "number": "", "name": "Boris", "since_at": NOW - 3}
_CALLBACK = {
    "number": "+79001112233",
    "agreed_at": NOW - 600,
    "is_alone": True,
    "is_parked": False,
    "due_at": None,
    "tries": 0,
    "recording_id": "",
}
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
    "cool-off": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "hold_reason": "cool_off", "cool_off_until_at": NOW + 60},
    ),
    "cool-off is over": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "hold_reason": "cool_off", "is_hold_late": True},
    ),
    "hold too long": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "is_hold_late": True},
    ),
    "not recorded": (
        {"state": "on_call", "call_id": "c.1"},
        {
            "state": "talking",
            "answered_at": NOW - 5,
            "is_recording_paused": True,
            "recording_paused_until_at": NOW + 90,
        },
    ),
    "help called": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "talking", "answered_at": NOW - 5, "needs_help": True},
    ),
    "leader listens": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "talking", "answered_at": NOW - 5, "supervision": _LEADER},
    ),
    "leader whispers": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "talking", "answered_at": NOW - 5, "supervision": {**_LEADER, "mode": "whisper"}},
    ),
    "consult rings": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "consult": _ASKED},
    ),
    "consult": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "consult": {**_ASKED, "state": "talking"}},
    ),
    "consult waits": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "talking", "answered_at": NOW - 5, "consult": {**_ASKED, "state": "talking"}},
    ),
    "conference": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "talking", "answered_at": NOW - 5, "consult": {**_ASKED, "state": "joined"}},
    ),
    "conference without the caller": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "consult": {**_ASKED, "state": "joined"}},
    ),
    "asked to help": (
        {"state": "offered", "call_id": "c.1"},
        {"state": "held", "answered_at": NOW - 5, "agent_id": "8", "agent_name": "Boris", "consult": _ASKED},
    ),
    "asked": (
        {"state": "on_call", "call_id": "c.1"},
        {
            "state": "held",
            "answered_at": NOW - 5,
            "agent_id": "8",
            "agent_name": "Boris",
            "consult": {**_ASKED, "state": "talking", "agent_id": "7"},
        },
    ),
    "call-back offer": (
        {"state": "offered", "call_id": "c.1"},
        {"state": "waiting", "is_callback": True, "callback": _CALLBACK},
    ),
    "message offer": (
        {"state": "offered", "call_id": "c.1"},
        {"state": "waiting", "is_callback": True, "callback": {**_CALLBACK, "recording_id": "c.1-v1"}},
    ),
    "customer is rung": (
        {"state": "on_call", "call_id": "c.1"},
        {"state": "dialling", "is_callback": True, "callback": {**_CALLBACK, "tries": 1}},
    ),
    "wrap-up": ({"state": "wrap_up", "call_id": "c.1", "wrapup_until_at": NOW + 60}, None),
    "outcome missing": ({"state": "not_ready", "reason": "outcome_missing", "call_id": "c.1"}, None),
}


def _offer(phase: str) -> dict[str, Any]:
    return {**_OFFER, "because": "consult:8"} if phase == "asked to help" else _OFFER


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
        "agent:8": {**agent, "id": "8", "name": "Boris", "state": "ready", "queues": [], "queue_id": "", "call_id": ""},
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
            "offers": {agent_id: _offer(phase)} if says["state"] == "offered" else {},
            "routed_because": "call:longest_idle:level=1",
            "talk_s": 0.0,
            "hold_s": 0.0,
            "is_muted": False,
            "hold_limit_s": 180,
            **about,
            **call,
        }
    return found
