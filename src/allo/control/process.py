"""The control process: its lock, its doors, its start and its end. See `__main__`."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web

from allo.ari.telephony import Telephony
from allo.control.api import Api
from allo.control.centre import Centre
from allo.installation import Installation

logger = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""How long a thread of the database may keep the interpreter while the loop wants it. Python's own 5 ms would be paid
at each of the loop's system calls: hundreds of milliseconds a call under load (bench/README.md)."""


async def serve(
    installation: Installation,
    stopping: asyncio.Event,
    make_telephony: Callable[[Installation, Callable[[str], str]], Telephony] = Telephony,
) -> None:
    """Run until `stopping` is set."""
    centre = Centre(installation, make_telephony)
    centre.remember()
    api = Api(centre.runner, centre.feed, centre.telephony, centre.configuration.changed, centre.health)
    doors = await open_doors(installation, api)
    centre.start()
    gc.freeze()  # what is here now stays: later collections need not look at it
    logger.info("Control is up.")
    await stopping.wait()
    api.close()
    await asyncio.gather(*(door.cleanup() for door in doors))
    await centre.stop()
    logger.info("Control has stopped.")


async def open_doors(installation: Installation, api: Api) -> list[web.AppRunner]:
    """The Unix socket, for this user alone, and TCP where the installation wants it."""
    quiet: dict[str, Any] = {"access_log": None, "shutdown_timeout": 0.5}
    inside = web.AppRunner(api.application(), **quiet)
    await inside.setup()
    path = installation.control_socket
    path.unlink(missing_ok=True)
    umask = os.umask(0o177)
    try:
        await web.UnixSite(inside, str(path)).start()
    finally:
        os.umask(umask)
    if not installation.control_listen:
        return [inside]
    outside = web.AppRunner(api.application(installation.secrets().control_token), **quiet)
    await outside.setup()
    host, _, port = installation.control_listen.rpartition(":")
    await web.TCPSite(outside, host.strip("[]"), int(port)).start()
    return [inside, outside]


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop, whose turns cost less (ADR 0004); asyncio's own loop where there is no wheel of it."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def take_lock(path: Path) -> TextIO:
    """Become this installation's control, or end with a sentence."""
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("Another control runs for this installation.")
    return lock


async def run(
    installation: Installation, make_telephony: Callable[[Installation, Callable[[str], str]], Telephony] = Telephony
) -> None:
    """Run until SIGTERM or Ctrl-C."""
    sys.setswitchinterval(SWITCH_S)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    await serve(installation, stopping, make_telephony)
