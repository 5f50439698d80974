"""The web's way of speaking to control: requests out, snapshots and updates in.

Control listens on a Unix socket of the installation, or (``ALLO_CONTROL_URL``) on TCP guarded by the
installation's token. A control that is away is an ordinary answer here, ``Refused("control_away")``:
pages say so in a sentence and go on.
"""

from __future__ import annotations

import os
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from allo import installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONTROL_AWAY = "control_away"
_LOOK_WITHIN_S = 0.5
_ANSWER_WITHIN = httpx.Timeout(3.0, connect=1.0)
# Control sends a beat every second; three missed ones mean that it is gone.
_UPDATES_WITHIN = httpx.Timeout(4.0, connect=1.0)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Control has taken the request."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Control has not; ``refusals.sentence(code)`` says why in the reader's language."""

    code: str


Answer = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything live at one moment; updates after ``seq`` continue it."""

    seq: int
    items: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PhoneCredentials:
    """What a browser's telephone needs to register."""

    username: str
    password: str
    uri: str
    ws_path: str
    codec: str

    def __repr__(self) -> str:
        return f"PhoneCredentials(username={self.username!r})"


class ControlAwayError(Exception):
    """Control did not answer (in time)."""


class ControlClient:
    """One address of control. Safe to share between threads; async calls open their own connection."""

    def __init__(self, *, socket_path: str = "", url: str = "", token: str = "") -> None:
        self._socket_path = socket_path
        self._base_url = url or "http://control"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=socket_path or None),
            base_url=self._base_url,
            headers=self._headers,
            timeout=_ANSWER_WITHIN,
        )

    def close(self) -> None:
        """Give back the kept connection."""
        self._client.close()

    # From ordinary views --------------------------------------------------------------------------

    def send(self, request: object) -> Answer:
        """Ask control for something; ``request`` is a dataclass of ``core.requests``."""
        try:
            return _answer(self._call("POST", "/requests", encode_request(request)))
        except ControlAwayError:
            return Refused(CONTROL_AWAY)

    def snapshot(self) -> Snapshot:
        """Return all that is live. Raises ControlAwayError."""
        return _snapshot(self._call("GET", "/snapshot"))

    def config_changed(self) -> bool:
        """Tell control to read the set-up again; False when it is away (it polls anyway)."""
        try:
            self._call("POST", "/config-changed")
        except ControlAwayError:
            return False
        return True

    def is_healthy(self) -> bool:
        """Whether control answers."""
        try:
            self._call("GET", "/health")
        except ControlAwayError:
            return False
        return True

    def phone_credentials(self, agent_id: str) -> PhoneCredentials:
        """Make (or renew) the SIP account of an agent's page. Raises ControlAwayError."""
        return _credentials(self._call("POST", f"/phones/agent/{agent_id}"))

    def web_caller_credentials(self) -> PhoneCredentials:
        """Make a SIP account for one caller from the public page. Raises ControlAwayError."""
        return _credentials(self._call("POST", "/phones/web-caller"))

    def make_automatic_phone(self, agent_id: str, contact_uri: str) -> None:
        """Say where the telephone of an automatic agent is. Raises ControlAwayError."""
        self._call("PUT", f"/phones/automatic/{agent_id}", msgspec.json.encode({"contact": contact_uri}))

    def remove_automatic_phone(self, agent_id: str) -> None:
        """Forget the telephone of an automatic agent. Raises ControlAwayError."""
        self._call("DELETE", f"/phones/automatic/{agent_id}")

    def _call(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        self._look()
        try:
            response = self._client.request(method, path, content=body, headers=_type_of(body))
            response.raise_for_status()
        except (httpx.HTTPError, OSError) as error:
            raise ControlAwayError(path) from error
        return response

    # From async views -----------------------------------------------------------------------------

    async def asend(self, request: object) -> Answer:
        """Ask control for something, without blocking."""
        try:
            return _answer(await self._acall("POST", "/requests", encode_request(request)))
        except ControlAwayError:
            return Refused(CONTROL_AWAY)

    async def asnapshot(self) -> Snapshot:
        """Return all that is live. Raises ControlAwayError."""
        return _snapshot(await self._acall("GET", "/snapshot"))

    @asynccontextmanager
    async def updates(self, after: int) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Follow control's numbered updates after ``after``.

        Yields decoded lines: ``{"seq", "key", "value"}``, ``{"gap": True}`` or ``{"beat": N}``.
        Raises ControlAwayError when the stream ends or falls silent.
        """
        self._look()
        async with self._async_client(_UPDATES_WITHIN) as client:
            try:
                async with client.stream("GET", "/updates", params={"after": after}) as response:
                    response.raise_for_status()
                    yield _lines(response)
            except (httpx.HTTPError, OSError) as error:
                raise ControlAwayError("/updates") from error

    def _look(self) -> None:
        """Find out at once, and leaving no half-open socket behind, that nobody listens."""
        if not self._socket_path:
            return
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_LOOK_WITHIN_S)
            try:
                probe.connect(self._socket_path)
            except OSError as error:
                raise ControlAwayError(self._socket_path) from error

    def _async_client(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=self._socket_path or None),
            base_url=self._base_url,
            headers=self._headers,
            timeout=timeout,
        )

    async def _acall(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        self._look()
        try:
            async with self._async_client(_ANSWER_WITHIN) as client:
                response = await client.request(method, path, content=body, headers=_type_of(body))
                response.raise_for_status()
        except (httpx.HTTPError, OSError) as error:
            raise ControlAwayError(path) from error
        return response


async def _lines(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line:
            yield msgspec.json.decode(line, type=dict[str, Any])


def encode_request(request: object) -> bytes:
    """Encode a request dataclass as ``{"type": <class name>, **fields}``."""
    fields: dict[str, Any] = msgspec.to_builtins(request)
    return msgspec.json.encode({"type": type(request).__name__, **fields})


def _type_of(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


def _decode(response: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ControlAwayError("answer") from error


def _answer(response: httpx.Response) -> Answer:
    body = _decode(response)
    return Accepted() if body.get("accepted") else Refused(str(body.get("code", "bad_state")))


def _snapshot(response: httpx.Response) -> Snapshot:
    body = _decode(response)
    return Snapshot(seq=int(body["seq"]), items=dict(body["items"]))


def _credentials(response: httpx.Response) -> PhoneCredentials:
    try:
        return msgspec.json.decode(response.content, type=PhoneCredentials)
    except msgspec.DecodeError as error:
        raise ControlAwayError("credentials") from error


@lru_cache(maxsize=1)
def control() -> ControlClient:
    """Return this process's client, by the installation's settings."""
    here = installation.current()
    url = os.environ.get("ALLO_CONTROL_URL", "")
    if url:
        return ControlClient(url=url, token=here.secrets().control_token)
    return ControlClient(socket_path=str(here.control_socket))


def tell_config_changed(**_signal: Any) -> None:
    """Receive data's ``config_changed`` and pass it on; a lost notice does no harm."""
    control().config_changed()
