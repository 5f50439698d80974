"""Numbered updates for the pages: a snapshot at `seq` and every update after it give the next snapshot.

Decides when a value is published: all changes within `FLUSH_AFTER_S` become one update a key, and a value that is
as it was before is not sent. Readers that fell behind the ring of `KEPT` updates are told of the gap and take a
fresh snapshot. Numbers go on growing over restarts: they begin at the start's milliseconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from allo.control.views import Touched, Value, Views

FLUSH_AFTER_S = 0.02
KEPT = 20_000

_encoder = msgspec.json.Encoder()


class Update(msgspec.Struct, frozen=True):
    """One change of one value; None: it is no more."""

    seq: int
    key: str
    value: Value | None


class Feed:
    """What has been published so far, and who waits for more."""

    def __init__(self, first_seq: int, views: Callable[[], Views]) -> None:
        self.seq = first_seq
        self.items: dict[str, Value] = {}
        self._views = views
        self._touched: set[Touched] = set()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._flush_handle: asyncio.TimerHandle | None = None
        self._news = asyncio.Event()

    # What changes

    def touch(self, touched: Iterable[Touched]) -> None:
        """These things may have changed: publish them soon."""
        self._touched.update(touched)
        if self._flush_handle is None and self._touched:
            self._flush_handle = asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self.flush)

    def touch_all(self) -> None:
        """Anything may have changed, or gone."""
        known = {(kind, id_) for kind, _, id_ in (key.partition(":") for key in self.items) if id_}
        state = self._views().state
        known |= {("call", id_) for id_ in state.calls} | {("agent", id_) for id_ in state.agents}
        self.touch(known | {("queue", id_) for id_ in state.queues})

    def flush(self) -> None:
        """Publish what has changed, now."""
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None
        views = self._views()
        touched, self._touched = self._touched, set()
        staff = {("queue", queue_id) for kind, id_ in touched if kind == "agent" for queue_id in views.queues_of(id_)}
        for kind, id_ in sorted(touched | staff):
            self.publish(f"{kind}:{id_}", views.value(kind, id_))

    def publish(self, key: str, value: Value | None) -> None:
        """Send one value if it is news."""
        if self.items.get(key) == value:
            return
        if value is None:
            self.items.pop(key, None)
        else:
            self.items[key] = value
        self.seq += 1
        self._ring.append((self.seq, _encoder.encode(Update(self.seq, key, value)) + b"\n"))
        self._news.set()

    # What readers get

    def snapshot(self) -> bytes:
        """`{"seq", "items"}`: everything published."""
        return _encoder.encode({"seq": self.seq, "items": self.items})

    def after(self, seq: int) -> tuple[list[bytes], int] | None:
        """Lines of the updates after `seq` and the number they lead to; None when some of them are gone."""
        if seq == self.seq:
            return [], seq
        if seq > self.seq or not self._ring or seq < self._ring[0][0] - 1:
            return None
        newer = min(self.seq - seq, len(self._ring))
        lines = [self._ring[place][1] for place in range(len(self._ring) - newer, len(self._ring))]
        return lines, self.seq

    async def news(self, seq: int, within_s: float) -> None:
        """Return when there is more than `seq`, or the time is up."""
        if self.seq != seq:
            return
        self._news.clear()
        try:
            async with asyncio.timeout(within_s):
                await self._news.wait()
        except TimeoutError:
            return


def decode_update(line: bytes) -> dict[str, Any]:
    """A line as its readers see it."""
    update: dict[str, Any] = msgspec.json.decode(line)
    return update
