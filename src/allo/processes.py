"""Operating-system processes by identity, not by number alone: a number is reused, number and start time are not.

A process that we did not start ourselves (left over by a supervisor that was killed) can be watched and ended in the
same way as a child. Linux only (pidfd, /proc).
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_START_TIME = 19  # field 22 of /proc/PID/stat, counted from the state which follows the name


def start_ticks(pid: int) -> int | None:
    """When the process was started, in the kernel's ticks; None when there is none (or only its remains)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[_START_TIME])


@dataclass(slots=True)
class Process:
    """One running program."""

    pid: int
    ticks: int
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, command: list[str], log: Path, environment: dict[str, str] | None = None) -> "Process":
        """Start it in a session of its own: Ctrl-C in the terminal reaches the supervisor alone. Raises OSError."""
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        return cls(child.pid, start_ticks(child.pid) or 0, child)

    @classmethod
    def find(cls, pid: int, ticks: int) -> "Process | None":
        """The process of that identity, if it is still there."""
        return cls(pid, ticks) if start_ticks(pid) == ticks else None

    def is_running(self) -> bool:
        """Is it there?"""
        if self.child is not None:
            return self.child.poll() is None
        return start_ticks(self.pid) == self.ticks

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def ended(self) -> str:
        """Wait for its end; returns in words how it ended."""
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                await _readable(os.pidfd_open(self.pid))
        if self.child is None:
            return "ended"
        code = self.child.wait()
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    async def stop(self, within_s: float) -> None:
        """Ask it to end, then end it."""
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(within_s):
                await self.ended()
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self.ended()

    def stop_now(self, within_s: float) -> None:
        """As stop, for a caller without an event loop; returns at latest a second after the time."""
        for number, until_s in ((signal.SIGTERM, within_s), (signal.SIGKILL, 1.0)):
            self.signal(number)
            last = time.monotonic() + until_s
            while self.is_running() and time.monotonic() < last:
                time.sleep(0.02)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
