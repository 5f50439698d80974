"""A caller with a voice: one SIP call over UDP that sends a tone and listens to what comes back.

Small on purpose: one call, G.711, no registration. What it hears is kept by the second, so that a test can ask
whether it hears the agent's tone, music or silence now, and which keys were pressed (RFC 4733). It presses keys too,
and with `listen()` it is a customer who is called and answers.
"""

from __future__ import annotations

import random
import re
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from tests.browser import sound
from tests.free_ports import free_port

FRAME = 160  # samples in 20 ms of G.711
KEYS = "0123456789*#"
KEY_FRAMES = 10
"""A pressed key takes the place of so many frames of sound, with a pause after it."""
ULAW, TELEPHONE_EVENT = 0, 101


@dataclass
class SipCaller:
    """Calls `number` at `port` as `caller`; `hertz` is the tone that it sends, 0 for silence."""

    port: int
    number: str = "100"
    caller: str = "79001112233"
    hertz: float = 1000
    own_port: int = 0
    """Where it is reached; 0: any free port."""
    answered_at: float = 0.0
    ended_at: float = 0.0
    code: int = 0
    """The last SIP status that came for the call."""
    keys: str = ""
    invited: str = ""
    """What rings here and is not answered, as it came."""
    _heard: list[np.ndarray] = field(default_factory=list)
    _heard_at: list[float] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sip, self._rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self._sip.bind(("127.0.0.1", self.own_port or free_port()))
        self._rtp.bind(("127.0.0.1", free_port()))
        for one in (self._sip, self._rtp):
            one.settimeout(0.1)
        own = f'"{self.caller}" <sip:{self.caller}@127.0.0.1>'
        self._from = f"{own};tag={random.getrandbits(48):x}"
        self._call_id = f"{random.getrandbits(64):x}@127.0.0.1"
        self._branch = f"z9hG4bK{random.getrandbits(64):x}"
        self._to = f"<sip:{self.number}@127.0.0.1:{self.port}>"
        self._contact = f"sip:{self.number}@127.0.0.1:{self.port}"
        self._far: tuple[str, int] | None = None
        self._last_event = -1
        self._has_call, self._stays = False, True
        self._to_press: deque[str] = deque()
        self._is_over = threading.Event()

    # What a test does -------------------------------------------------------------------------------

    def call(self) -> SipCaller:
        """Dial."""
        self.listen()
        self._stays, self._has_call = False, True
        self._send(self._request("INVITE", self._offer()))
        return self

    def listen(self) -> SipCaller:
        """Be there, to be called, again and again."""
        for work in (self._signal, self._speak, self._listen):
            thread = threading.Thread(target=work, daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def answer(self) -> None:
        """Accept what rings."""
        invite, self.invited = self.invited, ""
        self._media(invite)
        self._reply(invite, "200 OK", self._offer())
        self.answered_at = time.monotonic()

    def press(self, *keys: str) -> None:
        """Press keys, each for a tenth of a second."""
        self._to_press.extend(keys)

    def hang_up(self) -> None:
        """Leave for good, in whatever state the call is; harmless when it is over."""
        if not self.ended_at and self._has_call:
            self.leave()
            self._is_over.wait(3)
        self._is_over.set()
        for thread in self._threads:
            thread.join(3)
        self._sip.close()
        self._rtp.close()

    def leave(self) -> None:
        """End the call."""
        self._send(self._request("BYE", cseq=2) if self.answered_at else self._request("CANCEL"))

    def hears(self, last_s: float = 0.5) -> np.ndarray:
        """The samples (-1..1, 8000 a second) of the last so many seconds; fewer when less has come."""
        frames = self._heard[-int(last_s * 50) :]
        return np.concatenate(frames) if frames else np.zeros(0, dtype=np.float32)

    def packets(self) -> int:
        """How many packets of sound have come."""
        return len(self._heard)

    def first_heard(self, hertz: float, since: float) -> float | None:
        """When (monotonic) the first 60 ms of a tone were complete, not before `since`; None: not yet."""
        for last in range(3, len(self._heard) + 1):
            if self._heard_at[last - 3] >= since:
                three = np.concatenate(self._heard[last - 3 : last])
                if sound.loudness(three) > 0.1 and sound.share_of(three, hertz, width_hz=60) > 0.8:
                    return self._heard_at[last - 1]
        return None

    # SIP ---------------------------------------------------------------------------------------------

    def _request(self, method: str, body: str = "", cseq: int = 1) -> str:
        own_port = self._sip.getsockname()[1]
        branch = self._branch if method in {"INVITE", "CANCEL"} else f"z9hG4bK{random.getrandbits(64):x}"
        target = f"sip:{self.number}@127.0.0.1:{self.port}" if method in {"INVITE", "CANCEL"} else self._contact
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{own_port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {self._from}",
            f"To: {self._to}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:{self.caller}@127.0.0.1:{own_port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def _offer(self) -> str:
        rtp_port = self._rtp.getsockname()[1]
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {rtp_port} RTP/AVP {ULAW} {TELEPHONE_EVENT}",
            f"a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000",
            f"a=fmtp:{TELEPHONE_EVENT} 0-11",
            "a=ptime:20",
            "a=sendrecv",
        ]
        return "\r\n".join(lines) + "\r\n"

    def _send(self, message: str) -> None:
        self._sip.sendto(message.encode(), ("127.0.0.1", self.port))

    def _signal(self) -> None:
        while not self._is_over.is_set():
            try:
                message = self._sip.recv(65535).decode(errors="replace")
            except TimeoutError:
                continue
            if message.startswith("SIP/2.0"):
                self._response(message)
            elif message.split(" ", 1)[0] in {"BYE", "CANCEL", "OPTIONS", "INVITE", "UPDATE"}:
                self._far_request(message)

    def _response(self, message: str) -> None:
        code = int(message.split(" ", 2)[1])
        method = _header(message, "CSeq").split()[-1]
        if method != "INVITE":
            if method == "BYE":
                self._ended()
            return
        self.code = code
        if code < 200:
            return
        self._to = _header(message, "To")
        if code < 300:
            self._contact = re.sub(r"[<>]", "", _header(message, "Contact").split(";")[0])
            self._media(message)
            self._send(self._request("ACK"))
            self.answered_at = self.answered_at or time.monotonic()
        else:
            self._send(self._request("ACK").replace(self._contact, f"sip:{self.number}@127.0.0.1:{self.port}", 1))
            self._ended()

    def _far_request(self, message: str) -> None:
        if message.startswith("INVITE") and not self.answered_at:
            self._rung(message)
            return
        body = self._offer() if message.startswith(("INVITE", "UPDATE")) else ""
        self._reply(message, "200 OK", body)
        if body:
            self._media(message)
        if message.startswith("CANCEL") and self.invited:
            self._reply(self.invited, "487 Request Terminated")
            self.invited = ""
        if message.startswith(("BYE", "CANCEL")):
            self._ended()

    def _rung(self, message: str) -> None:
        """Somebody calls: from here on, requests of ours are for that dialogue."""
        if not self.invited:
            self._from = f"{_header(message, 'To')};tag={random.getrandbits(48):x}"
            self._to, self._call_id = _header(message, "From"), _header(message, "Call-ID")
            self._contact = re.sub(r"[<>]", "", _header(message, "Contact").split(";")[0])
            self.invited, self._has_call = message, True
        self._reply(message, "180 Ringing")

    def _reply(self, message: str, says: str, body: str = "") -> None:
        kept = [f"{name}: {_header(message, name)}" for name in ("Via", "From", "Call-ID", "CSeq")]
        is_ours = _header(message, "Call-ID") == self._call_id and ";tag=" not in _header(message, "To")
        own_port = self._sip.getsockname()[1]
        more = [
            f"To: {self._from if is_ours else _header(message, 'To')}",
            f"Contact: <sip:{self.caller}@127.0.0.1:{own_port}>",
            *(["Content-Type: application/sdp"] if body else []),
        ]
        self._send("\r\n".join([f"SIP/2.0 {says}", *kept, *more, f"Content-Length: {len(body)}"]) + "\r\n\r\n" + body)

    def _ended(self) -> None:
        if self._stays:
            self.answered_at, self._has_call, self._far = 0.0, False, None
            return
        self.ended_at = self.ended_at or time.monotonic()
        self._is_over.set()

    # Sound -------------------------------------------------------------------------------------------

    def _media(self, message: str) -> None:
        host, port = (
            re.search(r"^c=IN IP4 (\S+)", message, re.MULTILINE),
            re.search(r"^m=audio (\d+)", message, re.MULTILINE),
        )
        if host and port:
            self._far = host[1], int(port[1])

    def _speak(self) -> None:
        sent, start = 0, time.monotonic()
        source = random.getrandbits(32)
        while not self._is_over.wait(max(0.0, start + sent * 0.02 - time.monotonic())):
            if self._far and self._to_press:
                self._press(self._to_press.popleft(), sent, source)
                sent += KEY_FRAMES
                continue
            if self._far:
                at = (np.arange(FRAME) + sent * FRAME) / sound.RATE
                voice = 0.5 * np.sin(2 * np.pi * self.hertz * at)
                head = struct.pack("!BBHII", 0x80, ULAW, sent & 0xFFFF, (sent * FRAME) & 0xFFFFFFFF, source)
                self._rtp.sendto(head + sound.to_ulaw(voice), self._far)
            sent += 1

    def _press(self, key: str, sent: int, source: int) -> None:
        """A key is told several times while it lasts, its end three times, all with the instant of its beginning."""
        if self._far is None:
            return
        for number in range(KEY_FRAMES - 2):
            is_end = number >= KEY_FRAMES - 5
            kind = TELEPHONE_EVENT | (0x80 if number == 0 else 0)
            lasts = min(number + 1, KEY_FRAMES - 5) * FRAME
            at = sent * FRAME & 0xFFFFFFFF
            head = struct.pack("!BBHII", 0x80, kind, (sent + number) & 0xFFFF, at, source)
            event = struct.pack("!BBH", KEYS.index(key), 10 | (0x80 if is_end else 0), lasts)
            self._rtp.sendto(head + event, self._far)
            time.sleep(0.02)

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                packet = self._rtp.recv(2048)
            except TimeoutError:
                continue
            kind = packet[1] & 0x7F
            if kind == ULAW:
                self._heard_at.append(time.monotonic())
                self._heard.append(sound.from_ulaw(packet[12:]))
            elif kind == TELEPHONE_EVENT:
                at = struct.unpack("!I", packet[4:8])[0]
                if at != self._last_event and packet[12] < len(KEYS):
                    self._last_event = at
                    self.keys += KEYS[packet[12]]


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
