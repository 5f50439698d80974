"""`python -m tests.control.without_asterisk`: control as it is, with fake telephones, for work on the pages.

Calls are made by lines on standard input: the name of an event and its fields, such as
`CallArrived call_id=c1 number=100 caller=+79991234567`, `PlaybackFinished call_id=c1 prompt=1`,
`LegAnswered leg_id=c1-a1`, `LegEnded leg_id=c1`, `DeviceUp agent_id=1`.
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

    made: list[FakeTelephony] = []

    def make(*arguments: Any) -> Any:
        made.append(FakeTelephony(*arguments))
        return made[0]

    def line() -> None:
        name, *fields = sys.stdin.readline().split() or [""]
        if name in INPUTS:
            event: Any = msgspec.convert(dict(field.split("=", 1) for field in fields), INPUTS[name])
            made[0].on_event(event)
        elif not name:
            asyncio.get_running_loop().remove_reader(sys.stdin)

    asyncio.get_running_loop().add_reader(sys.stdin, line)
    await process.serve(installations.current(), asyncio.Event(), make)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allo.web.settings")
    django.setup()
    installations.current().make_folders()
    asyncio.run(_run())
