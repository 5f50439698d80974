"""The websocket of Asterisk's interface, in this process: answers as it does, late, wrongly or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

Reply = tuple[int, Any] | None
"""HTTP status and body; None: no answer."""

INFO = {"status": {"startup_time": "2026-11-25T18:45:22.643+0000", "last_reload_time": "2026-11-25T18:45:22.643+0000"}}


class AsteriskDouble:
    """`requests` are (method, uri, body) as they came; `replies`: what to answer, by method and beginning of path."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.requests: list[tuple[str, str, Any]] = []
        self.connections: list[web.WebSocketResponse] = []
        self.replies: dict[tuple[str, str], Reply | Callable[[str], Reply]] = {
            ("GET", "asterisk/info"): (200, INFO),
            ("GET", "channels"): (200, []),
            ("GET", "bridges"): (200, []),
            ("GET", "endpoints/PJSIP"): (200, []),
        }
        self.refused = 0
        self.is_deaf = False
        """Work off requests, but tell of no events asked for."""
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, on the same port as before."""
        application = web.Application()
        application.router.add_get("/ari/events", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Break all connections and listen no more."""
        self.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ws://127.0.0.1:{self.port}/ari/events"

    def cut(self) -> None:
        """Break the connection without a word."""
        for one in self.connections:
            transport = one._req.transport if one._req else None
            if transport is not None:
                transport.abort()

    async def send(self, message: dict[str, Any] | str | bytes) -> None:
        """Send an event, or anything else (bytes: as a text all the same)."""
        text = json.dumps(message) if isinstance(message, dict) else message
        writer = self.connections[-1]._writer
        assert writer is not None
        await writer.send_frame(text if isinstance(text, bytes) else text.encode(), WSMsgType.TEXT)

    def asked(self, method: str, path: str) -> int:
        """How often this was asked for."""
        return sum(one[0] == method and one[1].startswith(path) for one in self.requests)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        known = base64.b64encode(f"allo:{self.password}".encode()).decode()
        is_known = request.headers.get("Authorization") == f"Basic {known}"
        if not is_known or request.query.get("app") != "allo":
            self.refused += 1
            raise web.HTTPUnauthorized
        websocket = web.WebSocketResponse(autoping=True)
        await websocket.prepare(request)
        self.connections.append(websocket)
        async for frame in websocket:
            asked = json.loads(frame.data)
            body = json.loads(asked["message_body"]) if asked.get("message_body") else None
            self.requests.append((asked["method"], asked["uri"], body))
            reply = self._reply(asked["method"], asked["uri"])
            if reply is not None:
                await self.answer(asked["request_id"], *reply)
            if asked["uri"].startswith("events/user/") and not self.is_deaf:
                await self.send({"type": "ChannelUserevent", "eventname": "life"})
        return websocket

    async def answer(self, request_id: str, status: int, body: Any = None) -> None:
        """Answer a request."""
        text = "" if body is None else json.dumps(body)
        await self.send({"type": "RESTResponse", "request_id": request_id, "status_code": status, "message_body": text})

    def _reply(self, method: str, uri: str) -> Reply:
        fitting = [key for key in self.replies if key[0] == method and uri.startswith(key[1])]
        if not fitting:
            return 204, None
        reply = self.replies[max(fitting, key=lambda key: len(key[1]))]
        return reply(uri) if callable(reply) else reply
