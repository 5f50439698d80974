"""`python -m tests.control.without_asterisk`: control as it is, with fake telephones, for tests and work on the pages.

Calls are made by lines on standard input: the name of an event and its fields, such as
`CallArrived call_id=c1 number=100 caller=+79991234567`, `PlaybackFinished call_id=c1 prompt=1`,
`LegAnswered leg_id=c1-a1`, `LegEnded leg_id=c1`, `DeviceUp agent_id=1`. SIGTERM and Ctrl-C end it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import django
import msgspec

from allo import installation as installations


async def _run() -> None:
    from allo.control import process
    from allo.control.wire import INPUTS
    from tests.control.fake_telephony import FakeTelephony

    made: asyncio.Future[FakeTelephony] = asyncio.get_running_loop().create_future()

    def make(*arguments: Any) -> Any:
        telephony = FakeTelephony(*arguments)
        made.set_result(telephony)
        return telephony

    async def listen() -> None:
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        telephony = await made
        async for line in lines:
            name, *fields = line.decode().split() or [""]
            if name in INPUTS:
                told = dict(field.split("=", 1) for field in fields)
                telephony.on_event(msgspec.convert(told, INPUTS[name], strict=False))

    listening = asyncio.create_task(listen())
    await process.run(installations.current(), make)
    listening.cancel()


def main() -> None:
    """Run until a signal, as `allo.control` does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allo.web.settings")
    django.setup()
    from allo.control import process

    here = installations.current()
    here.make_folders()
    lock = process.take_lock(here.run_folder / "control.lock")
    try:
        asyncio.run(_run())
    finally:
        lock.close()


if __name__ == "__main__":
    main()
