"""A control that only speaks: /snapshot and /updates on a Unix socket, told by the test what is true."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from allo.web.control_client import ControlClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


TURNS_OF_ACCEPTING = 5
"""So many turns of the loop make a connection out of one that is just accepted: before that nobody would close it."""


class ControlDouble:
    def __init__(self, socket: Path, items: dict[str, Any] | None = None) -> None:
        self.socket = socket
        self.seq = 1
        self.items = dict(items or {})
        self.snapshots = 0
        self._followers: list[asyncio.Queue[dict[str, Any]]] = []
        self._runner: web.AppRunner | None = None

    def client(self) -> ControlClient:
        return ControlClient(socket_path=str(self.socket))

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.get("/snapshot", self._snapshot), web.get("/updates", self._updates)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self.socket)).start()

    async def stop(self) -> None:
        assert self._runner is not None
        for queue in self._followers:
            queue.put_nowait({"end": True})
        for _ in range(TURNS_OF_ACCEPTING):
            await asyncio.sleep(0)
        await self._runner.cleanup()
        self._followers.clear()

    def change(self, key: str, value: dict[str, Any] | None) -> None:
        self.seq += 1
        if value is None:
            self.items.pop(key, None)
        else:
            self.items[key] = value
        self.say({"seq": self.seq, "key": key, "value": value})

    def say(self, line: dict[str, Any]) -> None:
        for queue in self._followers:
            queue.put_nowait(line)

    async def _snapshot(self, _request: web.Request) -> web.Response:
        self.snapshots += 1
        return web.json_response({"seq": self.seq, "items": self.items})

    async def _updates(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._followers.append(queue)
        if int(request.query["after"]) != self.seq:
            queue.put_nowait({"gap": True})
        while "end" not in (line := await queue.get()):
            await response.write(json.dumps(line).encode() + b"\n")
        return response


@asynccontextmanager
async def speaking(socket: Path, items: dict[str, Any] | None = None) -> AsyncIterator[ControlDouble]:
    double = ControlDouble(socket, items)
    await double.start()
    try:
        yield double
    finally:
        await double.stop()
