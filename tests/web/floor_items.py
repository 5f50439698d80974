"""Items of the feed as control would say them, for tests of the floor."""

from __future__ import annotations

from typing import Any

NOW = 1_768_467_600.0
CREW = {"ready": 1, "offered": 0, "on_call": 2, "wrap_up": 0, "not_ready": 0, "offline": 0}


def system(**changes: Any) -> dict[str, Any]:
    return {"asterisk": "up", "ledger": "ok", "recording": "ok", **changes}


def agent(agent_id: str, name: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "id": agent_id, "name": name or f"Agent {agent_id}", "state": "ready", "reason": "", "since_at": NOW - 60,
        "device_up": True, "call_id": "", "queue_id": "", **changes,
    }  # fmt: skip


def queue(queue_id: str, name: str = "", **changes: Any) -> dict[str, Any]:
    today = {"entered": 10, "answered": 8, "abandoned": 2, "service_level": 0.75, **changes.pop("today", {})}
    return {
        "id": queue_id, "name": name or f"Queue {queue_id}", "waiting": [], "longest_entered_at": None,
        "target_s": 20.0, "goal": 0.8, "agents": dict(CREW), "today": today, **changes,
    }  # fmt: skip


def call(call_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": call_id, "state": "waiting", "caller": "+74951234567", "caller_name": "", "queue_id": "1",
        "queue_name": "Queue 1", "agent_id": "", "agent_name": "", "since_at": NOW - 30, "started_at": NOW - 40,
        "entered_at": NOW - 30, "hold_limit_s": 60.0, **changes,
    }  # fmt: skip
