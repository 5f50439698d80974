"""Asterisk's older interface (AMI), asked by HTTP on loopback, for the few things that ARI cannot.

Logs in when asked to. Knows nothing of what the actions mean, except which lines are registered with their operators.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from allo.ari import names
from allo.installation import Installation

USER = "allo"
_ANSWER_WITHIN_S = 2.0
UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError)
"""What `Ask` raises when nobody answers."""

Ask = Callable[[dict[str, str]], Awaitable[str]]
"""An action to the text of its answer."""


def password(installation: Installation) -> str:
    """A secret of its own for this door, made of the installation's."""
    return hashlib.sha256(f"recording {installation.secrets().ari_password}".encode()).hexdigest()


@asynccontextmanager
async def opened(installation: Installation) -> AsyncIterator[Ask]:
    """Ask for as long as the block lasts."""
    url = f"http://127.0.0.1:{installation.asterisk_http_port}/rawman"
    timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S)
    jar = aiohttp.CookieJar(unsafe=True)  # the address is a number
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar) as http:

        async def post(action: dict[str, str]) -> str:
            async with http.post(url, data=action) as response:
                return await response.text(errors="replace")

        async def ask(action: dict[str, str]) -> str:
            answer = await post(action)
            if "Permission denied" in answer or "Authentication" in answer:
                await post({"Action": "Login", "Username": USER, "Secret": password(installation)})
                answer = await post(action)
            return answer

        yield ask


async def registrations(installation: Installation) -> dict[str, str]:
    """Return line id → what Asterisk says of our registration there: Registered, Rejected, Unregistered ...

    Of a server that does not answer it says Rejected too. Raises what is `UNREACHABLE`.
    """
    async with opened(installation) as ask:
        answer = await ask({"Action": "PJSIPShowRegistrationsOutbound"})
    found = {}
    for block in answer.replace("\r", "").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        name = fields.get("ObjectName", "")
        if fields.get("Event") == "OutboundRegistrationDetail" and name.startswith(names.TRUNK_PREFIX):
            found[name.removeprefix(names.TRUNK_PREFIX)] = fields.get("Status", "")
    return found
