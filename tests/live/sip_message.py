"""One SIP message, taken apart as far as the tests' telephone needs (RFC 3261, 7)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass


@dataclass(slots=True)
class SipMessage:
    """One SIP message, taken apart as far as the tests need."""

    first: str
    headers: dict[str, list[str]]
    body: str
    source: tuple[str, int] = ("", 0)

    @classmethod
    def parse(cls, packet: bytes, source: tuple[str, int]) -> SipMessage:
        """Take apart what arrived."""
        head, _, body = packet.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        return cls(first, headers, body, source)

    def __getitem__(self, name: str) -> str:
        return self.headers.get(name, [""])[0]

    @property
    def code(self) -> int:
        """A response's code, 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method, of a response that of its request."""
        return self["cseq"].split()[-1] if self.code else self.first.split()[0]

    @property
    def dialled(self) -> str:
        """The user of the request's address."""
        found = re.match(r"\S+ sips?:([^@]*)@", self.first)
        return found.group(1) if found else ""

    @property
    def voice_at(self) -> tuple[str, int]:
        """Where its sender wants to hear, as its SDP says."""
        address = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        assert address is not None, self.body
        assert port is not None, self.body
        return address.group(1), int(port.group(1))

    def proves(self, password: str, nonce: str) -> bool:
        """Whether a REGISTER carries the answer to what it was asked (digest, without qop)."""
        said = dict(re.findall(r'(\w+)="?([^",\s]+)"?', self["authorization"]))
        who = md5(f"{said.get('username')}:test:{password}")
        what = md5(f"REGISTER:{said.get('uri')}")
        return said.get("response") == md5(f"{who}:{nonce}:{what}")


def md5(text: str) -> str:
    """As digests are made of (RFC 2617)."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
