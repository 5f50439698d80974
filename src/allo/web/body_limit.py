"""How much may be sent to the pages: Django reads a whole body, and writes it to disk, before it looks who asks.

Forms are small: whoever asks may send `ANYBODYS_BYTES`. Sound files are an administrator's; so whose body is larger is
looked up when it gets there. What is too much is read and thrown away, so that a browser hears the answer.
"""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connections
from django.utils import translation
from django.utils.translation import gettext as _

from allo.data.models import Role
from allo.web import watch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Scope = dict[str, Any]
    Message = Mapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ANYBODYS_BYTES = 1024 * 1024
MOST_BYTES = 12 * 1024 * 1024
"""A sound file of 10 MB with its form; the proxy in front allows as much (deploy/proxy)."""


class BodyLimit:
    """An ASGI application in front of another."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; of a body that is too large the application hears that the reader has gone."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        received, allowed = 0, ANYBODYS_BYTES

        async def next_message() -> Message:
            nonlocal received, allowed
            message = await receive()
            received += len(message.get("body", b""))
            if received > allowed == ANYBODYS_BYTES and await sync_to_async(_is_administrator)(scope):
                allowed = MOST_BYTES
            if received <= allowed:
                return message
            while message.get("more_body"):
                message = await receive()
            await _answer(scope, send)
            return {"type": "http.disconnect"}

        await self._application(scope, next_message, send)


def _is_administrator(scope: Scope) -> bool:
    login_key = ASGIRequest(scope, BytesIO()).COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    try:
        return bool(login_key) and not watch.judge(login_key, Role.ADMINISTRATOR)
    except DatabaseError:
        return False
    finally:
        connections.close_all()


async def _answer(scope: Scope, send: Send) -> None:
    with translation.override(translation.get_language_from_request(ASGIRequest(scope, BytesIO()))):
        text = _("This is too large to be sent. Sound files may have 10 MB.").encode()
    headers = {
        b"content-type": b"text/plain; charset=utf-8",
        b"content-length": b"%d" % len(text),
        b"x-content-type-options": b"nosniff",
    }
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": text})
