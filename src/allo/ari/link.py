"""The link to Asterisk: connects, says which events it wants, and connects again whenever the connection breaks.

Decides when a connection counts as up: connected, subscribed, and told since when Asterisk runs. Whoever asks while it
is not is told so at once; nothing is kept for later. Knows nothing of calls or telephones.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from allo.ari.client import (
    ANSWERS,
    APPLICATION,
    LINK_BROKEN,
    Answer,
    AriError,
    Connection,
    OnAnswer,
    TelephonyAwayError,
    path_of,
)
from allo.ari.messages import Message, decode_info
from allo.ari.translate import EVENTS
from allo.installation import Installation

logger = logging.getLogger(__name__)

ALL_TELEPHONES = "endpoint:"
"""Without a name: Asterisk tells whether endpoints can be reached, and nothing else. By `endpoint:PJSIP` it would tell
all that happens on their channels too, once more."""
_REST_S = 0.3
"""Between two connections: one that is made just when Asterisk sees the end of the other would be deaf (ADR 0004)."""


class Link:
    """See the module. Not thread-safe: everything happens in the loop in which `run` runs."""

    def __init__(
        self, installation: Installation, on_change: Callable[[bool], None], on_message: Callable[[Message], None]
    ) -> None:
        """`on_message` gets the events that come while the link is up."""
        self._installation = installation
        self._on_change = on_change
        self._on_message = on_message
        self._connection: Connection | None = None
        self.is_up = False
        self.started_at = 0.0
        """When Asterisk was started (POSIX seconds); 0.0 before the first connection."""
        self.was_recording = False
        """Whether Asterisk recorded calls when the link was made."""

    async def run(self) -> None:
        """Connect, and again whenever the connection breaks. Ends by cancellation only."""
        while True:
            try:
                await self._connect_and_listen()
            except Exception:
                logger.exception("The connection to Asterisk ended by an error of ours")
                await asyncio.sleep(1.0)
            await asyncio.sleep(_REST_S)

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: object = None,
        on_answer: OnAnswer | None = None,
    ) -> None:
        """Send a request; never blocks. Without a connection its answer is LINK_BROKEN."""
        if self._connection is not None:
            self._connection.send(method, path, query, body, on_answer)
        elif on_answer is not None:
            on_answer(Answer(LINK_BROKEN))

    async def ask(self, method: str, path: str, query: dict[str, str] | None = None, body: object = None) -> Answer:
        """Send a request and wait for its answer, whatever it is. Raises TelephonyAwayError while the link is down."""
        if self._connection is None or not self.is_up:
            raise TelephonyAwayError("not connected")
        return await self._connection.request(method, path, query, body)

    async def request(self, method: str, path: str, query: dict[str, str] | None = None) -> None:
        """Have something done. Raises TelephonyAwayError when it was not."""
        answer = await self.ask(method, path, query)
        if not answer.ok:
            raise TelephonyAwayError(f"{method} {path}: {answer.status} {answer.body[:200]}")

    async def _connect_and_listen(self) -> None:
        connection = await connect(self._installation)
        self._connection = connection
        reading = asyncio.create_task(connection.run(self._take))
        try:
            self.started_at, self.was_recording = await set_up(connection)
            self._set(is_up=True)
            await reading
        except AriError as error:
            logger.warning("Asterisk is not ready: %s", error)
        finally:
            self._set(is_up=False)
            self._connection = None
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def _set(self, *, is_up: bool) -> None:
        if is_up != self.is_up:
            self.is_up = is_up
            logger.info("Connected to Asterisk" if is_up else "The connection to Asterisk is broken")
            self._on_change(is_up)

    def _take(self, message: Message) -> None:
        if self.is_up:  # what has happened before is found by looking around
            self._on_message(message)


async def connect(installation: Installation) -> Connection:
    """A connection, however long it takes."""
    url, password = installation.ari_events_url, installation.secrets().ari_password
    retrying = AsyncRetrying(
        retry=retry_if_exception_type((aiohttp.ClientError, OSError, TimeoutError)),
        wait=wait_exponential(multiplier=0.05, max=1.0),
        before_sleep=_say_once,
    )
    return await retrying(Connection.open, url, password)


async def set_up(connection: Connection) -> tuple[float, bool]:
    """Ask for events; when Asterisk was started, and whether it records calls. Raises AriError."""
    steps = (
        ("PUT", path_of("applications", APPLICATION, "eventFilter"), None, _allowed(*EVENTS, *ANSWERS)),
        ("POST", path_of("applications", APPLICATION, "subscription"), {"eventSource": ALL_TELEPHONES}, None),
    )
    for method, path, query, body in steps:
        answer = await connection.request(method, path, query, body)
        if not answer.ok:
            raise AriError(f"{method} {path}: {answer.status}")
    info = decode_info(await connection.get(path_of("asterisk", "info"), {"only": "status"}))
    recording = await connection.request("GET", path_of("asterisk", "variable"), {"variable": "ALLO_RECORD"})
    return datetime.fromisoformat(info.status.startup_time).timestamp(), '"1"' in recording.body


def _allowed(*kinds: str) -> dict[str, list[dict[str, str]]]:
    return {"allowed": [{"type": kind} for kind in kinds]}


def _say_once(attempt: RetryCallState) -> None:
    if attempt.attempt_number == 1:
        error = attempt.outcome.exception() if attempt.outcome else None
        logger.warning("Asterisk cannot be reached (%s); trying again until it can", type(error).__name__)
