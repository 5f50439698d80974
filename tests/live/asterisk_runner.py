"""A real Asterisk of one test's own, and real SIP calls into it."""

import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from allo.ari import process
from allo.installation import Installation
from tests.free_ports import free_port
from tests.waiting import wait_until


@dataclass(slots=True)
class RunningAsterisk:
    """Asterisk under the test's control. `ari` speaks its REST interface; `cli` its console."""

    installation: Installation
    child: subprocess.Popen[bytes]

    @classmethod
    def start(cls, installation: Installation) -> "RunningAsterisk":
        """Start it and wait until ARI answers."""
        asterisk = cls(installation, cls._launch(installation))
        asterisk.wait_until_up()
        return asterisk

    @staticmethod
    def _launch(installation: Installation) -> "subprocess.Popen[bytes]":
        command = process.prepare(installation)
        with (installation.log_folder / "asterisk.log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def ari(self, method: str, path: str, **parameters: Any) -> httpx.Response:
        """One REST call: `asterisk.ari("GET", "/channels")`; keyword arguments become the query."""
        with httpx.Client(trust_env=False, auth=("allo", self.installation.secrets().ari_password)) as client:
            return client.request(method, self.installation.ari_url + path, params=parameters)

    def put_json(self, path: str, body: Any) -> httpx.Response:
        """A REST call with a body: dynamic configuration needs one."""
        with httpx.Client(trust_env=False, auth=("allo", self.installation.secrets().ari_password)) as client:
            return client.put(self.installation.ari_url + path, json=body)

    def ends_silence_after(self, seconds: int, endpoint: str) -> None:
        """From its next call on, a telephone or line of which no sound comes for so long is given up."""
        silence = {"fields": [{"attribute": "rtp_timeout", "value": str(seconds)}]}
        assert self.put_json(f"/asterisk/config/dynamic/res_pjsip/endpoint/{endpoint}", silence).is_success

    def wait_until_up(self) -> None:
        """Return once ARI answers and SIP is loaded; AssertionError with the log when it ended instead."""
        wait_until(self._answers, why=self.log)

    def _answers(self) -> bool:
        assert self.child.poll() is None, f"Asterisk ended: {self.log()}"
        try:
            return self.ari("GET", "/asterisk/ping").is_success
        except httpx.TransportError:
            return False

    def cli(self, command: str) -> str:
        """A console command's answer."""
        executable = str(process.find(self.installation).executable)
        configuration = str(self.installation.asterisk_home / "etc" / "asterisk.conf")
        answer = subprocess.run(
            [executable, "-C", configuration, "-rx", command], capture_output=True, text=True, check=False
        )
        return answer.stdout

    def channels(self) -> list[dict[str, Any]]:
        """All channels, in ARI's form."""
        answer: list[dict[str, Any]] = self.ari("GET", "/channels").json()
        return answer

    def log(self) -> str:
        """Everything Asterisk has written so far."""
        files = [
            self.installation.log_folder / "asterisk.log",
            self.installation.asterisk_home / "log" / "messages.log",
        ]
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def has_written(self, name: str) -> bool:
        """Whether something made at run time is in its database; it writes once a second.

        Read without locks: Asterisk does not wait for a reader's, but takes back all it was about to write, for good.
        """
        file = self.installation.asterisk_home / "astdb" / "astdb.sqlite3"
        is_writing = file.with_name(f"{file.name}-journal").exists()
        with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as database:
            try:
                found = database.execute("SELECT 1 FROM astdb WHERE key LIKE ?", (f"%{name}",)).fetchall()
            except sqlite3.DatabaseError:  # it wrote meanwhile
                return False
        return bool(found) and not is_writing

    def kill(self) -> None:
        """Kill -9."""
        self.child.kill()
        self.child.wait()

    def restart(self) -> None:
        """Start it again after `kill` or `stop`, on the same ports and folders."""
        self.child = self._launch(self.installation)
        self.wait_until_up()

    def stop(self) -> None:
        """End it as `allo up` does."""
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(slots=True)
class SipCall:
    """A SIPp process which makes one or many calls; `wait` returns its exit code (0: every call went well)."""

    child: subprocess.Popen[bytes]
    log: Path

    def wait(self, within_s: float = 60) -> int:
        """Its exit code."""
        return self.child.wait(within_s)

    def hang_up(self) -> None:
        """End its calls properly (SIGUSR1), or kill it when it does not."""
        if self.child.poll() is None:
            self.child.send_signal(10)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def sip_call(
    installation: Installation, folder: Path, number: str = "100", talk_s: float = 5, more: Sequence[str] = ()
) -> SipCall:
    """Call `number` with SIPp: it talks for `talk_s` after the answer, then hangs up; `more`: its options."""
    program = installation.program("sipp")
    assert program is not None, "SIPp is missing: run scripts/setup"
    log = folder / f"sipp-{free_port()}.log"
    command = [str(program), "-sn", "uac", "-s", number, f"127.0.0.1:{installation.sip_port}", "-i", "127.0.0.1"]
    command += ["-p", str(free_port()), "-mp", str(free_port()), "-d", str(int(talk_s * 1000)), "-nostdin"]
    command += [*(more or ("-m", "1"))]
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
    return SipCall(child, log)
