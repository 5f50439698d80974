"""Control's doors: every route, every odd question, the stream of updates, the token."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from allo.control import api as api_module
from allo.control import feed as feed_module
from allo.control.api import MOST_BYTES, Api
from allo.control.centre import Centre
from allo.control.process import open_doors
from allo.core import requests as rq
from allo.core.engine import Engine
from allo.installation import Installation
from allo.web.control_client import Accepted, ControlAwayError, ControlClient, Refused
from allo.web.mirror import Mirror
from tests.control.centres import conversation, opening
from tests.control.fake_telephony import FakeTelephony
from tests.free_ports import free_port


@dataclass
class Running:
    """A centre behind its doors, and a browserless web that asks it."""

    centre: Centre
    telephony: FakeTelephony
    api: Api
    http: aiohttp.ClientSession
    client: ControlClient
    notices: list[int]

    async def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        async with self.http.request(method, f"http://control{path}", data=body, headers=headers) as response:
            return response.status, await response.json()


@asynccontextmanager
async def doors(here: Installation) -> AsyncIterator[Running]:
    centre = Centre(here, FakeTelephony)  # type: ignore[arg-type]
    centre.runner.start()
    telephony: Any = centre.telephony
    telephony.is_up = True
    notices: list[int] = []
    api = Api(centre.runner, centre.feed, telephony, lambda: notices.append(1), centre.health)
    sites = await open_doors(here, api)
    centre.tasks.keep("the runner", centre.runner.run)
    client = ControlClient(socket_path=str(here.control_socket))
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(here.control_socket))) as http:
        try:
            yield Running(centre, telephony, api, http, client, notices)
        finally:
            api.close()
            client.close()
            await asyncio.gather(*(site.cleanup() for site in sites))
            await centre.tasks.stop()
            centre.runner.timers.reset({})
            centre.runner.journal.close()


@pytest.fixture
async def running(installation: Installation) -> AsyncIterator[Running]:
    async with doors(installation) as one:
        for what in opening():
            one.centre.runner.put(what)
        yield one


async def test_health(running: Running) -> None:
    status, body = await running.ask("GET", "/health")
    assert (status, body["ok"], body["asterisk"], body["calls"]) == (200, True, True, 0)


async def test_a_request_is_accepted_or_refused_with_its_code(running: Running) -> None:
    assert await running.client.asend(rq.TakeBreak("1", "5")) == Accepted()
    assert await running.client.asend(rq.TakeBreak("1", "nonsense")) == Refused("unknown_break")
    assert await running.client.asend(rq.Hold("nobody", "c1")) == Refused("unknown_agent")
    assert running.centre.runner.state.agents["1"].reason == "5"


@pytest.mark.parametrize("body", [b"", b"[" * 60_000, b'{"type":"Explode"}', b'{"type":"GoReady","agent_id":"\xff"}'])
async def test_what_cannot_be_understood_is_told_in_a_sentence(running: Running, body: bytes) -> None:
    status, answer = await running.ask("POST", "/requests", body)
    assert status == 400
    assert answer["error"].endswith(".")
    assert await running.client.asend(rq.GoReady("1")) == Accepted()


async def test_an_oversize_body_is_not_read_into_memory(running: Running) -> None:
    status, answer = await running.ask("POST", "/requests", b"x" * (MOST_BYTES + 1))
    assert status == 413
    assert answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/requests", 405),
        ("GET", "/updates", 400),
        ("GET", "/updates?after=-1", 400),
        ("GET", "/updates?after=1e9", 400),
        ("GET", f"/updates?after={'9' * 400}", 400),
        ("POST", "/phones/agent/999", 404),
        ("POST", "/phones/agent/..%2F..%2Fetc", 404),
        ("POST", f"/phones/agent/{'9' * 400}", 404),
    ],
)
async def test_a_wrong_question_is_refused_in_json(running: Running, method: str, path: str, status: int) -> None:
    found, answer = await running.ask(method, path)
    assert found == status
    assert answer["error"]


async def test_a_fault_of_ours_is_said_without_its_insides(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> dict[str, Any]:
        raise KeyError("a secret")

    monkeypatch.setattr(running.api, "health", fail)
    status, answer = await running.ask("GET", "/health")
    assert (status, answer) == (500, {"error": "Control has a fault; its log says more."})
    assert "A request to /health failed" in caplog.text


async def test_an_engine_with_a_fault_refuses_and_goes_on(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    handle = Engine.handle

    def fail(engine: Engine, what: Any, now: float) -> list[Any]:
        if isinstance(what, rq.AttachPhone):
            raise ZeroDivisionError
        return handle(engine, what, now)

    monkeypatch.setattr(Engine, "handle", fail)
    assert await running.client.asend(rq.AttachPhone("1")) == Refused("control_failed")
    assert await running.client.asend(rq.TakeBreak("1", "5")) == Accepted()


async def test_an_engine_that_is_slow_refuses_and_does_not_act_later(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_module, "ANSWER_WITHIN_S", 0.05)
    await running.client.asend(rq.GoReady("1"))
    await running.centre.tasks.stop()  # nobody takes inputs
    assert await running.client.asend(rq.TakeBreak("1", "5")) == Refused("control_failed")
    running.centre.runner.drain()
    assert running.centre.runner.state.agents["1"].state.value == "ready"


async def test_a_notice_of_a_changed_set_up_is_passed_on(running: Running) -> None:
    assert await running.ask("POST", "/config-changed") == (200, {"accepted": True})
    assert running.notices == [1]


async def test_phones(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await running.client.asend(rq.GoReady("1"))
    status, account = await running.ask("POST", "/phones/agent/1")
    assert (status, account["username"], account["ws_path"]) == (200, "agent-1", "/ws")
    status, account = await running.ask("POST", "/phones/web-caller")
    assert (status, account["username"]) == (200, "web-1")
    running.telephony.is_up = False
    status, answer = await running.ask("POST", "/phones/agent/1")
    assert (status, answer) == (503, {"error": "The telephone system does not answer."})

    async def hang() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(api_module, "ANSWER_WITHIN_S", 0.05)
    monkeypatch.setattr(running.telephony, "make_web_caller_endpoint", hang)
    assert (await running.ask("POST", "/phones/web-caller"))[0] == 503


# Updates


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        yield json.loads(line)


async def test_the_stream_keeps_a_mirror_true(running: Running) -> None:
    """Over a real Unix socket, with web's own client and mirror, while a call goes through its life."""
    mirror = Mirror(await running.client.asnapshot())

    async def follow() -> None:
        async with running.client.updates(mirror.seq) as updates:
            async for update in updates:
                mirror.apply(update)

    following = asyncio.create_task(follow())
    for what in conversation():
        running.centre.runner.put(what)
        await asyncio.sleep(0.03)
    fresh = await running.client.asnapshot()
    async with asyncio.timeout(5):
        while mirror.seq < fresh.seq:
            await asyncio.sleep(0.01)
    assert mirror.items == fresh.items
    assert mirror.items["queue:10"]["today"]["answered"] == 1
    following.cancel()


async def test_a_stream_beats_and_ends_when_control_leaves(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "BEAT_S", 0.05)
    running.centre.feed.flush()
    seq = running.centre.feed.seq
    async with running.http.get(f"http://control/updates?after={seq}") as response:
        assert response.headers["Content-Type"] == "application/x-ndjson"
        found = lines(response)
        assert [await anext(found) for _ in range(3)] == [{"beat": seq}] * 3
        running.api.close()
        async with asyncio.timeout(5):
            assert [line async for line in found if "beat" not in line] == []


async def test_a_stream_from_too_long_ago_is_told_of_the_gap(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 3)
    async with doors(installation) as running:
        seq = running.centre.feed.seq
        for number in range(10):
            running.centre.feed.publish("system", {"n": number})
        for after in (seq, seq + 11, 0):
            async with running.http.get(f"http://control/updates?after={after}") as response:
                assert [line async for line in lines(response)] == [{"gap": True}]


async def test_many_readers_and_one_that_reads_nothing(running: Running) -> None:
    """A reader that has stopped reading holds up nobody, and learns of its gap."""
    seq = running.centre.feed.seq
    asleep = await running.http.get(f"http://control/updates?after={seq}")
    for number in range(200):
        running.centre.feed.publish("system", {"n": number, "padding": "x" * 10_000})
        if number % 20 == 0:
            await asyncio.sleep(0)
    async with running.http.get(f"http://control/updates?after={running.centre.feed.seq - 1}") as response:
        async with asyncio.timeout(5):
            assert (await anext(lines(response)))["value"]["n"] == 199
    asleep.close()


async def test_a_reader_that_vanishes_leaves_nothing_behind(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        response = await running.http.get("http://control/updates?after=5")
        response.close()
    running.centre.feed.publish("system", {"n": 1})
    await asyncio.sleep(0.05)
    assert (await running.ask("GET", "/health"))[0] == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# Guards


async def test_the_socket_is_for_this_user_alone(running: Running, installation: Installation) -> None:
    assert stat.S_IMODE(installation.control_socket.stat().st_mode) == 0o600


async def test_a_socket_left_by_a_killed_control_is_replaced(installation: Installation) -> None:
    installation.control_socket.write_text("left over")
    async with doors(installation) as running:
        assert (await running.ask("GET", "/health"))[0] == 200


async def test_on_tcp_nobody_is_answered_without_the_token(installation: Installation) -> None:
    port = free_port()
    here = installation.model_copy(update={"control_listen": f"127.0.0.1:{port}"})
    token = here.secrets().control_token
    async with doors(here), aiohttp.ClientSession() as http:
        for path in ("/health", "/snapshot", "/updates?after=1", "/nowhere"):
            for sent in (
                {},
                {"Authorization": "Bearer wrong"},
                {"Authorization": token},
                {"Authorization": "Bearer é"},
            ):
                async with http.get(f"http://127.0.0.1:{port}{path}", headers=sent) as response:
                    assert response.status == 401
                    assert (await response.json())["error"] == "The token is missing or wrong."
        right = {"Authorization": f"Bearer {token}"}
        async with http.get(f"http://127.0.0.1:{port}/health", headers=right) as response:
            assert response.status == 200
        client = ControlClient(url=f"http://127.0.0.1:{port}", token=token)
        assert (await client.asnapshot()).items == {}
        client.close()


async def test_bytes_that_are_no_text_are_no_token(installation: Installation) -> None:
    port = free_port()
    async with doors(installation.model_copy(update={"control_listen": f"127.0.0.1:{port}"})):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 400"))


async def test_without_control_the_client_says_so(installation: Installation) -> None:
    client = ControlClient(socket_path=str(installation.control_socket))
    assert await client.asend(rq.GoReady("1")) == Refused("control_away")
    with pytest.raises(ControlAwayError):
        await client.asnapshot()
    client.close()
