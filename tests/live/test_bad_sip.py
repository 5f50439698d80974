"""Malformed SIP: whatever comes, Asterisk answers, telephony goes on, and the next proper call gets through.

The messages are our own, in the spirit of RFC 4475: each breaks one thing.
"""

import asyncio
from collections.abc import Callable

from allo.core.effects import AnswerCall, EndLeg
from allo.core.events import CallArrived, Event
from allo.core.state import State
from tests.live.asterisk_runner import RunningAsterisk, SipCall
from tests.live.sip_phone import SipPhone
from tests.live.small_centre import Listener
from tests.waiting import until

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"


def invite(
    *,
    first: str = "INVITE sip:100@127.0.0.1 SIP/2.0",
    cut: str = "",
    sender: str = "<sip:79990000001@127.0.0.1>;tag=t",
    more: str = "",
    cseq: str = "1 INVITE",
    length: str | None = None,
    kind: str = "application/sdp",
    body: str = SDP,
    mark: str = "x",
) -> bytes:
    """A proper INVITE but for what is given; `cut` is a header that is left out."""
    lines = [
        first,
        f"Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bK{mark};rport",
        "Max-Forwards: 70",
        f"From: {sender}",
        "To: <sip:100@127.0.0.1>",
        f"Call-ID: {mark}@torture",
        f"CSeq: {cseq}",
        "Contact: <sip:79990000001@127.0.0.1:@PORT@>",
        *([more] if more else []),
        f"Content-Type: {kind}",
        f"Content-Length: {len(body.encode()) if length is None else length}",
    ]
    kept = [line for line in lines if not cut or not line.startswith(f"{cut}:")]
    return ("\r\n".join(kept) + "\r\n\r\n" + body).encode()


BAD: dict[str, bytes] = {
    "nothing": b"",
    "keep-alive": b"\r\n\r\n\r\n\r\n",
    "binary garbage": bytes(range(256)) * 8,
    "zeros": bytes(1400),
    "half a line": b"INVITE sip:100@127.0.0",
    "only a first line": b"INVITE sip:100@127.0.0.1 SIP/2.0\r\n\r\n",
    "another protocol": b"GET /ari/channels?api_key=allo:allo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "another version": invite(first="INVITE sip:100@127.0.0.1 SIP/7.0"),
    "no version": invite(first="INVITE sip:100@127.0.0.1"),
    "spaces in the first line": invite(first="INVITE   sip:100@127.0.0.1   SIP/2.0  "),
    "an address with brackets": invite(first="INVITE <sip:100@127.0.0.1> SIP/2.0"),
    "an unknown scheme": invite(first="INVITE nobodyknows:100 SIP/2.0"),
    "two at-signs": invite(first="INVITE sip:100@200@127.0.0.1 SIP/2.0"),
    "no user": invite(first="INVITE sip:@127.0.0.1 SIP/2.0"),
    "a port too large": invite(first="INVITE sip:100@127.0.0.1:99999999999 SIP/2.0"),
    "a number of 10,000 digits": invite(first=f"INVITE sip:{'1' * 10_000}@127.0.0.1 SIP/2.0"),
    "escapes that are none": invite(first="INVITE sip:1%zz%0@127.0.0.1 SIP/2.0"),
    "an escaped end": invite(first="INVITE sip:100%00%0d%0aX@127.0.0.1 SIP/2.0"),
    "a length too large": invite(length="99999"),
    "a length too small": invite(length="5"),
    "a negative length": invite(length="-999"),
    "a length of letters": invite(length="ten"),
    "a length beyond numbers": invite(length="9" * 200),
    "a negative number": invite(cseq="-1 INVITE"),
    "a number beyond 32 bits": invite(cseq="36893488147419103232 INVITE"),
    "another method's number": invite(cseq="1 OPTIONS"),
    "no method in the number": invite(cseq="1"),
    "max-forwards of zero": invite(cut="Max-Forwards", more="Max-Forwards: 0"),
    "max-forwards of 300": invite(cut="Max-Forwards", more="Max-Forwards: 300"),
    "max-forwards below zero": invite(cut="Max-Forwards", more="Max-Forwards: -1"),
    "a huge header": invite(more=f"Subject: {'a' * 20_000}"),
    "a thousand headers": invite(more="\r\n".join(f"X-{number}: y" for number in range(1000))),
    "a folded header": invite(more="Subject: one\r\n two\r\n\tthree"),
    "a header without a name": invite(more=": nothing"),
    "a header without a colon": invite(more="no colon here"),
    "an unknown need": invite(more="Require: nothing-at-all, nor-this"),
    "two call ids": invite(more="Call-ID: another@torture"),
    "two senders": invite(more="From: <sip:2@127.0.0.1>;tag=2"),
    "an endless route": invite(more="\r\n".join(["Route: <sip:127.0.0.1;lr>"] * 60)),
    "a credential in tatters": invite(more='Authorization: Digest username="agent-5", realm="'),
    "no tag": invite(sender="<sip:79990000001@127.0.0.1>"),
    "an open quote": invite(sender='"Ann <sip:79990000001@127.0.0.1>;tag=t'),
    "an open bracket": invite(sender="<sip:79990000001@127.0.0.1;tag=t"),
    "a tel sender": invite(sender="<tel:+7-999-000-00-01>;tag=t"),
    "a sound description of letters": invite(body="this is no description"),
    "no sound": invite(body=SDP.replace("m=audio 9 RTP/AVP 0", "m=video 9 RTP/AVP 34")),
    "an unknown codec": invite(body=SDP.replace("AVP 0", "AVP 126")),
    "a port below zero": invite(body=SDP.replace("audio 9", "audio -9")),
    "a port beyond 65535": invite(body=SDP.replace("audio 9", "audio 123456789")),
    "a hundred streams": invite(body=SDP + "m=audio 9 RTP/AVP 0\r\n" * 100),
    "no address for the sound": invite(body=SDP.replace("c=IN IP4 127.0.0.1\r\n", "")),
    "a sound address of nowhere": invite(body=SDP.replace("c=IN IP4 127.0.0.1", "c=IN IP4 999.999.1.1")),
    "another kind of body": invite(kind="application/octet-stream", body="\x00\x01\x02"),
    "a body of many parts with one": invite(kind="multipart/mixed;boundary=b", body="--b\r\n\r\n"),
    "an unknown method": invite(first="NEWMETHOD sip:100@127.0.0.1 SIP/2.0", cseq="1 NEWMETHOD"),
    "a method of 5,000 letters": invite(first=f"{'M' * 5000} sip:100@127.0.0.1 SIP/2.0"),
    "BYE of no call": invite(first="BYE sip:100@127.0.0.1 SIP/2.0", cseq="1 BYE"),
    "CANCEL of no call": invite(first="CANCEL sip:100@127.0.0.1 SIP/2.0", cseq="1 CANCEL"),
    "ACK of no call": invite(first="ACK sip:100@127.0.0.1 SIP/2.0", cseq="1 ACK"),
    "REFER of no call": invite(first="REFER sip:100@127.0.0.1 SIP/2.0", cseq="1 REFER", more="Refer-To: sip:1@1"),
    "MESSAGE": invite(first="MESSAGE sip:100@127.0.0.1 SIP/2.0", cseq="1 MESSAGE", kind="text/plain", body="hi"),
    "SUBSCRIBE": invite(first="SUBSCRIBE sip:100@127.0.0.1 SIP/2.0", cseq="1 SUBSCRIBE", more="Event: presence"),
    "PUBLISH": invite(first="PUBLISH sip:100@127.0.0.1 SIP/2.0", cseq="1 PUBLISH", more="Event: presence"),
    "NOTIFY": invite(first="NOTIFY sip:100@127.0.0.1 SIP/2.0", cseq="1 NOTIFY", more="Event: check-sync"),
    "an answer nobody waits for": b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z\r\nCSeq: 1 INVITE\r\n\r\n",
    "an answer of code 4294967301": b"SIP/2.0 4294967301 OK\r\nCSeq: 1 INVITE\r\nCall-ID: x\r\n\r\n",
    **{
        f"no {name}": invite(cut=name) for name in ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length")
    },
}

ODD_NAMES = {
    "emoji": "👩‍👩‍👧 звонит 📞",
    "control characters": "a\x01\x07\x1b[31mb",
    "bytes that are no text": "\udcff\udcfe\udc80",
    "right to left": "\u202egnp.exe",
    "quotes and signs": '\\" ; DROP & ${SHELL(id)} %n%s <b>',
    "2,000 letters": "я" * 2000,
}


class Answering(Listener):
    """Takes every call and lets it go at once."""

    def take(self, event: Event) -> None:
        super().take(event)
        if isinstance(event, CallArrived):
            self.telephony.carry_out(AnswerCall(event.call_id))
            self.telephony.carry_out(EndLeg(event.call_id))


async def test_torture(running_asterisk: RunningAsterisk, call: Callable[..., SipCall]) -> None:
    here = running_asterisk.installation
    async with Answering(here) as centre:
        for number, (what, packet) in enumerate(BAD.items()):
            phone = await SipPhone.open(here.sip_port)
            marked = packet.replace(b"x@torture", b"%d@torture" % number).replace(b"z9hG4bKx", b"z9hG4bK%d" % number)
            phone.send(marked.replace(b"@PORT@", str(phone.port).encode()))
            await is_alive(phone, what)
            await phone.close()
        await centre.telephony.ping()
        assert centre.links == [True]
        await a_call_goes_through(centre, call)
    await nothing_leaks(running_asterisk)


async def test_torture_by_tcp(running_asterisk: RunningAsterisk, call: Callable[..., SipCall]) -> None:
    here = running_asterisk.installation
    async with Answering(here) as centre:
        for packet in BAD.values():
            _, writer = await asyncio.open_connection("127.0.0.1", here.sip_port)
            writer.write(packet.replace(b"@PORT@", b"5999").replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
            await writer.drain()
            writer.transport.abort()
        await centre.telephony.ping()
        await a_call_goes_through(centre, call)
    await nothing_leaks(running_asterisk)


async def test_odd_names_arrive_clean(running_asterisk: RunningAsterisk, call: Callable[..., SipCall]) -> None:
    here = running_asterisk.installation
    async with Answering(here) as centre:
        for number, (what, name) in enumerate(ODD_NAMES.items()):
            centre.events.clear()
            phone = await SipPhone.open(here.sip_port)
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            text = invite(sender='"@NAME@" <sip:79990000001@127.0.0.1>;tag=t', mark=f"name{number}")
            text = text.replace(b"@PORT@", b"%d" % phone.port)
            phone.send(text.replace(b"@NAME@", quoted.encode(errors="surrogateescape")))
            await until(lambda phone=phone: any(one.code >= 180 for one in phone.others))  # type: ignore[misc]
            if any(one.code in (180, 200) for one in phone.others):
                arrived = await centre.wait_for(CallArrived)
                assert arrived.caller == "79990000001", what
                assert arrived.caller_name.isprintable(), what
                assert len(arrived.caller_name) <= 80, what
            await centre.telephony.reconcile(State())  # what is listed can be read, too
            await phone.close()
        assert centre.links == [True]
        await a_call_goes_through(centre, call)


async def test_a_flood_that_never_acknowledges(running_asterisk: RunningAsterisk, call: Callable[..., SipCall]) -> None:
    here = running_asterisk.installation
    async with Answering(here) as centre:
        phone = await SipPhone.open(here.sip_port)
        for number in range(200):
            phone.send(invite(mark=f"f{number}").replace(b"@PORT@", b"%d" % phone.port))
            await asyncio.sleep(0)
        await until(lambda: sum(isinstance(event, CallArrived) for event in centre.events) == 200)
        await a_call_goes_through(centre, call)
        await phone.close()
        assert centre.links == [True]


async def is_alive(phone: SipPhone, after: str) -> None:
    """Asterisk answers a question at the same address."""
    mark = f"alive{phone.port}"
    question = invite(first="OPTIONS sip:100@127.0.0.1 SIP/2.0", cseq="1 OPTIONS", mark=mark, body="")
    phone.send(question.replace(b"@PORT@", str(phone.port).encode()))
    try:
        await until(lambda: any(one["call-id"] == f"{mark}@torture" for one in phone.others))
    except AssertionError:
        raise AssertionError(f"no answer after: {after}") from None


async def a_call_goes_through(centre: Listener, call: Callable[..., SipCall]) -> None:
    """A proper SIPp call arrives and is told so."""
    before = sum(isinstance(event, CallArrived) and event.caller == "sipp" for event in centre.events)
    call("100", talk_s=0)
    await until(
        lambda: sum(isinstance(event, CallArrived) and event.caller == "sipp" for event in centre.events) > before
    )


async def nothing_leaks(asterisk: RunningAsterisk) -> None:
    """No secret of the installation is in Asterisk's log."""
    said = await asyncio.to_thread(asterisk.log)
    secrets = asterisk.installation.secrets()
    assert not any(
        secret in said for secret in (secrets.ari_password, secrets.control_token, secrets.django_secret_key)
    )
    assert asterisk.child.poll() is None
