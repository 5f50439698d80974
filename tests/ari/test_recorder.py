"""Pausing recordings over Asterisk's older interface: in order, logging in when asked to, tried again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from allo.ari import ami
from allo.ari.call_media import Calls
from allo.ari.recorder import Recorder
from allo.installation import Installation
from tests.ari.requests import Requests
from tests.free_ports import free_port
from tests.waiting import until

CALL = "17.7"


class Door:
    """Asterisk's side: asks for a log-in, then does what it is told; fails as often as `failures` says."""

    def __init__(self) -> None:
        self.done: list[dict[str, str]] = []
        self.says = "Response: Success\r\n"
        self.failures = 0
        self.logins = 0
        self.secret = ""
        self.is_known = False

    async def serve(self, request: web.Request) -> web.Response:
        """One action."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        if form["Action"] == "Login":
            self.logins += 1
            self.is_known = form["Secret"] == self.secret
            return web.Response(text="Response: Success\r\n" if self.is_known else "Response: Error\r\n")
        if not self.is_known:
            return web.Response(text="Response: Error\r\nMessage: Permission denied\r\n")
        if self.failures:
            self.failures -= 1
            return web.Response(status=500, text="")
        self.done.append(form)
        return web.Response(text=self.says)


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """An installation whose Asterisk is the door."""
    return Installation(home=tmp_path, asterisk_http_port=free_port())


@pytest.fixture
async def door(here: Installation) -> AsyncIterator[Door]:
    """Listening."""
    one = Door()
    one.secret = ami.password(here)
    application = web.Application()
    application.router.add_post("/rawman", one.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", here.asterisk_http_port).start()
    yield one
    await runner.cleanup()


@pytest.fixture
async def working(here: Installation) -> AsyncIterator[tuple[Recorder, Requests]]:
    """A recorder at work, and what it asks for by ARI."""
    requests = Requests()
    one = Recorder(here, requests.send, Calls())
    task = asyncio.create_task(one.run())
    yield one, requests
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_and_its_end_in_order_with_a_mark(door: Door, working: tuple[Recorder, Requests]) -> None:
    one, requests = working
    one.pause(CALL, is_on=False)
    one.pause(CALL, is_on=True)
    await until(lambda: len(door.done) == 2)
    assert [done["State"] for done in door.done] == ["1", "0"]
    assert {done["Direction"] for done in door.done} == {"both"}
    assert {done["Channel"] for done in door.done} == {CALL}
    assert door.logins == 1
    assert requests.lines() == [
        f"POST channels/{CALL}/variable variable=ALLO_PAUSED value=1",
        f"POST channels/{CALL}/variable variable=ALLO_PAUSED value=",
    ]
    door.is_known = False  # the log-in does not last
    one.pause(CALL, is_on=False)
    await until(lambda: len(door.done) == 3)
    assert door.logins == 2


async def test_a_failure_is_tried_again(door: Door, working: tuple[Recorder, Requests]) -> None:
    door.failures = 3
    working[0].pause(CALL, is_on=False)
    await until(lambda: door.done)


async def test_what_cannot_be_done_is_said_and_the_next_is_tried(
    door: Door, working: tuple[Recorder, Requests], caplog: pytest.LogCaptureFixture
) -> None:
    door.failures = 5
    working[0].pause(CALL, is_on=False)
    working[0].pause(CALL, is_on=True)
    await until(lambda: door.done)
    assert door.done[0]["State"] == "0"
    assert "could not be paused" in caplog.text


async def test_the_leg_that_is_the_caller_is_paused(door: Door, here: Installation) -> None:
    calls = Calls()
    calls.of(CALL).caller_leg = f"{CALL}-o1"
    one = Recorder(here, Requests().send, calls)
    task = asyncio.create_task(one.run())
    one.pause(CALL, is_on=False)
    one.record(CALL, f"{CALL}-o1")
    one.is_on = True
    one.record(CALL, f"{CALL}-o1")
    await until(lambda: len(door.done) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert door.done[0]["Channel"] == f"{CALL}-o1"
    assert door.done[1] == {
        "Action": "MixMonitor",
        "Channel": f"{CALL}-o1",
        "File": f"{CALL}.raw",
        "Options": "aDb",
    }


LISTED = """Response: Success
EventList: start

Event: OutboundRegistrationDetail
ObjectType: registration
ObjectName: trunk-1
ServerUri: sip:sip.example.com:5060
Status: Registered
NextReg: 247

Event: OutboundRegistrationDetail
ObjectName: trunk-2
Status: Rejected

Event: OutboundRegistrationDetail
ObjectName: somebody-elses
Status: Registered

Event: OutboundRegistrationDetailComplete
EventList: Complete
Registered: 2
"""


async def test_which_lines_are_registered(door: Door, here: Installation) -> None:
    door.says = LISTED.replace("\n", "\r\n")
    assert await ami.registrations(here) == {"1": "Registered", "2": "Rejected"}
    assert door.done == [{"Action": "PJSIPShowRegistrationsOutbound"}]
    door.says = "Response: Error\r\nMessage: No registrations found\r\n"
    assert await ami.registrations(here) == {}


async def test_who_is_away_registers_nothing(here: Installation) -> None:
    with pytest.raises(ami.UNREACHABLE):
        await ami.registrations(here)
