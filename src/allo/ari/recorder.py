"""Pausing recordings, and recording customers who are called back: what Asterisk does not offer by ARI.

Its older interface does (`ami`). Wishes are carried out one after another, in order; one that fails
is tried again a few times, since card numbers may be spoken the next moment. The paused part is silence in both
channels. A mark on the channel tells a restarted control what is in force (`recover`).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from allo.ari import names
from allo.ari.ami import UNREACHABLE, Ask, opened
from allo.ari.call_media import Calls, Send, look
from allo.ari.client import path_of
from allo.installation import Installation

logger = logging.getLogger(__name__)

_TRIES = 5
_AGAIN_S = 0.2
_NO_SUCH_CHANNEL = "No such channel"


@dataclass(frozen=True, slots=True)
class _Wish:
    channel: str
    action: dict[str, str]


class Recorder:
    """See the module. `run` carries wishes out for as long as it runs."""

    def __init__(self, installation: Installation, send: Send, calls: Calls) -> None:
        self._installation = installation
        self._send = send
        self._calls = calls
        self._wishes: asyncio.Queue[_Wish] = asyncio.Queue()
        self.is_on = False
        """Whether calls are recorded at all (`Telephony.set_recording`)."""

    def pause(self, call_id: str, *, is_on: bool) -> None:
        """Record the call from now on, or write silence."""
        channel = self._calls.channel(call_id, call_id)
        mark = {"variable": names.PAUSED_VARIABLE, "value": "" if is_on else "1"}
        self._send("POST", path_of("channels", channel, "variable"), mark, on_answer=look)
        state = {"Action": "MixMonitorMute", "Channel": channel, "Direction": "both", "State": "0" if is_on else "1"}
        self._wishes.put_nowait(_Wish(channel, state))

    def record(self, call_id: str, leg_id: str) -> None:
        """Record a customer who was called back, as [inbound] does with those who call."""
        if self.is_on:
            file = {"Action": "MixMonitor", "Channel": leg_id, "File": f"{call_id}.raw", "Options": "aDb"}
            self._wishes.put_nowait(_Wish(leg_id, file))

    async def run(self) -> None:
        """Carry wishes out, for ever."""
        async with opened(self._installation) as ask:
            while True:
                wish = await self._wishes.get()
                for _ in range(_TRIES):
                    if await _is_done(ask, wish):
                        break
                    await asyncio.sleep(_AGAIN_S)
                else:
                    logger.error("A recording could not be paused, begun or continued")


async def _is_done(ask: Ask, wish: _Wish) -> bool:
    try:
        answer = await ask(wish.action)
    except UNREACHABLE:
        return False
    return "Response: Success" in answer or _NO_SUCH_CHANNEL in answer
