"""A SIP telephone in the test's own hands: it answers, declines and hangs up when the test says so.

What is not answered is sent again (RFC 3261, 17.1): under load a socket's buffer may overflow, on loopback too.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.live.sip_message import SipMessage
from tests.live.voice import TELEPHONE_EVENT, Voice

T1_S = 0.5
"""After so long something is sent again, then after twice as long, and so on, for `GIVES_UP_S`."""
GIVES_UP_S = 32.0


@dataclass(slots=True)
class PhoneCall:
    """One call of a telephone."""

    phone: SipPhone
    id: str
    own: str
    """Our address with its tag, as in From or To."""
    other: str = ""
    target: str = ""
    voice: Voice | None = None
    invite: SipMessage | None = None
    is_up: bool = False
    final: int = 0
    """The code that refused our call, or 200."""
    is_over: bool = False
    number: int = 1
    answers: list[int] = field(default_factory=list)

    def ring(self) -> None:
        """Say that it rings here."""
        self._respond("180 Ringing")

    def answer(self) -> None:
        """Take the call."""
        self.is_up = True
        assert self.invite is not None
        text = self.phone.response(self.invite, "200 OK", self.own, self.phone.sdp(self))
        self.phone.send_until_answered(f"{self.id} ACK", text, self.invite.source)

    def decline(self, reason: str = "486 Busy Here") -> None:
        """Refuse it."""
        self.is_over = True
        self._respond(reason)

    def hang_up(self) -> None:
        """End it: BYE, or CANCEL while it still rings at the other side."""
        if self.is_over:
            return
        self.is_over = True
        if self.is_up:
            self.number += 1
            self.phone.ask("BYE", self, self.number)
        elif self.invite is None:
            self.phone.ask("CANCEL", self, 1)
        if self.voice is not None:
            self.voice.close()

    def press(self, key: str) -> None:
        """Press a key: told among the sound."""
        assert self.voice is not None
        self.voice.press(key)

    def press_by_info(self, key: str) -> None:
        """Press a key: told by a SIP message."""
        self.number += 1
        self.phone.ask("INFO", self, self.number, f"Signal={key}\r\nDuration=100\r\n", "application/dtmf-relay")

    def _respond(self, what: str, body: str = "") -> None:
        if self.invite is None:
            raise AssertionError("only who is called can do this")
        self.phone.respond(self.invite, what, self.own, body)


class SipPhone(asyncio.DatagramProtocol):
    """One telephone at one address. `calls` are those that came in and those it made, in order."""

    def __init__(self, user: str, address: str, server: tuple[str, int], hz: float) -> None:
        self.user, self.address, self.server, self.hz = user, address, server, hz
        self.port = 0
        self.calls: list[PhoneCall] = []
        self.others: list[SipMessage] = []
        """Requests and responses that belong to no call."""
        self.password = ""
        """With one, it is a registrar that asks for it."""
        self.registered: list[str] = []
        self._branches: dict[str, str] = {}
        self._unanswered: dict[str, asyncio.TimerHandle] = {}
        self._coming: set[str] = set()
        self._transport: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._nonce = secrets.token_hex(8)

    @classmethod
    async def open(
        cls,
        server_port: int,
        user: str = "79990000001",
        hz: float = 1000.0,
        address: str = "127.0.0.1",
        server: str = "",
    ) -> SipPhone:
        """Plug it in."""
        phone = cls(user, address, (server or "127.0.0.1", server_port), hz)
        loop = asyncio.get_running_loop()
        phone._transport, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=(address, 0))
        phone.port = phone._transport.get_extra_info("sockname")[1]
        return phone

    @property
    def uri(self) -> str:
        """Where it can be called."""
        return f"sip:{self.user}@{self.address}:{self.port}"

    async def call(self, number: str, name: str = "", to: str = "") -> PhoneCall:
        """Call somebody; returns at once."""
        own = f"{f'{name} ' if name else ''}<sip:{self.user}@{self.address}>;tag={secrets.token_hex(4)}"
        call = PhoneCall(self, f"{secrets.token_hex(8)}@test", own)
        call.voice = await Voice.open(self.address, self.hz)
        call.target = f"sip:{number}@{self.server[0]}:{self.server[1]}"
        call.other = f"<{to or call.target}>"
        self.calls.append(call)
        self.ask("INVITE", call, 1, self.sdp(call))
        return call

    def ask(self, method: str, call: PhoneCall, number: int, body: str = "", kind: str = "application/sdp") -> None:
        """Send a request of a call, until there is a response."""
        text = self.request(method, call, call.target, number, body, kind)
        self.send_until_answered(f"{call.id} {number} {method}", text, self.server)

    def send_until_answered(self, which: str, text: str, to: tuple[str, int], again_s: float = T1_S) -> None:
        """Send it now and again; `which` is the answer that ends it."""
        self.send(text, to)
        if again_s < GIVES_UP_S:
            loop = asyncio.get_running_loop()
            again = loop.call_later(again_s, self.send_until_answered, which, text, to, again_s * 2)
            self._unanswered[which] = again

    def _is_answered(self, which: str) -> None:
        waiting = self._unanswered.pop(which, None)
        if waiting is not None:
            waiting.cancel()

    def request(
        self, method: str, call: PhoneCall, uri: str, number: int, body: str = "", kind: str = "application/sdp"
    ) -> str:
        """The text of a request."""
        branch = self._branches.get(call.id, "")
        if method not in ("CANCEL", "ACK-OF-FAILURE") or not branch:
            branch = f"z9hG4bK{secrets.token_hex(8)}"
        if method == "INVITE":
            self._branches[call.id] = branch
        method = method.removesuffix("-OF-FAILURE")
        kind = f"Content-Type: {kind}\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address}:{self.port};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {call.own}\r\nTo: {call.other}\r\nCall-ID: {call.id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <{self.uri}>\r\n{kind}"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def respond(self, to: SipMessage, what: str, own: str = "", body: str = "", more: str = "") -> None:
        """Answer a request."""
        self.send(self.response(to, what, own, body, more), to.source)

    def response(self, to: SipMessage, what: str, own: str = "", body: str = "", more: str = "") -> str:
        """The text of an answer."""
        vias = "".join(f"Via: {via}\r\n" for via in to.headers.get("via", []))
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"SIP/2.0 {what}\r\n{vias}From: {to['from']}\r\nTo: {own or to['to']}\r\nCall-ID: {to['call-id']}\r\n"
            f"CSeq: {to['cseq']}\r\nContact: <{self.uri}>\r\n{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, text: str | bytes, to: tuple[str, int] | None = None) -> None:
        """Put it on the wire."""
        self._transport.sendto(text if isinstance(text, bytes) else text.encode(), to or self.server)

    def sdp(self, call: PhoneCall) -> str:
        """What we offer: µ-law, and keys."""
        port = call.voice.port if call.voice else 9
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 {TELEPHONE_EVENT}\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000\r\na=fmtp:{TELEPHONE_EVENT} 0-15\r\n"
            "a=ptime:20\r\na=sendrecv\r\n"
        )

    def datagram_received(self, packet: bytes, source: Any) -> None:
        message = SipMessage.parse(packet, source)
        call = next((one for one in self.calls if one.id == message["call-id"]), None)
        if message.code:
            self._take_response(message, call)
        elif call is not None:
            self._take_request(message, call)
        elif message.method == "INVITE":
            if message["call-id"] in self._coming:
                return
            self._coming.add(message["call-id"])
            task = asyncio.create_task(self._take_invite(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._take_other(message)

    async def _take_invite(self, message: SipMessage) -> None:
        own = f"{message['to']};tag={secrets.token_hex(4)}"
        target = message["contact"].strip("<>").split(">")[0]
        self.respond(message, "100 Trying")
        voice = await Voice.open(self.address, self.hz)
        voice.speak_to(message.voice_at)
        self.calls.append(PhoneCall(self, message["call-id"], own, message["from"], target, voice, message))

    def _take_request(self, message: SipMessage, call: PhoneCall) -> None:
        if message.method == "ACK":
            self._is_answered(f"{call.id} ACK")
        elif message.method == "BYE":
            self._is_answered(f"{call.id} ACK")
            self.respond(message, "200 OK")
            self._over(call)
        elif message.method == "CANCEL":
            self.respond(message, "200 OK", call.own)
            call.decline("487 Request Terminated")
            self._over(call)
        elif message.method == "INVITE" and call.is_up:
            self.respond(message, "200 OK", call.own, self.sdp(call))
        elif message.method != "INVITE":
            self.respond(message, "200 OK")

    def _take_response(self, message: SipMessage, call: PhoneCall | None) -> None:
        if call is None:
            self.others.append(message)
            return
        self._is_answered(f"{call.id} {message['cseq']}")
        call.answers.append(message.code)
        if message.method != "INVITE" or message.code < 200:
            return
        call.other = message["to"]
        if message.code >= 300:
            self.send(self.request("ACK-OF-FAILURE", call, call.target, 1))
            call.final = message.code
            self._over(call)
            return
        call.target = message["contact"].strip("<>").split(">")[0]
        self.send(self.request("ACK", call, call.target, 1))
        call.is_up, call.final = True, message.code
        if call.voice is not None and not call.is_over:
            call.voice.speak_to(message.voice_at)

    def _take_other(self, message: SipMessage) -> None:
        self.others.append(message)
        if message.method == "REGISTER" and self.password and not message.proves(self.password, self._nonce):
            ask = f'WWW-Authenticate: Digest realm="test", nonce="{self._nonce}", algorithm=MD5\r\n'
            self.respond(message, "401 Unauthorized", more=ask)
            return
        if message.method == "REGISTER":
            self.registered.append(message["contact"])
            self.respond(message, "200 OK", more="Expires: 300\r\n")
        elif message.method == "OPTIONS":
            self.respond(message, "200 OK")

    def _over(self, call: PhoneCall) -> None:
        call.is_over = True
        if call.voice is not None:
            call.voice.close()

    def vanish(self) -> None:
        """Without power: nothing is said to anybody any more, no goodbye either."""
        for call in self.calls:
            self._over(call)
        for which in list(self._unanswered):
            self._is_answered(which)
        self._transport.close()

    async def close(self) -> None:
        """Unplug it, hanging up."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for call in self.calls:
            call.hang_up()
            if call.voice is not None:
                call.voice.close()
        for which in list(self._unanswered):
            self._is_answered(which)
        self._transport.close()
        await asyncio.sleep(0)  # transports are closed by the loop's next turn
