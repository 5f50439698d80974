"""From no connection to one that can be used: tries until Asterisk is there, and says which events it wants."""

from __future__ import annotations

import logging
from datetime import datetime

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from allo.ari.client import ANSWERS, APPLICATION, AriError, Connection, path_of
from allo.ari.messages import decode_info
from allo.ari.translate import EVENTS
from allo.installation import Installation

logger = logging.getLogger(__name__)

ALL_TELEPHONES = "endpoint:"
"""Without a name: Asterisk tells whether endpoints can be reached, and nothing else. By `endpoint:PJSIP` it would tell
all that happens on their channels too, once more."""


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
