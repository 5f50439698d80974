"""The tests' own telephone sends again what was lost, and nothing that was answered."""

from __future__ import annotations

import asyncio

from tests.live.sip_phone import T1_S, SipPhone
from tests.waiting import until


async def test_a_lost_request_is_sent_again_and_an_answered_one_is_not() -> None:
    phone, other = await SipPhone.open(9), await SipPhone.open(9, "5")
    phone.server = ("127.0.0.1", other.port)
    other.server = ("127.0.0.1", phone.port)
    received: list[str] = []
    take = other.datagram_received

    def lossy(packet: bytes, source: tuple[str, int]) -> None:
        received.append(packet.decode().split()[0])
        if received.count(received[-1]) > 1:  # the first of each is lost
            take(packet, source)

    other.datagram_received = lossy  # type: ignore[method-assign]
    try:
        call = await phone.call("5")
        await until(lambda: other.calls)
        other.calls[0].answer()
        await until(lambda: call.is_up)
        await until(lambda: received.count("ACK") == 2)  # the first was lost: the answer came again
        call.hang_up()
        await until(lambda: other.calls[0].is_over)
        await asyncio.sleep(2.5 * T1_S)
        assert received == ["INVITE", "INVITE", "ACK", "ACK", "BYE", "BYE"]
    finally:
        await phone.close()
        await other.close()
