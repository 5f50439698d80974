"""The names by which things are found again inside Asterisk, also after a restart. Pure.

A call's id is its caller's channel id; an agent's leg is `<call id>-a<n>`, one to an outside number `<call id>-o<n>`
(the engine names them); who hears each other is in the bridge `<call id>-talk`; a team leader who listens is in
`<call id>-lead` with a snoop channel `<call id>-snoop.<random>`; a prompt plays under `<call id>~<n>~<prompt>`, n
telling apart the last few; a message is recorded as `<call id>-v<n>` or `-s<n>`. An agent's telephone is
`agent-<agent id>`, a visitor's `web-<made at>-<random>`, a line `trunk-<id>`.
"""

from __future__ import annotations

import re
import secrets

TECHNOLOGY = "PJSIP"
INBOUND = "inbound"
AGENT = "agent"
OUTSIDE = "outside"
SNOOP = "snoop"
AGENT_PREFIX = "agent-"
WEB_PREFIX = "web-"
TRUNK_PREFIX = "trunk-"
LINE_VARIABLE = "ALLO_LINE_"
"""Followed by a line's id: what the line was made of. Asterisk's global variables live as long as its process."""
CALL_VARIABLE = "ALLO_CALL"
"""Set on an outside leg that has become the caller's: the call."""
PAUSED_VARIABLE = "ALLO_PAUSED"
"""Set on a channel whose recording is paused."""
PLAYBACKS_KEPT_APART = 4
_TALK = "-talk"
_LEAD = "-lead"
_LEG = re.compile(r"(.+)-[ao][0-9]+")
_OUTSIDE_LEG = re.compile(r".+-o[0-9]+")
_SNOOP = re.compile(r"(.+)-snoop\.[0-9a-f]+")


def call_of_leg(channel_id: str) -> str | None:
    """The call of a leg that the engine named; None for a caller's own leg and for channels of others."""
    found = _LEG.fullmatch(channel_id)
    return found.group(1) if found else None


def is_leg(channel_id: str) -> bool:
    """Whether the engine named this channel, as a leg to an agent or to an outside number."""
    return _LEG.fullmatch(channel_id) is not None


def is_outside(channel_id: str) -> bool:
    """Whether the engine named this channel, as a leg to an outside number."""
    return _OUTSIDE_LEG.fullmatch(channel_id) is not None


def new_snoop(call_id: str) -> str:
    """A fresh name for what listens or whispers at one of the call's legs."""
    return f"{call_id}-snoop.{secrets.token_hex(4)}"


def call_of_snoop(channel_id: str) -> str | None:
    """The call of a snoop channel; None for any other channel."""
    found = _SNOOP.fullmatch(channel_id)
    return found.group(1) if found else None


def talk_bridge(call_id: str) -> str:
    """Where the parties of a call hear each other."""
    return call_id + _TALK


def lead_bridge(call_id: str) -> str:
    """Where a team leader hears the call without being in it."""
    return call_id + _LEAD


def call_of_bridge(bridge_id: str) -> str | None:
    """The call whose talk this is; None for any other bridge."""
    return bridge_id.removesuffix(_TALK) if bridge_id.endswith(_TALK) else None


def call_of_lead(bridge_id: str) -> str | None:
    """The call to which a team leader listens there; None for any other bridge."""
    return bridge_id.removesuffix(_LEAD) if bridge_id.endswith(_LEAD) else None


def call_of_recording(recording_id: str) -> str:
    """The call of a spoken message."""
    return recording_id.rpartition("-")[0]


def playback(call_id: str, prompt: str, number: int = 0) -> str:
    """The name under which a prompt plays to a caller for the `number`-th time."""
    return f"{call_id}~{number % PLAYBACKS_KEPT_APART}~{prompt}"


def playbacks(call_id: str, prompt: str) -> list[str]:
    """All names under which it may be playing."""
    return [playback(call_id, prompt, number) for number in range(PLAYBACKS_KEPT_APART)]


def call_and_prompt(playback_id: str) -> tuple[str, str] | None:
    """The opposite of `playback`; None for a playback that is not ours."""
    call_id, _, rest = playback_id.partition("~")
    number, separator, prompt = rest.partition("~")
    return (call_id, prompt) if separator and number.isdigit() else None


def agent_of_endpoint(endpoint: str) -> str | None:
    """`agent-5` → `5`; None for any other telephone."""
    return endpoint[len(AGENT_PREFIX) :] if endpoint.startswith(AGENT_PREFIX) else None
