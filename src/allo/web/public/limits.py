"""How many calls one address may begin from the public page.

Two windows, counted in Django's cache: a short one against impatience and scripts, a long one against
annoyance. The cache is each web process's own unless the installation configures a shared one.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

from django.core.cache import cache

IPV6_HOME_BITS = 64
"""One household has a whole network of these; each address of it counts as the same visitor."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``most`` in any window of ``lasts_s``."""

    lasts_s: int
    most: int


WINDOWS = (Window(60, 6), Window(3600, 40))


def visitor(address: str) -> str:
    """Return who is counted as one: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, IPV6_HOME_BITS), strict=False))
    return str(parsed)


def wait_s(address: str, now: float | None = None) -> int:
    """Count one more call of ``address``; return 0, or the seconds until the next one is allowed."""
    at = time.time() if now is None else now
    waits = [_count(visitor(address), window, at) for window in WINDOWS]
    return max(waits)


def _count(who: str, window: Window, at: float) -> int:
    number, passed = divmod(at, window.lasts_s)
    key = f"call-limit:{window.lasts_s}:{int(number)}:{who}"
    cache.add(key, 0, timeout=window.lasts_s + 5)
    try:
        count = cache.incr(key)
    except ValueError:  # it expired between the two lines: the window is over
        return 0
    return max(1, int(window.lasts_s - passed)) if count > window.most else 0
