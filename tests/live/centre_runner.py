"""A whole centre of one test's own: `allo up` with Asterisk, control and web, on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from allo.installation import Installation
from allo.start import environment
from tests.live.asterisk_runner import RunningAsterisk
from tests.waiting import wait_until

PATIENCE_S = 90


@dataclass(slots=True)
class RunningCentre:
    """`allo up` under the test's control."""

    installation: Installation
    child: "subprocess.Popen[bytes]"
    output: Path

    @classmethod
    def start(cls, installation: Installation) -> "RunningCentre":
        """Start it; returns once all three processes answer, none of them started twice for it."""
        descriptor, name = tempfile.mkstemp(".log", "up-", installation.log_folder)
        with os.fdopen(descriptor, "wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "allo.cli", "up"],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=cls.environment(installation),
            )
        centre = cls(installation, child, Path(name))
        try:
            wait_until(centre._is_up, centre.logs, PATIENCE_S)
            assert "starting it again" not in centre.said(), centre.logs()
        except BaseException:
            centre.stop()
            raise
        return centre

    def _is_up(self) -> bool:
        assert self.child.poll() is None, f"allo up ended: {self.said()}"
        return "Allo is running." in self.said()

    @staticmethod
    def environment(installation: Installation) -> dict[str, str]:
        """What a program needs that works on this centre's tables, or asks its control."""
        inherited = environment(installation)
        inherited["DJANGO_SETTINGS_MODULE"] = "allo.web.settings"
        return inherited

    def said(self) -> str:
        """What `allo up` has printed."""
        return self.output.read_text(errors="replace")

    def logs(self) -> str:
        """The end of every log, for a failed test."""
        return "\n".join(
            f"== {file.name}\n{file.read_text(errors='replace')[-2000:]}"
            for file in sorted(self.installation.log_folder.glob("*.log"))
        )

    def pid(self, name: str) -> int:
        """The process number of `asterisk`, `control` or `web` now."""
        record = json.loads((self.installation.run_folder / "processes.json").read_text())
        pid: int = record[name]["pid"]
        return pid

    def signal(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one of the three; returns its process number."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_for_another(self, name: str, than: int) -> None:
        """Return once a new process of that name answers."""
        wait_until(lambda: self.pid(name) != than and self.answers(name), self.logs, PATIENCE_S)

    def answers(self, name: str) -> bool:
        """Does it answer now?"""
        here = self.installation
        try:
            if name == "control":
                return _control_answers(here.control_socket)
            if name == "web":
                return httpx.get(f"http://127.0.0.1:{here.web_port}/healthz", trust_env=False, timeout=2).is_success
            return self.asterisk().ari("GET", "/asterisk/ping").is_success
        except (httpx.TransportError, OSError):
            return False

    def asterisk(self) -> RunningAsterisk:
        """Its Asterisk, to be asked (not to be stopped) in the way of `running_asterisk`."""
        return RunningAsterisk(self.installation, self.child)

    def kill_supervisor(self) -> None:
        """Kill -9 `allo up` itself; its three processes are left behind."""
        self.child.kill()
        self.child.wait()

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
        return self.child.wait(60)


def _control_answers(address: Path) -> bool:
    # httpx leaks its socket when nobody listens at the address, and tests take that for an error.
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(2)
        connection.connect(str(address))
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\r\n")
        return b" 200 " in connection.recv(64)
