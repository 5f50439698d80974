"""Telephones and lines in the running Asterisk: made, changed and removed while calls go on.

Decides when a visitor's account is too old and when a line's addresses have changed. Which objects there must be, is
said by `endpoints`. Names of hosts are looked up here, not by Asterisk: it would stand still, with every
call, until a slow name server answers. A line that cannot be made now (unknown host, settings which Asterisk refuses)
is reported and tried again; it never stands in the way of others.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from ipaddress import ip_address
from typing import Protocol

from allo.ari import endpoints, names
from allo.ari.client import LATE, LINK_BROKEN, Answer, TelephonyAwayError, path_of
from allo.ari.endpoints import ConfigObject
from allo.ari.messages import Endpoint, decode_endpoints, decode_fields, decode_variable
from allo.ari.phones import PhoneAccount, TrunkSettings

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
_LOOK_UP_WITHIN_S = 5.0
_NOT_THERE = 404
_DYNAMIC = ("asterisk", "config", "dynamic", "res_pjsip")
_VARIABLE = ("asterisk", "variable")

LookUp = Callable[[str], Awaitable[tuple[str, ...]]]


class Ask(Protocol):
    """A request and its answer; raises TelephonyAwayError when the link is down."""

    async def __call__(
        self, method: str, path: str, query: dict[str, str] | None = None, body: object = None
    ) -> Answer: ...


async def look_up(host: str) -> tuple[str, ...]:
    """The addresses of a host, sorted; empty when there are none now."""
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_LOOK_UP_WITHIN_S):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError):
        return ()
    return tuple(sorted({str(address[0]) for *_, address in found}))


class Accounts:
    """See the module. Every method raises TelephonyAwayError when Asterisk does not answer."""

    def __init__(self, ask: Ask, look_up: LookUp = look_up) -> None:
        self._ask = ask
        self._look_up = look_up
        self._lines: dict[str, tuple[TrunkSettings, tuple[str, ...]]] = {}
        """Lines as they were asked for, and the networks with which they were made (none: not made)."""

    async def endpoints(self) -> list[Endpoint]:
        """All telephones and lines."""
        answer = await self._ask("GET", path_of("endpoints", names.TECHNOLOGY))
        if not answer.ok:
            raise TelephonyAwayError(f"GET endpoints: {answer.status}")
        return decode_endpoints(answer.body)

    async def make_browser_phone(
        self, username: str, codec: str, context: str, *, is_rung: bool = True
    ) -> PhoneAccount:
        """A browser telephone with a fresh password."""
        account, objects = endpoints.browser_phone(username, codec, context, is_rung=is_rung)
        await self._make(objects)
        return account

    async def has_fixed_phone(self, username: str, contact_uri: str, qualify_every_s: int) -> bool:
        """Whether the telephone is at this address, and at no other."""
        aor, _ = endpoints.fixed_phone(username, contact_uri, qualify_every_s)
        return await self._is_there(aor)

    async def make_fixed_phone(self, username: str, contact_uri: str, qualify_every_s: int) -> None:
        """A telephone at one address; one that is somewhere else must be removed before: Asterisk adds addresses."""
        await self._make(endpoints.fixed_phone(username, contact_uri, qualify_every_s))

    async def remove_phone(self, username: str) -> None:
        """Forget a telephone; harmless when there is none."""
        await self._remove(endpoints.phone_objects(username))

    async def make_line(self, line: TrunkSettings) -> None:
        """Add or change a line; in force at once, or once its host can be found.

        One that this Asterisk has as it should be is left alone, also when another control has made it: while a line
        is made anew its calls are refused, and Asterisk 22 was seen to crash when that met the line's own news.
        """
        self._lines[line.id] = (line, ())
        networks = line.networks or await self._look_up(line.host)
        if self._lines.get(line.id) != (line, ()):
            return  # changed or removed meanwhile
        if not networks:
            logger.warning("The host of line %s cannot be found; it is looked for again every minute", line.id)
            return
        objects = endpoints.trunk(replace(line, networks=networks))
        made_of = _digest(objects)
        if await self._made_of(line.id) == made_of:
            self._lines[line.id] = (line, networks)
            return
        try:
            await self._remember(line.id, "")
            await self._make_objects_of_line(objects)
        except RefusedError as error:
            logger.error("Asterisk refused line %s: %s", line.id, error)  # noqa: TRY400
            return
        wanted = {(one.kind, one.name) for one in objects}
        await self._remove(one for one in endpoints.trunk_objects(line.id) if one not in wanted)
        await self._remember(line.id, made_of)
        self._lines[line.id] = (line, networks)

    async def remove_line(self, line_id: str) -> None:
        """Remove a line; harmless when there is none."""
        self._lines.pop(line_id, None)
        await self._remember(line_id, "")
        await self._remove(endpoints.trunk_objects(line_id))

    async def line_states(self) -> dict[str, str]:
        """Line id → online, offline or unknown.

        Asterisk goes on listing, as offline, a line that was removed or made anew while a call was on it.
        """
        states: dict[str, str] = {}
        for one in await self.endpoints():
            if one.resource.startswith(names.TRUNK_PREFIX) and states.get(one.resource) != "online":
                states[one.resource] = one.state or "unknown"
        for name in list(states):
            if (await self._ask("GET", path_of(*_DYNAMIC, "endpoint", name))).status == _NOT_THERE:
                del states[name]
        return {name.removeprefix(names.TRUNK_PREFIX): state for name, state in states.items()}

    async def look_after(self) -> None:
        """Forget visitors who are gone; make lines anew that could not be made or whose host has moved."""
        for phone in await self.endpoints():
            if endpoints.has_expired(phone.resource, time.time()) and not phone.channel_ids:
                await self.remove_phone(phone.resource)
        for line, made_with in list(self._lines.values()):
            found = line.networks or await self._look_up(line.host)
            if found and found != made_with and self._lines.get(line.id) == (line, made_with):
                await self.make_line(line)

    async def _made_of(self, line_id: str) -> str:
        """What this run of Asterisk has made the line of; what it read from its database when it began is not that."""
        answer = await self._ask("GET", path_of(*_VARIABLE), {"variable": names.LINE_VARIABLE + line_id})
        _check_answered(answer, "GET variable")
        return decode_variable(answer.body).value if answer.ok else ""

    async def _remember(self, line_id: str, made_of: str) -> None:
        wanted = {"variable": names.LINE_VARIABLE + line_id, "value": made_of}
        answer = await self._ask("POST", path_of(*_VARIABLE), wanted)
        if not answer.ok:
            raise TelephonyAwayError(f"POST variable: {answer.status}")

    async def _make_objects_of_line(self, objects: list[ConfigObject]) -> None:
        """Some objects are made anew instead of changed.

        Asterisk adds the addresses of an `aor` and the networks of an `identify` to those it has, and goes on with a
        registration as it began. An endpoint that it changes, or reads from its database, takes "unknown" for the
        number of every caller.
        """
        has_login_changed = False
        for one in objects:
            if one.kind in ("auth", "registration"):
                has_login_changed = has_login_changed or not await self._is_there(one)
            is_moved = one.kind == "aor" and not await self._is_there(one)
            if is_moved or one.kind in ("endpoint", "identify") or (one.kind == "registration" and has_login_changed):
                await self._remove([(one.kind, one.name)])
            if one.kind != "registration" or has_login_changed:
                await self._make([one])

    async def _is_there(self, one: ConfigObject) -> bool:
        answer = await self._ask("GET", path_of(*_DYNAMIC, one.kind, one.name))
        _check_answered(answer, f"GET {one.kind}")
        present = [(field.attribute, field.value) for field in decode_fields(answer.body)] if answer.ok else []
        return all([v for key, v in present if key == name] == [value] for name, value in one.fields.items())

    async def _make(self, objects: Iterable[ConfigObject]) -> None:
        for one in objects:
            fields = [{"attribute": key, "value": value} for key, value in one.fields.items()]
            answer = await self._ask("PUT", path_of(*_DYNAMIC, one.kind, one.name), body={"fields": fields})
            _check_answered(answer, f"PUT {one.kind}")
            if not answer.ok:
                raise RefusedError(f"PUT {one.kind}: {answer.status} {answer.body[:200]}")

    async def _remove(self, objects: Iterable[tuple[str, str]]) -> None:
        for kind, name in objects:
            answer = await self._ask("DELETE", path_of(*_DYNAMIC, kind, name))
            if not answer.ok and answer.status != _NOT_THERE:
                raise TelephonyAwayError(f"DELETE {kind}: {answer.status}")


def _check_answered(answer: Answer, what: str) -> None:
    if answer.status in (LATE, LINK_BROKEN):
        raise TelephonyAwayError(f"{what}: {answer.status}")


def _digest(objects: list[ConfigObject]) -> str:
    everything = [(one.kind, one.name, sorted(one.fields.items())) for one in objects]
    return hashlib.sha256(json.dumps(everything).encode()).hexdigest()


class RefusedError(TelephonyAwayError):
    """Asterisk is there and does not take these settings."""
