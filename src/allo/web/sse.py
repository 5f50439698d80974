"""Live pages: who looks at what, and the stream of server-sent events each open page gets.

A page's live parts are its `Audience`: named `Fragment`s (replaced whole) and `Rows` (one element an item, of
which only the changed travel); see `live_parts` for how they are drawn once and shared. A new page gets
everything at once, then what changes, at most four times a second. Who may look is decided when it opens and
again every few seconds (`watch`): a page whose reader signed out or changed role gets the event
``signed-out`` or ``forbidden`` and its stream ends. ``beat`` tells the page control's clock and since when
control is away. ``js/live.js`` is the other end:

    async def live(request): return await stream(request, DESK)
    <div data-live="/desk/live"> … <section data-fragment="call">…</section> <div data-rows="agents">…</div>
"""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language

from allo.web import watch
from allo.web.access import may
from allo.web.hub import Hub, hub
from allo.web.live_parts import Audience, Fragment, Rows, Studio, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Audience", "Fragment", "Rows", "follow", "stream"]

BEAT_EVERY_S = 2.0

_studio: Studio | None = None


def studio() -> Studio:
    """Return this process's studio."""
    global _studio  # noqa: PLW0603 (one per process is the point)
    if _studio is None:
        _studio = Studio(hub())
    return _studio


class _Page:
    """What one open page has been sent so far."""

    def __init__(self, audience: Audience, scope: str, language: str, draws: Studio, source: Hub) -> None:
        self._audience = audience
        self._scope = scope
        self._language = language
        self._studio = draws
        self._hub = source
        self._marks: dict[str, int] = {}
        self._away: float | None = None

    def news(self) -> bytes:
        """Return the events of all parts that differ from what this page has."""
        if not self._hub.mirror.version:
            return b""  # nothing is known yet; the page keeps what it was served with
        return b"".join(self._part(part) for part in self._audience.parts)

    def _part(self, part: Fragment | Rows) -> bytes:
        had = self._marks.get(part.name, 0)
        if isinstance(part, Fragment):
            drawn = self._studio.fragment(self._audience.name, part, self._scope, self._language)
            self._marks[part.name] = drawn.mark
            return drawn.event if drawn.mark != had else b""
        version = self._hub.mirror.version
        if had and self._hub.mirror.version_of(part.kinds) <= had:
            return b""
        made = self._studio.rows(self._audience.name, part, self._language, had)
        self._marks[part.name] = version
        return made

    def beat(self) -> bytes:
        """Return control's clock, and since when control is away."""
        now, away_since = self._hub.mirror.now(), self._hub.away_since
        if away_since is not None:
            away_since += now - time.time()  # by the same clock
        return event("beat", msgspec.json.encode({"now": now, "away_since": away_since}).decode())


async def follow(
    audience: Audience, scope: str, language: str, reader: watch.Reader | None = None
) -> AsyncIterator[bytes]:
    """Yield the events of one open page until its reader may look no longer."""
    source = hub()
    source.start()
    page = _Page(audience, scope, language, studio(), source)
    tick, beat_at, was_away = source.tick, 0.0, source.away_since is not None
    yield b"retry: 1000\n\n" + page.beat() + page.news()
    beat_at = time.monotonic()
    while reader is None or not reader.verdict:
        rest_s = max(0.0, beat_at + BEAT_EVERY_S - time.monotonic())
        tick = await source.changed_after(tick, rest_s)
        is_away = source.away_since is not None
        beat = b""
        if time.monotonic() - beat_at >= BEAT_EVERY_S or is_away != was_away:
            beat, beat_at, was_away = page.beat(), time.monotonic(), is_away
        news = page.news() + beat
        if news:
            yield news
    yield event(reader.verdict, "")


async def stream(request: HttpRequest, audience: Audience) -> HttpResponseBase:
    """Answer a page's request for its events; roles are checked here, not by a decorator.

    A browser cannot read the status of an event stream, so a refusal is a stream of one event.
    """
    user = await request.auser()
    if not user.is_authenticated:
        return _response(_only(event("signed-out", "")))
    if not may(user, audience.role):
        return _response(_only(event("forbidden", "")))
    if watch.has_many(request.session.session_key or ""):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)  # the page says that it is not live, and asks again
    language = get_language() or "en"
    scope = audience.scope(user)
    # This thread's connection would otherwise stay open for as long as the page does.
    await sync_to_async(connections.close_all)()
    return _response(_guarded(request, audience, scope, language))


async def _guarded(request: HttpRequest, audience: Audience, scope: str, language: str) -> AsyncIterator[bytes]:
    with watch.watched(request.session.session_key or "", audience.role, hub().touch) as reader:
        async for part in follow(audience, scope, language, reader):
            yield part


async def _only(part: bytes) -> AsyncIterator[bytes]:
    await asyncio.sleep(0)
    yield part


def _response(parts: AsyncIterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # a proxy in front must not collect events
    return response
