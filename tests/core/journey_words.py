"""The vocabulary of the scenarios for a caller's way: hours, overflow, menus, voicemail, call-backs, protection.

Targets are written `queue:sales`, `message:sorry`, `hang_up`; a way out has a message before it: `sorry>queue:sales`.
Hours are `9-18`, every day in UTC; the instants of a scenario count from midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.hours import Hours, Interval
from allo.core.model import Config, Target, TargetKind, WayOut


def target(text: str) -> Target:
    """`queue:sales`."""
    kind, _, id_ = text.partition(":")
    return Target(TargetKind(kind), id_)


def _way(text: str) -> WayOut:
    message, _, where = text.rpartition(">")
    return WayOut(target(where), message)


def _hours(text: str) -> Hours:
    from_hour, _, to_hour = text.partition("-")
    return Hours(weekly=((Interval(int(from_hour) * 60, int(to_hour) * 60),),) * 7)


READ_AS: dict[str, Callable[[str], Any]] = {
    "Hours | None": _hours,
    "WayOut | None": _way,
    "Target | None": target,
}
SAYINGS: dict[str, Callable[..., Any]] = {
    "key": ev.KeyPressed,
    "recorded": lambda call, recording, length: ev.MessageRecorded(call, recording, float(length)),
    "close": lambda leader, queue, reason="", message="": rq.SetEmergencyClosed(
        leader, queue.removeprefix("all"), is_closed=True, reason=reason, message=message
    ),
    "open": lambda leader, queue: rq.SetEmergencyClosed(leader, queue.removeprefix("all"), is_closed=False),
}


def _flowed_out(fact: fa.FlowedOut) -> str:
    where = fact.target_kind + (f":{fact.target_id}" if fact.target_id else "")
    waited = f" after {fact.wait_s:g}" if fact.was_waiting else ""
    return f"{fact.call_id} from {fact.queue_id} to {where} because {fact.reason}{waited}"


FACTS: dict[type, Callable[[Any], str]] = {
    fa.FlowedOut: _flowed_out,
    fa.QueueClosed: lambda f: f"{f.queue_id or 'all'} closed by {f.leader_id}",
    fa.QueueReopened: lambda f: f"{f.queue_id or 'all'} opened by {f.leader_id} after {f.closed_s:g}",
}
TEXTS: dict[type, Callable[[Any], str]] = {}
LINES: dict[str, tuple[type, Callable[[Config, str, list[str], dict[str, Any]], Config]]] = {}
"""The first word of a line to what it describes, and how it changes the configuration."""
