"""How much strangers and administrators may send, before the application that uvicorn serves has even looked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from allo.web import asgi
from allo.web.body_limit import ANYBODYS_BYTES, MOST_BYTES, BodyLimit

if TYPE_CHECKING:
    from allo.web.body_limit import Receive, Scope, Send
    from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db(transaction=True)
PIECE = bytes(64 * 1024)


@pytest.fixture(autouse=True)
async def _no_connection_stays_open() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


class Sent:
    """A body of so many bytes, without saying how many beforehand; `pieces` are what was taken of it."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < self.size:
            piece = PIECE[: self.size - self.taken]
            self.taken += len(piece)
            yield piece


async def reads_all(_scope: Scope, receive: Receive, send: Send) -> None:
    """Do as Django does: read the whole body first, and give up when the reader has gone."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"read"})


async def post(size: int, login_key: str = "") -> httpx.Response:
    transport = httpx.ASGITransport(BodyLimit(reads_all))  # type: ignore[arg-type]
    headers = {"Accept-Language": "ru", "Cookie": f"allo_session={login_key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        body = Sent(size)
        answer = await browser.post("/setup/greetings/new", content=body, headers=headers)
        assert body.taken == size, "a browser hears the answer only when all is read"
        return answer


def test_uvicorn_serves_it_so() -> None:
    assert isinstance(asgi.application, BodyLimit)


async def test_a_stranger_may_send_what_forms_are(people: object) -> None:
    assert (await post(ANYBODYS_BYTES)).text == "read"
    for cookie in ("", "a-key-of-nobody"):
        answer = await post(ANYBODYS_BYTES + 1, cookie)
        assert answer.status_code == 413
        assert answer.text == "Слишком много для одной отправки. Звуковые файлы — не больше 10 МБ."
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("who", "code"), [("agent", 413), ("leader", 413), ("admin", 200)])
async def test_sound_files_are_an_administrators(visit: Visit, who: str, code: int) -> None:
    browser = await sync_to_async(visit)(who)
    key = browser.cookies["allo_session"].value
    assert (await post(MOST_BYTES, key)).status_code == code
    assert (await post(MOST_BYTES + 1, key)).status_code == 413
    await sync_to_async(browser.logout)()
    assert (await post(MOST_BYTES, key)).status_code == 413
