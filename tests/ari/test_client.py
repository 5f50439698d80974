"""One connection: every request has one answer, whatever the other side does."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from allo.ari import client
from allo.ari.client import LATE, LINK_BROKEN, Answer, AriError, Connection, path_of
from allo.ari.messages import Message
from tests.ari.asterisk_double import AsteriskDouble
from tests.waiting import until


@pytest.fixture
async def double() -> AsyncIterator[AsteriskDouble]:
    one = AsteriskDouble("secret")
    await one.start()
    yield one
    await one.stop()


class Line:
    """A connection that is being read; `messages` are the events it delivered."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.messages: list[Message] = []
        self.task = asyncio.create_task(connection.run(self.take))

    def take(self, message: Message) -> None:
        if message.type == "Poison":
            raise RuntimeError("poison")
        self.messages.append(message)


@pytest.fixture
async def line(double: AsteriskDouble) -> AsyncIterator[Line]:
    one = Line(await Connection.open(double.url, "secret"))
    yield one
    one.task.cancel()
    await asyncio.gather(one.task, return_exceptions=True)


async def test_a_request_and_its_answer(double: AsteriskDouble, line: Line) -> None:
    double.replies["POST", "channels/1.2"] = (200, {"id": "1.2"})
    answer = await line.connection.request(
        "POST", path_of("channels", "1.2"), {"callerId": '"Ann & Co" <+7>', "x": "a/b"}, {"variables": {"A": "б"}}
    )
    assert answer == Answer(200, '{"id": "1.2"}')
    assert answer.ok
    assert double.requests == [
        ("POST", "channels/1.2?callerId=%22Ann%20%26%20Co%22%20%3C%2B7%3E&x=a%2Fb", {"variables": {"A": "б"}})
    ]


def test_paths_are_quoted() -> None:
    assert (
        path_of("channels", "1.2/../x?y", "play", "1~system:a b") == "channels/1.2%2F..%2Fx%3Fy/play/1~system%3Aa%20b"
    )


async def test_errors_are_answers_and_get_raises(double: AsteriskDouble, line: Line) -> None:
    double.replies["GET", "channels"] = (500, {"message": "Allocation failed"})
    assert (await line.connection.request("GET", "channels")).status == 500
    with pytest.raises(AriError, match="GET channels: 500"):
        await line.connection.get("channels")


async def test_answers_find_their_requests_in_any_order(double: AsteriskDouble, line: Line) -> None:
    double.replies["GET", "a"] = double.replies["GET", "b"] = None
    first = asyncio.create_task(line.connection.request("GET", "a"))
    await until(lambda: double.asked("GET", "a"))
    second = asyncio.create_task(line.connection.request("GET", "b"))
    await until(lambda: double.asked("GET", "b"))
    await double.answer("2", 202)
    await double.answer("1", 201)
    await double.answer("1", 299)
    await double.answer("77", 299)
    assert [(await first).status, (await second).status] == [201, 202]


async def test_requests_leave_in_their_order(double: AsteriskDouble, line: Line) -> None:
    for number in range(200):
        line.connection.send("GET", f"n/{number}")
    await line.connection.request("GET", "last")
    assert [uri for _, uri, _ in double.requests] == [*(f"n/{number}" for number in range(200)), "last"]


async def test_a_late_answer(double: AsteriskDouble, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_WITHIN_S", 0.05)
    double.replies["GET", "slow"] = None
    assert await line.connection.request("GET", "slow") == Answer(LATE)
    await double.answer("1", 200)  # comes when nobody waits any more
    assert (await line.connection.request("GET", "quick")).status == 204


async def test_an_open_connection_on_which_no_event_comes_is_broken(
    double: AsteriskDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_LIFE_EVERY_S", 0.02)
    line = Line(await Connection.open(double.url, "secret"))
    await until(lambda: double.asked("POST", "events/user/life?application=allo") > 2)
    assert not line.task.done()
    monkeypatch.setattr(client, "ANSWER_WITHIN_S", 0.05)
    double.is_deaf = True
    async with asyncio.timeout(10):
        await line.task
    assert await line.connection.request("GET", "after") == Answer(LINK_BROKEN)


async def test_a_break_answers_everything_also_what_comes_after(double: AsteriskDouble, line: Line) -> None:
    double.replies["GET", ""] = None
    waiting = [asyncio.create_task(line.connection.request("GET", f"n/{number}")) for number in range(5)]
    await until(lambda: double.asked("GET", "n") == 5)
    double.cut()
    assert [await one for one in waiting] == [Answer(LINK_BROKEN)] * 5
    assert await line.connection.request("GET", "after") == Answer(LINK_BROKEN)
    async with asyncio.timeout(10):
        await line.task


async def test_a_proper_close_ends_it_too(double: AsteriskDouble, line: Line) -> None:
    double.replies["GET", "x"] = None
    waiting = asyncio.create_task(line.connection.request("GET", "x"))
    await until(lambda: double.asked("GET", "x"))
    await double.connections[0].close()
    assert await waiting == Answer(LINK_BROKEN)
    async with asyncio.timeout(10):
        await line.task


async def test_an_answer_that_cannot_be_worked_off_harms_no_other(double: AsteriskDouble, line: Line) -> None:
    def fails(_answer: Answer) -> None:
        raise RuntimeError("a fault of ours")

    line.connection.send("GET", "x", on_answer=fails)
    assert (await line.connection.request("GET", "y")).ok


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "null", "[]", '"x"', "{}", '{"type": 5}', '{"type": "StasisStart", "channel": {"id": []}}', "\x00\x01"],
)
async def test_garbage_is_passed_over(double: AsteriskDouble, line: Line, garbage: str) -> None:
    await double.send(garbage)
    await double.send({"type": "Proper"})
    await until(lambda: line.messages)
    assert [message.type for message in line.messages] == ["Proper"]


async def test_bytes_that_are_no_text_cost_only_themselves(double: AsteriskDouble, line: Line) -> None:
    await double.send(b'{"type": "StasisStart", "channel": {"id": "1.2", "caller": {"name": "\xff\xfeAnn"}}}')
    await until(lambda: line.messages)
    assert line.messages[0].channel is not None
    assert line.messages[0].channel.caller.name == "��Ann"


async def test_an_event_that_cannot_be_worked_off_does_not_break_the_line(double: AsteriskDouble, line: Line) -> None:
    await double.send({"type": "Poison"})
    await double.send({"type": "Proper"})
    await until(lambda: line.messages)
    assert not line.task.done()


async def test_a_wrong_password_is_an_error_at_once(double: AsteriskDouble) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await Connection.open(double.url, "wrong")


async def test_nobody_there(double: AsteriskDouble) -> None:
    await double.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await Connection.open(double.url, "secret")
