"""How often one address may do what strangers may do: begin a call from the public page, try a password.

Each limit has one or more windows (a short one against impatience and scripts, a long one against annoyance), counted
in Django's cache. The cache is each web process's own unless the installation configures a shared one.
"""

from __future__ import annotations

import ipaddress
import time
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache

IPV6_HOME_BITS = 64
"""One household has a whole network of these; each address of it counts as the same visitor."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``most`` in any window of ``lasts_s``."""

    lasts_s: int
    most: int


@dataclass(frozen=True, slots=True)
class Limit:
    """What is limited, and to how often."""

    name: str
    windows: tuple[Window, ...]

    def wait_s(self, address: str, now: float | None = None) -> int:
        """Count once more for ``address``; return 0, or the seconds until the next one is allowed."""
        at = time.time() if now is None else now
        return max(self._count(visitor(address), window, at) for window in self.windows)

    def give_back(self, address: str, now: float | None = None) -> None:
        """The last one shall not count after all."""
        at = time.time() if now is None else now
        for window in self.windows:
            with suppress(ValueError):  # it expired meanwhile
                cache.decr(self._key(visitor(address), window, at))

    def _count(self, who: str, window: Window, at: float) -> int:
        key = self._key(who, window, at)
        cache.add(key, 0, timeout=window.lasts_s + 5)
        try:
            count = cache.incr(key)
        except ValueError:  # it expired between the two lines: the window is over
            return 0
        return max(1, int(window.lasts_s - at % window.lasts_s)) if count > window.most else 0

    def _key(self, who: str, window: Window, at: float) -> str:
        return f"{self.name}-limit:{window.lasts_s}:{int(at // window.lasts_s)}:{who}"


CALLS = Limit("call", (Window(60, 6), Window(3600, 40)))
WRONG_PASSWORDS = Limit("wrong-password", (Window(60, 60),))
"""Each costs half a second of a processor, and the voice runs on the same ones. An office behind one address has many
typos at the beginning of a shift; who signs in does not count."""


def visitor(address: str) -> str:
    """Return who is counted as one: an IPv4 address, or the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, IPV6_HOME_BITS), strict=False))
    return str(parsed)
