"""Is a port free, and if not, who has it? Reads /proc; says it in a sentence that names the setting to change."""

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from allo.installation import Installation

_LISTENING = "0A"
_STATES = {"tcp": _LISTENING, "udp": "07"}


@dataclass(frozen=True, slots=True)
class Door:
    """One port that Allo opens."""

    purpose: str
    kind: str
    """`tcp` or `udp`."""
    address: str
    port: int
    setting: str

    def is_free(self) -> bool:
        """Can it be bound now?"""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM if self.kind == "tcp" else socket.SOCK_DGRAM) as probe:
            if self.kind == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.address, self.port))
            except OSError:
                return False
        return True

    def taken_sentence(self) -> str:
        """Who has it, and what to do."""
        owner = owner_of(self.kind, self.port)
        by = f" by {owner}" if owner else ""
        return (
            f"{self.purpose} needs {self.kind.upper()} port {self.port} on {self.address}, which is taken{by}. "
            f"Stop that program, or choose another port: {self.setting}={self.port + 10} make run"
        )


def sip_doors(installation: Installation) -> list[Door]:
    """What Asterisk opens."""
    address, port = str(installation.sip_address), installation.sip_port
    return [
        Door("Telephony (SIP)", "udp", address, port, "ALLO_SIP_PORT"),
        Door("Telephony (SIP)", "tcp", address, port, "ALLO_SIP_PORT"),
        Door("Asterisk's control", "tcp", "127.0.0.1", installation.asterisk_http_port, "ALLO_ASTERISK_HTTP_PORT"),
    ]


def web_doors(installation: Installation) -> list[Door]:
    """What the web opens."""
    return [Door("The web pages", "tcp", str(installation.web_address), installation.web_port, "ALLO_WEB_PORT")]


def owner_of(kind: str, port: int) -> str:
    """`name (process 123)` of the program that has the port; empty when it belongs to another user."""
    inodes = set()
    for table in (Path(f"/proc/net/{kind}"), Path(f"/proc/net/{kind}6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                columns = line.split()
                if int(columns[1].rsplit(":", 1)[1], 16) == port and columns[3] == _STATES[kind]:
                    inodes.add(f"socket:[{columns[9]}]")
    return _holder(inodes) if inodes else ""


def _holder(sockets: set[str]) -> str:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(str(descriptor.readlink()) in sockets for descriptor in (process / "fd").iterdir()):
                return f"{program_name(process)} (process {process.name})"
    return ""


def program_name(process: Path) -> str:
    """The program's own name; the loader which starts private copies is looked through."""
    words = [word.decode(errors="replace") for word in (process / "cmdline").read_bytes().split(b"\0")]
    own = words[words.index("--argv0") + 1] if "--argv0" in words[:-1] else words[0]
    return Path(own).name or (process / "comm").read_text().strip()
