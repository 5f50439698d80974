"""The names by which things are found again inside Asterisk, also after a restart. Pure.

A call's id is its caller's channel id; an agent's leg is `<call id>-a<n>` (the engine names it); caller and agent
talk in the bridge `<call id>-talk`; a prompt plays under `<call id>~<prompt>`; an agent's telephone is
`agent-<agent id>`, a visitor's `web-<made at>-<random>`, a line `trunk-<id>`.
"""

from __future__ import annotations

import re

TECHNOLOGY = "PJSIP"
INBOUND = "inbound"
AGENT = "agent"
AGENT_PREFIX = "agent-"
WEB_PREFIX = "web-"
TRUNK_PREFIX = "trunk-"
_TALK = "-talk"
_DEVICE_PREFIX = f"{TECHNOLOGY}/{AGENT_PREFIX}"
_AGENT_LEG = re.compile(r".+-a[0-9]+")


def is_agent_leg(channel_id: str) -> bool:
    """Whether the engine named this channel as an agent's leg."""
    return _AGENT_LEG.fullmatch(channel_id) is not None


def talk_bridge(call_id: str) -> str:
    """Where the parties of a call hear each other."""
    return call_id + _TALK


def call_of_bridge(bridge_id: str) -> str | None:
    """The call whose bridge this is; None for a bridge that is not ours."""
    return bridge_id.removesuffix(_TALK) if bridge_id.endswith(_TALK) else None


def playback(call_id: str, prompt: str) -> str:
    """The name under which a prompt plays to a caller."""
    return f"{call_id}~{prompt}"


def call_and_prompt(playback_id: str) -> tuple[str, str] | None:
    """The opposite of `playback`; None for a playback that is not ours."""
    call_id, separator, prompt = playback_id.partition("~")
    return (call_id, prompt) if separator else None


def agent_of_device(device: str) -> str | None:
    """`PJSIP/agent-5` → `5`; None for any other device."""
    return device[len(_DEVICE_PREFIX) :] if device.startswith(_DEVICE_PREFIX) else None


def agent_of_endpoint(endpoint: str) -> str | None:
    """`agent-5` → `5`; None for any other telephone."""
    return endpoint[len(AGENT_PREFIX) :] if endpoint.startswith(AGENT_PREFIX) else None
