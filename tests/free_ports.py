"""Ports which nobody has now, so that tests run beside a real centre and beside each other."""

import random
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

from allo.installation import Installation

# Below and above the range from which the system itself takes ports for outgoing connections (Linux: 32768 to 60999):
# one of those could be taken by anybody between our choice and the start of what is to listen there.
RTP_BLOCK = 1000
_RTP_BLOCKS = range(10_000, 32_000, RTP_BLOCK)
_PORTS = range(61_000, 65_536)


def free_port() -> int:
    """A port free for TCP and UDP on loopback."""
    chance = random.SystemRandom()
    tries = (chance.choice(_PORTS) for _ in _PORTS)
    return next(port for port in tries if _is_free(port, socket.SOCK_STREAM) and _is_free_udp(port))


def free_ports(count: int) -> list[int]:
    """So many different ones: nobody listens at the first yet when the next is chosen."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


def _is_free_udp(port: int) -> bool:
    return _is_free(port, socket.SOCK_DGRAM)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections in TIME_WAIT are nobody
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_rtp_start() -> int:
    """The first port of a block of media ports that nobody seems to use."""
    blocks = list(_RTP_BLOCKS)
    random.SystemRandom().shuffle(blocks)
    return next(start for start in blocks if all(_is_free_udp(port) for port in range(start, start + RTP_BLOCK, 50)))


def free_installation(home: Path, **fields: Any) -> Installation:
    """An installation in `home` on free ports; `fields` override."""
    rtp_start = free_rtp_start()
    web_port, sip_port, asterisk_http_port = free_ports(3)
    chosen = {
        "home": home,
        "web_port": web_port,
        "sip_port": sip_port,
        "asterisk_http_port": asterisk_http_port,
        "rtp_start": rtp_start,
        "rtp_end": rtp_start + RTP_BLOCK - 1,
    }
    return Installation(**{**chosen, **fields})
