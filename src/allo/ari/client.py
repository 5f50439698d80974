"""The connection to Asterisk: one websocket for events, requests and their answers.

Transport only: which requests make sense is the business of others. Asterisk works off the requests of one
connection one after another in the order in which they were sent; whoever needs two things to happen in order
just sends them in order, without waiting.

Every request gets exactly one `Answer`: Asterisk's own, or `LATE` when none came in time, or `LINK_BROKEN`, also one
that is sent after the break. A connection is used once; `Telephony` makes the next. One that gives no sign of life is
broken, even while it stays open.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote, urlencode

import aiohttp
import msgspec

from allo.ari.messages import Message, decode_message

logger = logging.getLogger(__name__)

APPLICATION = "allo"
ANSWERS = ("RESTResponse", "ChannelUserevent")
"""The kinds of messages which a connection needs for itself; filters of events apply to them too."""
ANSWER_WITHIN_S = 5.0
_LOOK_EVERY_S = 1.0
_LIFE_EVERY_S = 2.0
_HEARTBEAT_S = 4.0
_OPEN_WITHIN_S = 5.0
_CLOSE_WITHIN_S = 1.0
_LARGEST_MESSAGE = 64 * 1024 * 1024

LATE = 0
LINK_BROKEN = -1


class AriError(Exception):
    """A request was answered by an error, or not at all."""


class TelephonyAwayError(Exception):
    """Asterisk does not answer (in time), or refused; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Asterisk's answer: an HTTP status (or `LATE`, `LINK_BROKEN`) and a JSON text."""

    status: int
    body: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300


OnAnswer = Callable[[Answer], None]


@dataclass(slots=True)
class _Pending:
    deadline: float
    on_answer: OnAnswer


class _Request(msgspec.Struct, omit_defaults=True):
    type: str
    transaction_id: str
    request_id: str
    method: str
    uri: str
    content_type: str = ""
    message_body: str = ""


class Connection:
    """One open websocket. `open` makes it, `run` reads and writes until it breaks, `close` ends it."""

    def __init__(self, session: aiohttp.ClientSession, websocket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._session = session
        self._websocket = websocket
        self._pending: dict[str, _Pending] = {}
        self._numbers = count(1)
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_broken = False
        self._life = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._encode = msgspec.json.Encoder().encode

    @classmethod
    async def open(cls, url: str, password: str) -> Connection:
        """Connect and register our application. Raises aiohttp.ClientError, OSError, TimeoutError."""
        session = aiohttp.ClientSession(headers={"Authorization": aiohttp.encode_basic_auth(APPLICATION, password)})
        try:
            async with asyncio.timeout(_OPEN_WITHIN_S):
                websocket = await session.ws_connect(
                    f"{url}?app={APPLICATION}",
                    heartbeat=_HEARTBEAT_S,
                    max_msg_size=_LARGEST_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_WITHIN_S),
                    decode_text=False,  # one message with odd bytes in it must not end the connection
                )
        except BaseException:
            await session.close()
            raise
        return cls(session, websocket)

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        on_answer: OnAnswer | None = None,
    ) -> None:
        """Send a request; `path` is already quoted (`path_of`). Never blocks, never raises."""
        if self._is_broken:
            _call(on_answer or _ignore, Answer(LINK_BROKEN))
            return
        number = str(next(self._numbers))
        uri = f"{path}?{urlencode(query, quote_via=quote)}" if query else path
        request = _Request("RESTRequest", number, number, method, uri)
        if body is not None:
            request.content_type, request.message_body = "application/json", self._encode(body).decode()
        self._pending[number] = _Pending(self._loop.time() + ANSWER_WITHIN_S, on_answer or _ignore)
        self._outgoing.put_nowait(self._encode(request))

    async def request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Answer:
        """Send a request and wait for its answer, whatever it is."""
        future: asyncio.Future[Answer] = self._loop.create_future()

        def take(answer: Answer) -> None:
            if not future.done():
                future.set_result(answer)

        self.send(method, path, query, body, take)
        return await future

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The JSON text which Asterisk gives. Raises AriError."""
        answer = await self.request("GET", path, query)
        if not answer.ok:
            raise AriError(f"GET {path}: {answer.status}")
        return answer.body

    async def run(self, on_message: Callable[[Message], None]) -> None:
        """Deliver events in order until the connection breaks; then every open request is answered."""
        works = (self._read(on_message), self._write(), self._drop_late(), self._ask_for_life())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._break()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()

    async def close(self) -> None:
        """Give everything back."""
        self._break()
        await self._websocket.close()
        await self._session.close()

    def _break(self) -> None:
        self._is_broken = True
        pending, self._pending = self._pending, {}
        for one in pending.values():
            _call(one.on_answer, Answer(LINK_BROKEN))

    async def _read(self, on_message: Callable[[Message], None]) -> None:
        async for frame in self._websocket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                message = _decoded(frame.data)
                if message is not None:
                    self._take(message, on_message)

    def _take(self, message: Message, on_message: Callable[[Message], None]) -> None:
        if message.type != "RESTResponse":
            self._life.set()
            try:
                on_message(message)
            except Exception:
                logger.exception("An event of the kind %s could not be worked off", message.type)
            return
        pending = self._pending.pop(message.request_id, None)
        if pending is not None:
            _call(pending.on_answer, Answer(message.status_code, message.message_body))

    async def _write(self) -> None:
        while True:
            text = await self._outgoing.get()
            await self._websocket.send_frame(text, aiohttp.WSMsgType.TEXT)

    async def _drop_late(self) -> None:
        """Answer requests by LATE when Asterisk did not in time. They are in the order of their deadlines."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = self._loop.time()
            while self._pending:
                number, oldest = next(iter(self._pending.items()))
                if oldest.deadline > now:
                    break
                del self._pending[number]
                logger.warning("Asterisk did not answer a request within %s s", ANSWER_WITHIN_S)
                _call(oldest.on_answer, Answer(LATE))

    async def _ask_for_life(self) -> None:
        """Return when events come no more: the application went to rest with another connection (ADR 0004)."""
        while True:
            await asyncio.sleep(_LIFE_EVERY_S)
            self._life.clear()
            self.send("POST", path_of("events", "user", "life"), {"application": APPLICATION})
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._life.wait()
            except TimeoutError:
                logger.warning("Asterisk tells of nothing any more; connecting again")
                return


def path_of(*parts: str) -> str:
    """`path_of("channels", "1.2", "play")` → `channels/1.2/play`, every part quoted."""
    return "/".join(quote(part, safe="") for part in parts)


def _decoded(text: bytes) -> Message | None:
    try:
        return decode_message(text)
    except UnicodeDecodeError:
        pass  # a caller's name, say
    except msgspec.DecodeError as error:
        logger.error("Asterisk sent a message which cannot be read: %s", error)  # noqa: TRY400
        return None
    try:
        return decode_message(text.decode(errors="replace"))
    except msgspec.DecodeError as error:
        logger.error("Asterisk sent a message which cannot be read: %s", error)  # noqa: TRY400
        return None


def _ignore(answer: Answer) -> None:
    pass


def _call(on_answer: OnAnswer, answer: Answer) -> None:
    try:
        on_answer(answer)
    except Exception:
        logger.exception("an answer of Asterisk could not be worked off")
