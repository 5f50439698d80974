"""SIP telephones for tests without a loop: they live in a thread of their own, and go on talking while a test waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.live.sip_phone import PhoneCall, SipPhone
from tests.waiting import until

T = TypeVar("T")
WITHIN_S = 60.0


class Telephones:
    """Several telephones. All that is done with one of them is done by `run` or `do`, in their thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._phones: list[SipPhone] = []

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there, to its end."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(WITHIN_S)

    def do(self, what: Callable[[], T]) -> T:
        """Call something there."""

        async def done() -> T:
            return what()

        return self.run(done())

    def open(self, server_port: int, user: str, hz: float, address: str = "127.0.0.1") -> SipPhone:
        """One more telephone."""
        phone = self.run(SipPhone.open(server_port, user, hz, address))
        self._phones.append(phone)
        return phone

    def answers(self, phone: SipPhone) -> PhoneCall:
        """Take the first call that comes to it."""
        self.run(until(lambda: phone.calls))
        self.do(phone.calls[0].answer)
        return phone.calls[0]

    def close(self) -> None:
        """Unplug all of them."""
        for phone in self._phones:
            self.run(phone.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
