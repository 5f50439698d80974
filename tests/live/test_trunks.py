"""Lines of telephone companies made at run time, and what nobody may do: call or register without being known."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from functools import partial

import aiohttp
import pytest

from allo.ari.telephony import OutgoingLine, TrunkSettings
from allo.core.effects import AnswerCall, DialNumber
from allo.core.events import CallArrived, LegEnded
from allo.data.phone_numbers import DialledAs, as_dialled
from allo.installation import Installation
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import SipPhone
from tests.live.small_centre import Listener
from tests.waiting import until


def _own_address() -> str:
    """This machine's address in its network, "" when it has none; nothing is sent to find out."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
        return address


OUTSIDE = _own_address()
needs_outside = pytest.mark.skipif(
    not OUTSIDE or OUTSIDE.startswith("127."), reason="this machine has no address but loopback"
)


@pytest.fixture
def asterisk(asterisk_home: Installation) -> Iterator[RunningAsterisk]:
    """Open to the network, as a centre with lines is."""
    running = RunningAsterisk.start(asterisk_home.model_copy(update={"sip_address": "0.0.0.0"}))
    yield running
    running.stop()


@pytest.fixture
async def listener(asterisk: RunningAsterisk) -> AsyncIterator[Listener]:
    async with Listener(asterisk.installation) as one:
        yield one


@pytest.fixture
async def company(asterisk: RunningAsterisk) -> AsyncIterator[SipPhone]:
    """The telephone company's exchange, at an address that is not loopback."""
    phone = await SipPhone.open(asterisk.installation.sip_port, address=OUTSIDE, server=OUTSIDE)
    yield phone
    await phone.close()


async def is_refused(phone: SipPhone, number: str = "100") -> int:
    """The code with which a call was refused."""
    call = await phone.call(number)
    await until(lambda: call.final)
    assert call.final >= 400
    return call.final


async def says(listener: Listener, state: str) -> None:
    """What Asterisk says of line 1's registration in the end."""
    async with asyncio.timeout(10):
        while await listener.telephony.registrations() != {"1": state}:
            await asyncio.sleep(0.05)


@needs_outside
async def test_a_line_that_registers(listener: Listener, company: SipPhone) -> None:
    company.password = "opensesame"
    await listener.telephony.make_trunk(TrunkSettings("1", OUTSIDE, company.port, "centre", "wrong"))
    await until(lambda: sum(one.method == "REGISTER" for one in company.others) >= 2)
    assert company.registered == []
    await says(listener, "Rejected")
    await listener.telephony.make_trunk(TrunkSettings("1", OUTSIDE, company.port, "centre", "opensesame"))
    await until(lambda: company.registered)
    assert company.registered[0].startswith("<sip:centre@")
    await says(listener, "Registered")

    called_by_login = await company.call("centre", to="sip:+74951234567@example.com")
    await listener.wait_for(CallArrived, number="+74951234567")
    called_by_number = await company.call("74951234568", name='"Пётр"')
    arrived = await listener.wait_for(CallArrived, number="74951234568")
    assert (arrived.caller, arrived.caller_name) == ("79990000001", "Пётр")
    called_without_number = await company.call("centre", to="sip:centre@example.com")
    await listener.wait_for(CallArrived, number="0")
    for call in (called_by_login, called_by_number, called_without_number):
        await until(lambda call=call: call.answers)  # type: ignore[misc]
        call.hang_up()


@needs_outside
async def test_a_line_known_by_its_address_comes_changes_and_goes(listener: Listener, company: SipPhone) -> None:
    telephony = listener.telephony
    assert await is_refused(company) == 401
    line = TrunkSettings("7", "192.0.2.77", company.port, networks=(f"{OUTSIDE}/32",))
    await telephony.make_trunk(line)
    call = await company.call("74951234567")
    arrived = await listener.wait_for(CallArrived)
    assert arrived.number == "74951234567"
    await telephony.make_trunk(TrunkSettings("7", "192.0.2.77", company.port, networks=("203.0.113.0/24",)))
    assert await is_refused(company) == 401
    telephony.carry_out(AnswerCall(arrived.call_id))  # a call under way is not touched
    await until(lambda: call.is_up)
    await telephony.make_trunk(line)
    again = await company.call("74951234568")
    await listener.wait_for(CallArrived, number="74951234568")
    again.hang_up()
    await telephony.remove_trunk("7")
    await telephony.remove_trunk("7")
    assert await is_refused(company) == 401
    assert await telephony.trunk_states() == {}
    assert not call.is_over


async def test_a_line_is_left_alone_by_another_control_and_made_anew_in_another_asterisk(
    asterisk: RunningAsterisk,
) -> None:
    line = TrunkSettings("7", "192.0.2.77", networks=("203.0.113.0/24",))

    async def limit_of_silence() -> str:
        async with Listener(asterisk.installation) as control:
            await control.telephony.make_trunk(line)
        fields = asterisk.ari("GET", "/asterisk/config/dynamic/res_pjsip/endpoint/trunk-7").json()
        return next(str(one["value"]) for one in fields if one["attribute"] == "rtp_timeout")

    assert await limit_of_silence() == "60"
    asterisk.ends_silence_after(7, "trunk-7")  # a mark by which the same endpoint is known
    assert await limit_of_silence() == "7"
    asterisk.kill()
    asterisk.restart()
    assert await limit_of_silence() == "60"


@needs_outside
async def test_whether_a_line_is_alive(listener: Listener, company: SipPhone) -> None:
    telephony = listener.telephony
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as silent:
        silent.bind((OUTSIDE, 0))
        await telephony.make_trunk(TrunkSettings("1", OUTSIDE, company.port))
        await telephony.make_trunk(TrunkSettings("2", OUTSIDE, silent.getsockname()[1]))
        await until(lambda: any(one.method == "OPTIONS" for one in company.others))
        states: dict[str, str] = {}
        while states != {"1": "online", "2": "offline"}:
            async with asyncio.timeout(30):
                states = await telephony.trunk_states()
                await asyncio.sleep(0.05)


@needs_outside
async def test_an_unknown_host_stands_in_nobodys_way(listener: Listener, company: SipPhone) -> None:
    await listener.telephony.make_trunk(TrunkSettings("1", "no-such-host.invalid"))
    await listener.telephony.make_trunk(TrunkSettings("2", OUTSIDE, company.port))
    call = await company.call("100")
    await listener.wait_for(CallArrived)
    call.hang_up()


@needs_outside
async def test_strangers_from_elsewhere_are_refused(listener: Listener, asterisk: RunningAsterisk) -> None:
    await listener.telephony.make_agent_endpoint("5")
    await listener.telephony.make_sip_agent_endpoint("6", f"sip:6@{OUTSIDE}:9")
    for user in ("79991112233", "anonymous", "loopback", "agent-5", "agent-6", "trunk-1", "asterisk"):
        stranger = await SipPhone.open(asterisk.installation.sip_port, user, address=OUTSIDE, server=OUTSIDE)
        assert await is_refused(stranger) == 401, user
        await stranger.close()
    assert not any(isinstance(event, CallArrived) for event in listener.events)


async def test_an_operator_is_given_numbers_as_it_takes_them(listener: Listener, asterisk: RunningAsterisk) -> None:
    company = await SipPhone.open(asterisk.installation.sip_port, address="127.0.0.2")
    telephony = listener.telephony
    await telephony.make_trunk(TrunkSettings("1", company.address, company.port))
    for number, (how, home, dialled) in enumerate(
        (
            (DialledAs.E164, "RU", "+79990000002"),
            (DialledAs.DIGITS, "RU", "79990000002"),
            (DialledAs.NATIONAL, "RU", "89990000002"),
            (DialledAs.NATIONAL, "BY", "81079990000002"),
        )
    ):
        telephony.set_outgoing_line(OutgoingLine("1", "+74950000000", partial(as_dialled, how=how, home=home)))
        telephony.carry_out(DialNumber("c1", f"c1-o{number}", "+79990000002", 5.0))
        await until(lambda number=number: len(company.calls) > number)  # type: ignore[misc]
        invite = company.calls[-1].invite
        assert invite is not None
        assert invite.dialled == dialled
        assert "+74950000000" in invite["from"]
        company.calls[-1].decline()
        await listener.wait_for(LegEnded, leg_id=f"c1-o{number}")
    await company.close()


async def test_nobody_registers_without_the_password(listener: Listener, asterisk: RunningAsterisk) -> None:
    await listener.telephony.make_agent_endpoint("5")
    await listener.telephony.make_sip_agent_endpoint("6", "sip:6@127.0.0.1:9")
    for user in ("agent-5", "agent-6", "loopback"):
        thief = await SipPhone.open(asterisk.installation.sip_port, user)
        via = f"SIP/2.0/UDP 127.0.0.1:{thief.port};branch=z9hG4bK{user};rport"
        thief.send(
            f"REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: {via}\r\nFrom: <sip:{user}@127.0.0.1>;tag=1\r\n"
            f"To: <sip:{user}@127.0.0.1>\r\nCall-ID: {user}@test\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n"
            f"Contact: <{thief.uri}>\r\nExpires: 300\r\nContent-Length: 0\r\n\r\n"
        )
        await until(lambda thief=thief: any(one.method == "REGISTER" for one in thief.others))  # type: ignore[misc]
        assert min(one.code for one in thief.others) >= 400, user
        contacts = await asyncio.to_thread(asterisk.cli, "pjsip show contacts")
        assert str(thief.port) not in contacts, user
        await thief.close()


async def test_an_agents_telephone_cannot_be_used_to_call(listener: Listener, asterisk: RunningAsterisk) -> None:
    account = await listener.telephony.make_agent_endpoint("5")
    thief = await SipPhone.open(asterisk.installation.sip_port, account.username)
    assert await is_refused(thief) == 401
    await thief.close()
    assert listener.events == []


async def test_the_pages_websocket_is_no_way_in_without_an_account(
    listener: Listener, asterisk: RunningAsterisk
) -> None:
    """A reverse proxy passes the world's websockets on, and they come from loopback."""
    phone = await SipPhone.open(asterisk.installation.sip_port)
    call = await phone.call("100")
    await listener.wait_for(CallArrived)
    text = phone.request("INVITE", call, call.target, 1, phone.sdp(call))
    at_once = aiohttp.ClientWSTimeout(ws_close=0.1)
    for number, via in enumerate(("WS nowhere.invalid", f"UDP 127.0.0.1:{phone.port}")):
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(asterisk.installation.phone_websocket_url, protocols=("sip",), timeout=at_once) as socket_,
        ):
            fresh = text.replace(call.id, f"ws{number}@test").replace(
                f"UDP 127.0.0.1:{phone.port};branch=", "@;branch="
            )
            await socket_.send_str(fresh.replace("@;branch=", f"{via};branch=ws{number}"))
            code = 100
            while code < 200:
                code = int((await socket_.receive_str(timeout=30)).split()[1])
            assert code == 403
    call.hang_up()
    assert sum(isinstance(one, CallArrived) for one in listener.events) == 1
    await phone.close()


async def test_a_number_is_only_ever_a_number(listener: Listener, asterisk: RunningAsterisk) -> None:
    await listener.telephony.make_sip_agent_endpoint("5", "sip:5@127.0.0.1:9")
    phone = await SipPhone.open(asterisk.installation.sip_port)
    for number in ("100,3", "100,away", "1&PJSIP/agent-5", "0044%40from-agent", "1%24%7BEPOCH%7D", "1%22%29"):
        listener.events.clear()
        call = await phone.call(number)
        arrived = await listener.wait_for(CallArrived)
        assert set(arrived.number) <= set("0123456789+*#"), number
        here = {one["id"]: one["dialplan"] for one in await asyncio.to_thread(asterisk.channels)}[arrived.call_id]
        assert (here["context"], here["app_data"]) == ("inbound", f"allo,inbound,{arrived.number}")
        await until(lambda call=call: call.answers)  # type: ignore[misc]
        call.hang_up()
        await listener.wait_for(LegEnded)
    await phone.close()


async def test_other_names_lead_nowhere(listener: Listener, asterisk: RunningAsterisk) -> None:
    phone = await SipPhone.open(asterisk.installation.sip_port)
    for number in ("agent-5", "from-agent", "s", "h", "i", "t"):
        assert await is_refused(phone, number) == 404, number
    assert listener.events == []
    await phone.close()


async def test_a_caller_cannot_transfer_anybody(listener: Listener, asterisk: RunningAsterisk) -> None:
    phone = await SipPhone.open(asterisk.installation.sip_port)
    call = await phone.call("100")
    arrived = await listener.wait_for(CallArrived)
    listener.telephony.carry_out(AnswerCall(arrived.call_id))
    await until(lambda: call.is_up)
    before = len(call.answers)
    refer = phone.request("REFER", call, call.target, 2)
    phone.send(
        refer.replace(
            "Content-Length", f"Refer-To: <sip:101@127.0.0.1>\r\nReferred-By: <{phone.uri}>\r\nContent-Length"
        )
    )
    await until(lambda: len(call.answers) > before)
    assert call.answers[before] >= 400
    assert not call.is_over
    call.number = 2
    call.hang_up()
    await phone.close()
