"""Ports which nobody has now, so that tests run beside a real centre and beside each other."""

import random
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

from allo.installation import Installation

RTP_BLOCK = 1000
_RTP_BLOCKS = range(10_000, 32_000, RTP_BLOCK)  # below the range which the system itself hands out


def free_port() -> int:
    """A port free for TCP and UDP on loopback."""
    while True:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as tcp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            if _is_free_udp(port):
                return port


def _is_free_udp(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as udp:
        try:
            udp.bind(("127.0.0.1", port))
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
    chosen = {
        "home": home,
        "web_port": free_port(),
        "sip_port": free_port(),
        "asterisk_http_port": free_port(),
        "rtp_start": rtp_start,
        "rtp_end": rtp_start + RTP_BLOCK - 1,
    }
    return Installation(**{**chosen, **fields})
