"""What control answers over HTTP: requests, the live snapshot and its updates, telephones' accounts, health.

    GET  /health                 {"ok": true, ...}: answered by the loop itself, so that a hung loop is seen
    POST /requests               {"type": "TakeBreak", ...} → {"accepted": true} | {"accepted": false, "code"}
    GET  /snapshot               {"seq", "items"}
    GET  /updates?after=N        lines of JSON: updates, {"gap": true}, {"beat": N} every second
    POST /config-changed         the tables were changed
    POST /phones/agent/<id>      a fresh account for an agent's browser phone
    POST /phones/web-caller      the same for a visitor of the public page
    PUT  /phones/automatic/<id>  {"contact": "sip:..."}: where an automatic agent's telephone is; DELETE forgets it

On the Unix socket the file's permissions are the guard; on TCP every request needs the installation's token.
What cannot be understood is answered 400 with a sentence.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import msgspec
from aiohttp import web

from allo.ari.telephony import PhoneAccount, TelephonyAwayError
from allo.control.feed import Feed
from allo.control.runner import EngineFailedError, Runner
from allo.control.wire import BadInputError, decode_contact, decode_request
from allo.core.effects import Refused

logger = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
BEAT_S = 1.0
ANSWER_WITHIN_S = 2.5
QUALIFY_AUTOMATIC_EVERY_S = 5
T = TypeVar("T")
_AGENT_ID = re.compile(r"\d{1,18}")


class Phones(Protocol):
    """Who makes telephone accounts."""

    async def make_agent_endpoint(self, agent_id: str) -> PhoneAccount:
        """For an agent's browser."""

    async def make_web_caller_endpoint(self) -> PhoneAccount:
        """For a visitor."""

    async def make_sip_agent_endpoint(self, agent_id: str, contact_uri: str, qualify_every_s: int = 0) -> None:
        """For an automatic agent. Raises ValueError when the address makes no sense."""

    async def remove_agent_endpoint(self, agent_id: str) -> None:
        """Forget an agent's telephone."""


class Api:
    """The handlers; `application` gives what a server needs."""

    def __init__(
        self,
        runner: Runner,
        feed: Feed,
        phones: Phones,
        config_changed: Callable[[], None],
        health: Callable[[], dict[str, Any]],
    ) -> None:
        self.runner = runner
        self.feed = feed
        self.phones = phones
        self.config_changed = config_changed
        self.health = health
        self._is_closing = False

    def application(self, token: str = "") -> web.Application:
        """The routes; with a token, nobody is answered who does not send it."""
        middlewares = [_sentences] if not token else [_sentences, _guard(token)]
        application = web.Application(client_max_size=MOST_BYTES, middlewares=middlewares)
        application.add_routes(
            [
                web.get("/health", self.get_health),
                web.post("/requests", self.post_request),
                web.get("/snapshot", self.get_snapshot),
                web.get("/updates", self.get_updates),
                web.post("/config-changed", self.post_config_changed),
                web.post("/phones/agent/{id}", self.post_agent_phone),
                web.post("/phones/web-caller", self.post_web_caller),
                web.put("/phones/automatic/{id}", self.put_automatic_phone),
                web.delete("/phones/automatic/{id}", self.delete_automatic_phone),
            ]
        )
        return application

    def close(self) -> None:
        """End the update streams."""
        self._is_closing = True

    async def get_health(self, _request: web.Request) -> web.Response:
        """Whoever gets this knows that the loop turns."""
        return _json(self.health())

    async def post_request(self, request: web.Request) -> web.Response:
        """Somebody asks for something."""
        wish = decode_request(await request.read())
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer = await self.runner.ask(wish)
        except (EngineFailedError, TimeoutError):
            return _json({"accepted": False, "code": "control_failed"})
        if isinstance(answer, Refused):
            return _json({"accepted": False, "code": answer.code.value})
        return _json({"accepted": True})

    async def get_snapshot(self, _request: web.Request) -> web.Response:
        """Everything live."""
        self.feed.flush()
        return web.Response(body=self.feed.snapshot(), content_type="application/json")

    async def get_updates(self, request: web.Request) -> web.StreamResponse:
        """Follow the feed; ends when the reader or this process goes."""
        after = request.query.get("after", "")
        if not re.fullmatch(r"\d{1,18}", after):
            raise web.HTTPBadRequest(text='"after" is the number of the last update seen.')
        seq = int(after)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
        await response.prepare(request)
        with suppress(ConnectionResetError, ConnectionAbortedError):
            await self._follow(response, seq)
        return response

    async def _follow(self, response: web.StreamResponse, seq: int) -> None:
        loop = asyncio.get_running_loop()
        beat_at = loop.time()
        while not self._is_closing:
            found = self.feed.after(seq)
            if found is None:
                await response.write(b'{"gap":true}\n')
                return
            lines, seq = found
            if lines:
                await response.write(b"".join(lines))
            if loop.time() >= beat_at:
                await response.write(b'{"beat":%d}\n' % seq)
                beat_at = loop.time() + BEAT_S
            await self.feed.news(seq, beat_at - loop.time())

    async def post_config_changed(self, _request: web.Request) -> web.Response:
        """The set-up has changed: read it soon."""
        self.config_changed()
        return _json({"accepted": True})

    async def post_agent_phone(self, request: web.Request) -> web.Response:
        """A fresh password for the agent's browser phone; earlier ones end."""
        agent_id = request.match_info["id"]
        if not _AGENT_ID.fullmatch(agent_id) or agent_id not in self.runner.state.config.agents:
            raise web.HTTPNotFound(text="There is no such agent.")
        return await self._account(self.phones.make_agent_endpoint(agent_id))

    async def post_web_caller(self, _request: web.Request) -> web.Response:
        """An account for one visitor."""
        return await self._account(self.phones.make_web_caller_endpoint())

    async def put_automatic_phone(self, request: web.Request) -> web.Response:
        """A program's telephone for an automatic agent, at a fixed address; a person's agent gets none this way."""
        agent = self.runner.state.config.agents.get(request.match_info["id"])
        if agent is None or not agent.is_automatic:
            raise web.HTTPNotFound(text="There is no such automatic agent.")
        contact = decode_contact(await request.read())
        try:
            await self._in_time(self.phones.make_sip_agent_endpoint(agent.id, contact, QUALIFY_AUTOMATIC_EVERY_S))
        except ValueError as error:
            raise BadInputError(f"The address is {error}.") from error
        return _json({"accepted": True})

    async def delete_automatic_phone(self, request: web.Request) -> web.Response:
        """The program has ended; harmless when there is no such telephone."""
        agent_id = request.match_info["id"]
        agent = self.runner.state.config.agents.get(agent_id)
        if not _AGENT_ID.fullmatch(agent_id) or (agent is not None and not agent.is_automatic):
            raise web.HTTPNotFound(text="There is no such automatic agent.")
        await self._in_time(self.phones.remove_agent_endpoint(agent_id))
        return _json({"accepted": True})

    async def _in_time(self, doing: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await doing
        except (TelephonyAwayError, TimeoutError) as error:
            raise web.HTTPServiceUnavailable(text="The telephone system does not answer.") from error

    async def _account(self, making: Awaitable[PhoneAccount]) -> web.Response:
        account = await self._in_time(making)
        return _json(
            {
                "username": account.username,
                "password": account.password,
                "uri": account.uri,
                "ws_path": account.ws_path,
                "codec": account.codec,
            }
        )


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal is JSON with a sentence; a fault of ours is logged and said."""
    try:
        return await handler(request)
    except BadInputError as error:
        return _json({"error": str(error)}, 400)
    except web.HTTPException as error:
        return _json({"error": error.text or error.reason}, error.status)
    except Exception:
        logger.exception("A request to %s failed.", request.path)
        return _json({"error": "Control has a fault; its log says more."}, 500)


def _guard(token: str) -> Any:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(sent, expected):
            raise web.HTTPUnauthorized(text="The token is missing or wrong.")
        return await handler(request)

    return guard


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")
