"""May those who have a live page open still look? Asked for all of them together, in one thread.

A page is judged by its login (signed out, expired, password changed) and its role, as when it opened.
Knows nothing of what the pages show.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, connections
from django.http import HttpRequest

from allo.tasks import kept
from allo.web.access import may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from allo.data.models import Role

log = logging.getLogger(__name__)

CHECK_EVERY_S = 15.0
MOST_PAGES = 32
"""Open at once by one sign-in; each holds a connection and is drawn for."""
SIGNED_OUT = "signed-out"
FORBIDDEN = "forbidden"


@dataclass(slots=True, eq=False)
class Reader:
    """One open page; ``verdict`` is empty while its reader may look."""

    login_key: str
    role: Role
    wake: Callable[[], None]
    verdict: str = ""


_readers: set[Reader] = set()
_task: asyncio.Task[None] | None = None


def has_many(login_key: str) -> bool:
    """Whether this sign-in has as many live pages open as it may."""
    return sum(reader.login_key == login_key for reader in _readers) >= MOST_PAGES


@contextmanager
def watched(login_key: str, role: Role, wake: Callable[[], None]) -> Iterator[Reader]:
    """Watch a reader for as long as the block lasts; ``wake`` is called after a verdict."""
    global _task  # noqa: PLW0603 (one per process is the point)
    reader = Reader(login_key, role, wake)
    _readers.add(reader)
    if _task is None or _task.done():
        _task = asyncio.get_running_loop().create_task(kept("the watch over readers", _watch), name="watch")
    try:
        yield reader
    finally:
        _readers.discard(reader)


async def _watch() -> None:
    while True:
        await asyncio.sleep(CHECK_EVERY_S)
        asked = list(_readers)
        if not asked:
            continue
        try:
            verdicts = await asyncio.to_thread(judge_all, asked)
        except DatabaseError:
            log.warning("The database is away: open pages keep their reader until it is back.")
            continue
        for reader, verdict in zip(asked, verdicts, strict=True):
            if verdict:
                reader.verdict = verdict
                reader.wake()


def judge_all(readers: list[Reader]) -> list[str]:
    """Return for each reader "" or why not."""
    try:
        return [judge(reader.login_key, reader.role) for reader in readers]
    finally:
        connections.close_all()


def judge(login_key: str, role: Role) -> str:
    """Return "" for who may look, else the name of the event that tells them."""
    login = import_module(settings.SESSION_ENGINE).SessionStore(login_key)
    request = HttpRequest()
    request.session = login
    user: Any = get_user(request)
    if not user.is_authenticated:
        return SIGNED_OUT
    return "" if may(user, role) else FORBIDDEN
