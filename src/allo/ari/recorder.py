"""Pausing recordings, and recording customers who are called back: what Asterisk does not offer by ARI.

Its older interface (AMI) does, by HTTP on loopback. Wishes are carried out one after another, in order; one that fails
is tried again a few times, since card numbers may be spoken the next moment. The paused part is silence in both
channels. A mark on the channel tells a restarted control what is in force (`recover`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass

import aiohttp

from allo.ari import names
from allo.ari.call_media import Calls, Send, look
from allo.ari.client import path_of
from allo.installation import Installation

logger = logging.getLogger(__name__)

USER = "allo"
_TRIES = 5
_AGAIN_S = 0.2
_ANSWER_WITHIN_S = 2.0
_NO_SUCH_CHANNEL = "No such channel"


def password(installation: Installation) -> str:
    """A secret of its own for this door, made of the installation's."""
    return hashlib.sha256(f"recording {installation.secrets().ari_password}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Wish:
    channel: str
    action: dict[str, str]


class Recorder:
    """See the module. `run` carries wishes out for as long as it runs."""

    def __init__(self, installation: Installation, send: Send, calls: Calls) -> None:
        self._url = f"http://127.0.0.1:{installation.asterisk_http_port}/rawman"
        self._password = password(installation)
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
        timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S)
        jar = aiohttp.CookieJar(unsafe=True)  # the address is a number
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar) as http:
            while True:
                wish = await self._wishes.get()
                for _ in range(_TRIES):
                    if await self._is_done(http, wish):
                        break
                    await asyncio.sleep(_AGAIN_S)
                else:
                    logger.error("A recording could not be paused, begun or continued")

    async def _is_done(self, http: aiohttp.ClientSession, wish: _Wish) -> bool:
        try:
            answer = await self._ask(http, wish.action)
            if "Permission denied" in answer or "Authentication" in answer:
                await self._ask(http, {"Action": "Login", "Username": USER, "Secret": self._password})
                answer = await self._ask(http, wish.action)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
        return "Response: Success" in answer or _NO_SUCH_CHANNEL in answer

    async def _ask(self, http: aiohttp.ClientSession, action: dict[str, str]) -> str:
        async with http.post(self._url, data=action) as response:
            return await response.text(errors="replace")
