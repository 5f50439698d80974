"""Asterisk as it is now, asked for after a (re)connection: the input of `recover`. Asks; decides nothing.

The answers come in the order of the requests, between the events as they happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from allo.ari import names
from allo.ari.accounts import Accounts, Ask
from allo.ari.client import TelephonyAwayError, path_of
from allo.ari.messages import Channel, decode_bridges, decode_channels
from allo.ari.recover import Platform, asked_about
from allo.core.state import State

_NOT_THERE = 404
_HEADER_BYTES = 44
_BYTES_A_SECOND = 16_000


async def look_around(
    ask: Ask,
    accounts: Accounts,
    state: State,
    started_at: float,
    fresh: set[str],
    heard: Mapping[str, bool],
    messages: Path,
) -> Platform:
    """All there is to know. `fresh` and `heard` fill up meanwhile: what is heard of a telephone is newer than what the
    list says, which Asterisk writes for a while. Raises TelephonyAwayError."""
    channels, bridges, phones = await asyncio.gather(
        _list(ask, "channels"), _list(ask, "bridges"), accounts.endpoints()
    )
    playbacks, recordings = asked_about(state)
    playing = await asyncio.gather(*(ask("GET", path_of("playbacks", one)) for one in playbacks))
    recording = await asyncio.gather(*(ask("GET", path_of("recordings", "live", one)) for one in recordings))
    found = {channel.id: channel for channel in decode_channels(channels)}
    spoken: dict[str, float | None] = {}
    for name, answer in zip(recordings, recording, strict=True):
        length_s = None if answer.ok else message_length_s(message_file(messages, name))
        if answer.ok or length_s:
            spoken[name] = length_s
    return Platform(
        channels=found,
        reachable={
            agent_id: phone.state == "online"
            for phone in phones
            if (agent_id := names.agent_of_endpoint(phone.resource)) is not None
        }
        | dict(heard),
        fresh=frozenset(fresh),
        started_at=started_at,
        bridges={bridge.id: bridge for bridge in decode_bridges(bridges)},
        playbacks={
            one: answer.status != _NOT_THERE and one not in fresh
            for one, answer in zip(playbacks, playing, strict=True)
        },
        messages=spoken,
        adopted=_adopted(state, found),
    )


def message_file(folder: Path, recording_id: str) -> Path:
    """Where Asterisk keeps a spoken message."""
    return folder / f"{recording_id}.wav"


def message_length_s(file: Path) -> float:
    """How long a spoken message is; 0.0 for one that does not exist."""
    try:
        return max(0.0, (file.stat().st_size - _HEADER_BYTES) / _BYTES_A_SECOND)
    except OSError:
        return 0.0


async def _list(ask: Ask, what: str) -> str:
    answer = await ask("GET", what)
    if not answer.ok:
        raise TelephonyAwayError(f"GET {what}: {answer.status}")
    return answer.body


def _adopted(state: State, channels: dict[str, Channel]) -> dict[str, str]:
    """Asterisk knows by its mark; the engine, when the mark did not get there."""
    marked = {
        call_id: channel.id
        for channel in channels.values()
        if (call_id := channel.channelvars.get(names.CALL_VARIABLE, ""))
    }
    remembered = {call.id: call.customer_leg_id for call in state.calls.values() if call.customer_leg_id}
    return remembered | marked
