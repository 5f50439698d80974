"""SIP by the pages' websocket in the test's own hands: one account (or a stolen name), whatever it likes to send."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

import aiohttp

from allo.ari.phones import PhoneAccount
from tests.live.sip_message import SipMessage, md5

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 127.0.0.1\r\na=mid:0\r\na=rtcp-mux\r\na=sendrecv\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\na=setup:actpass\r\n"
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
)


@dataclass
class WebPhone:
    """Sends requests as `account` and answers what it is asked for: its password."""

    socket: aiohttp.ClientWebSocketResponse
    account: PhoneAccount
    received: list[SipMessage] = field(default_factory=list)

    async def ask(
        self,
        method: str,
        to: str = "100",
        *,
        sender: str = "",
        own: str = "",
        more: str = "",
        body: str = "",
        kind: str = "application/sdp",
    ) -> SipMessage:
        """Send a request and return its final response; `sender` is From, `more` are further headers."""
        call_id, uri = f"{secrets.token_hex(8)}@test", f"sip:{to}@allo"
        who = sender or f"<{self.account.uri}>"
        content = f"Content-Type: {kind}\r\n" if body else ""
        own = own or f"<sip:{self.account.username}@nowhere.invalid;transport=ws>"
        proof = ""
        for number in (1, 2):
            await self.socket.send_str(
                f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS nowhere.invalid;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
                f"Max-Forwards: 70\r\nFrom: {who};tag={call_id[:8]}\r\nTo: <{uri}>\r\nCall-ID: {call_id}\r\n"
                f"CSeq: {number} {method}\r\nContact: {own}\r\n{more}{proof}"
                f"{content}Content-Length: {len(body)}\r\n\r\n{body}"
            )
            answer = await self._final(call_id, f"{number} {method}")
            if answer.code not in (401, 407) or number == 2:
                return answer
            proof = self._proof(answer, method, uri)
        raise AssertionError("unreachable")

    async def _final(self, call_id: str, cseq: str) -> SipMessage:
        while True:
            message = SipMessage.parse((await self.socket.receive_str(timeout=30)).encode(), ("", 0))
            self.received.append(message)
            if message["call-id"] == call_id and message["cseq"] == cseq and message.code >= 200:
                return message

    def _proof(self, challenge: SipMessage, method: str, uri: str) -> str:
        asked = dict(re.findall(r'(\w+)="?([^",\s]+)"?', challenge["www-authenticate"]))
        who = md5(f"{self.account.username}:{asked['realm']}:{self.account.password}")
        middle = f"{asked['nonce']}:00000001:abc:auth"
        response = md5(f"{who}:{middle}:{md5(f'{method}:{uri}')}")
        opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
        return (
            f'Authorization: Digest username="{self.account.username}", realm="{asked["realm"]}", uri="{uri}", '
            f'nonce="{asked["nonce"]}", response="{response}", algorithm=MD5, cnonce="abc", qop=auth, nc=00000001'
            f"{opaque}\r\n"
        )
