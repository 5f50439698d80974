"""What the account of a visitor of the public page, or of an agent, may do by the pages' websocket, and what not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest

from allo.core.effects import EndLeg
from allo.core.events import CallArrived, LegEnded
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import SipPhone
from tests.live.small_centre import Listener
from tests.live.web_phone import SDP, WebPhone


@pytest.fixture
async def centre(running_asterisk: RunningAsterisk) -> AsyncIterator[Listener]:
    async with Listener(running_asterisk.installation) as one:
        yield one


@pytest.fixture
async def visitor(centre: Listener, running_asterisk: RunningAsterisk) -> AsyncIterator[WebPhone]:
    """A visitor of the public page, who may send what they like."""
    account = await centre.telephony.make_web_caller_endpoint()
    url, at_once = running_asterisk.installation.phone_websocket_url, aiohttp.ClientWSTimeout(ws_close=0.1)
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url, protocols=("sip",), timeout=at_once) as socket,
    ):
        yield WebPhone(socket, account)


async def test_a_visitor_is_nobody_else_and_can_be_found_nowhere(
    visitor: WebPhone, centre: Listener, running_asterisk: RunningAsterisk
) -> None:
    await centre.telephony.make_agent_endpoint("5")
    assert await centre.telephony.idle_agent_endpoints() == {"5"}
    victim = await SipPhone.open(running_asterisk.installation.sip_port)
    elsewhere = f"<sip:x@127.0.0.1:{victim.port}>"
    for own, more in (("", ""), (elsewhere, ""), ("<sip:a@nowhere.invalid>;expires=0", f"Contact: {elsewhere}\r\n")):
        answer = await visitor.ask("REGISTER", visitor.account.username, own=own, more=f"{more}Expires: 300\r\n")
        assert answer.code >= 400, (own, more)
    for name in ("agent-5", "loopback", "trunk-1", "asterisk"):
        for sender in ("", f"<sip:{name}@allo>"):
            answer = await visitor.ask("REGISTER", name, sender=sender, more="Expires: 300\r\n")
            assert answer.code >= 400, (name, sender)
    shown = await asyncio.to_thread(running_asterisk.cli, "pjsip show contacts")
    assert "No objects found" in shown
    assert victim.others == []
    await victim.close()


async def test_a_visitor_reaches_numbers_alone_and_sends_nothing_else(visitor: WebPhone, centre: Listener) -> None:
    for name in ("agent-5", "s", "away", "inbound", "PJSIP%2Fagent-5", "Local%2F100%40inbound"):
        assert (await visitor.ask("INVITE", name, body=SDP)).code == 404, name
    for method in ("MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY", "INFO", "UPDATE"):
        more = "Event: presence\r\nRefer-To: <sip:101@allo>\r\n"
        assert (await visitor.ask(method, more=more, body="hi", kind="text/plain")).code >= 400, method
    taking_over = "Replaces: somebody@test;to-tag=1;from-tag=2\r\n"
    assert (await visitor.ask("INVITE", more=taking_over, body=SDP)).code >= 400
    assert centre.events == []


async def test_an_account_is_for_one_call_and_the_caller_is_the_account(visitor: WebPhone, centre: Listener) -> None:
    claims = "".join(
        f"{name}: <sip:+79991112233@bank.example>{rest}\r\n"
        for name, rest in (
            ("P-Asserted-Identity", ""),
            ("P-Preferred-Identity", ""),
            ("Remote-Party-ID", ";party=calling"),
            ("Diversion", ";reason=unconditional"),
        )
    )
    name = f'"<b>${{SHELL(id)}}" <{visitor.account.uri}>'
    first = asyncio.create_task(visitor.ask("INVITE", sender=name, more=claims, body=SDP))
    arrived = await centre.wait_for(CallArrived)
    assert (arrived.caller, arrived.number) == (visitor.account.username, "100")
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    for _ in range(3):
        assert (await visitor.ask("INVITE", body=SDP)).code == 486
    assert sum(isinstance(one, CallArrived) for one in centre.events) == 1
    centre.telephony.carry_out(EndLeg(arrived.call_id))
    await centre.wait_for(LegEnded)
    centre.events.clear()
    again = asyncio.create_task(visitor.ask("INVITE", body=SDP))
    await centre.wait_for(CallArrived)
    again.cancel()
    with suppress(asyncio.CancelledError):
        await again
