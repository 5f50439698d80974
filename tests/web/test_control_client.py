"""The client of control, against a real server on a Unix socket."""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from allo.core.requests import SetMuted, TakeBreak
from allo.web.control_client import (
    Accepted,
    ControlAwayError,
    ControlClient,
    Refused,
    Snapshot,
    encode_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Control(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str) -> None:
        super().__init__(path, Handler)
        self.heard: list[tuple[str, str, str]] = []
        self.answer: bytes = b'{"accepted":true}'
        self.code = 200


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer(body)

    def do_GET(self) -> None:
        self._answer("")

    def _answer(self, body: str) -> None:
        assert isinstance(self.server, Control)
        self.server.heard.append((self.path, body, self.headers.get("Authorization", "")))
        self.send_response(self.server.code)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def address_string(self) -> str:
        return "test"

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def control(short_folder: Path) -> Iterator[Control]:
    with Control(str(short_folder / "c.sock")) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(control: Control) -> Iterator[ControlClient]:
    one = ControlClient(socket_path=str(control.server_address), token="word")
    yield one
    one.close()


def test_a_request_is_its_name_and_its_fields() -> None:
    assert json.loads(encode_request(TakeBreak("5", "Lunch"))) == {
        "type": "TakeBreak",
        "agent_id": "5",
        "reason": "Lunch",
    }
    assert json.loads(encode_request(SetMuted("5", "c1", is_muted=True)))["is_muted"] is True


def test_an_accepted_and_a_refused_request(control: Control, client: ControlClient) -> None:
    assert client.send(TakeBreak("5", "Обед")) == Accepted()
    path, body, token = control.heard[-1]
    assert (path, json.loads(body)["reason"], token) == ("/requests", "Обед", "Bearer word")
    control.answer = b'{"accepted":false,"code":"in_call"}'
    assert client.send(TakeBreak("5", "Lunch")) == Refused("in_call")


async def test_the_same_without_blocking(control: Control, client: ControlClient) -> None:
    assert await client.asend(TakeBreak("5", "Lunch")) == Accepted()
    control.answer = b'{"seq":7,"items":{"agent:5":{"state":"ready"}}}'
    assert await client.asnapshot() == Snapshot(7, {"agent:5": {"state": "ready"}})


async def test_updates_come_line_by_line_until_the_stream_ends(control: Control, client: ControlClient) -> None:
    control.answer = b'{"seq":8,"key":"agent:5","value":null}\n{"beat":8}\n'
    async with client.updates(7) as lines:
        assert [line async for line in lines] == [{"seq": 8, "key": "agent:5", "value": None}, {"beat": 8}]
    assert control.heard[-1][0] == "/updates?after=7"


def test_credentials_keep_the_password_out_of_sight(control: Control, client: ControlClient) -> None:
    control.answer = b'{"username":"agent-5","password":"hush","uri":"sip:a","ws_path":"/ws","codec":"opus"}'
    credentials = client.phone_credentials("5")
    assert credentials.password == "hush"
    assert "hush" not in repr(credentials)
    assert control.heard[-1][0] == "/phones/agent/5"


@pytest.mark.parametrize(("code", "answer"), [(500, b"{}"), (200, b"<html>"), (404, b"")])
def test_a_broken_answer_counts_as_away(control: Control, client: ControlClient, code: int, answer: bytes) -> None:
    control.code, control.answer = code, answer
    assert client.send(TakeBreak("5", "Lunch")) == Refused("control_away")
    with pytest.raises(ControlAwayError):
        client.snapshot()


async def test_control_away_is_an_ordinary_answer(short_folder: Path) -> None:
    client = ControlClient(socket_path=str(short_folder / "none.sock"))
    assert client.send(TakeBreak("5", "Lunch")) == Refused("control_away")
    assert await client.asend(TakeBreak("5", "Lunch")) == Refused("control_away")
    assert client.config_changed() is False
    assert client.is_healthy() is False
    with pytest.raises(ControlAwayError):
        async with client.updates(0):
            pass
    client.close()


def test_a_socket_that_nobody_reads_any_more_is_away_too(control: Control, short_folder: Path) -> None:
    with Control(str(short_folder / "dead.sock")):
        pass  # closed at once; its file stays
    client = ControlClient(socket_path=str(short_folder / "dead.sock"))
    assert client.send(TakeBreak("5", "Lunch")) == Refused("control_away")
    client.close()
