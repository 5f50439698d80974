"""The two centres of the benchmark on one Asterisk: Allo, and Asterisk's own app_queue, with the same 250 telephones.

Allo's control and web run only while Allo is measured: control listens to every telephone's state, and that would
cost Asterisk something in app_queue's rounds too. Asterisk itself runs through.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from allo.ari import endpoints, names, process
from allo.installation import CHECKOUT, Installation
from allo.start import environment, plans
from tests.free_ports import free_installation

AGENTS = 250
ALLO, APP_QUEUE, APP_QUEUE_RECORDED = "100", "7001", "7002"
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_UP_WITHIN_S = 150.0

# Answer() before Queue() would wait half a second for sound that these callers do not send; so app_queue answers by
# itself when an agent has answered, which spares it that work.
DIALPLAN = """
[from-demo](+)
exten => 7001,1,Queue(bench)
 same => n,Hangup()
exten => 7002,1,MixMonitor(${UNIQUEID}.raw,Db)
 same => n,Queue(bench)
 same => n,Hangup()
"""
QUEUE = """[general]
persistentmembers = no
autofill = yes
[bench]
strategy = leastrecent
timeout = 15
retry = 1
wrapuptime = 0
ringinuse = no
joinempty = yes
announce-frequency = 0
"""


class Centre:
    """Asterisk, control and web, and what they have cost."""

    def __init__(self, home: Path) -> None:
        self.here: Installation = free_installation(
            home, asterisk_root=CHECKOUT / ".asterisk", rtp_start=12_000, rtp_end=19_999, load_app_queue=True
        )
        self.here.make_folders()
        os.environ.update(environment(self.here))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.agent_ids: list[str] = []
        self._reader: _Reader | None = None
        self._client: httpx.Client | None = None

    def prepare(self, agents_port: int) -> None:
        """Tables, Asterisk with its queue, and the telephones: all at one SIPp."""
        subprocess.run([sys.executable, "-m", "allo.cli", "prepare"], check=True, stdout=subprocess.DEVNULL)
        self._fill_tables()
        etc = self.here.asterisk_home / "etc"
        etc.mkdir(parents=True, exist_ok=True)
        members = "".join(f"member => PJSIP/{names.AGENT_PREFIX}{one}\n" for one in self.agent_ids)
        (etc / "queues.conf").write_text(QUEUE + members)
        (etc / "extensions_extra.conf").write_text(DIALPLAN)
        self._start("asterisk", process.prepare(self.here))
        self._wait(lambda: self.ari("GET", "/asterisk/ping").is_success, "Asterisk")
        for agent_id in self.agent_ids:
            contact = f"sip:agent@127.0.0.1:{agents_port}"
            for one in endpoints.fixed_phone(names.AGENT_PREFIX + agent_id, contact, 0):
                fields = [{"attribute": key, "value": value} for key, value in one.fields.items()]
                path = f"/asterisk/config/dynamic/res_pjsip/{one.kind}/{one.name}"
                self.ari("PUT", path, json={"fields": fields}).raise_for_status()
        self.cli("queue reload all")

    def _fill_tables(self) -> None:
        from allo.cli import start_django  # noqa: PLC0415

        start_django()
        from allo.data.actions.user import do_ensure_automatic_agents  # noqa: PLC0415
        from allo.data.models import Number, Queue, QueueGreeting  # noqa: PLC0415

        Number.objects.update(opening_message=None)
        QueueGreeting.objects.all().delete()
        Queue.objects.update(wrapup_limit_s=0, outcome_required=False)
        self.agent_ids = [user.agent_id for user in do_ensure_automatic_agents(AGENTS)]

    def go_first(self) -> None:
        """Give Asterisk real-time priority, as its own `highpriority` does."""
        subprocess.run(["chrt", "-a", "-r", "-p", "10", str(self.running["asterisk"].pid)], check=True)

    def start_allo(self) -> None:
        """Control and web, every agent Ready, and one reader of the feed."""
        from allo.web.control_client import control  # noqa: PLC0415

        commands = {plan.name: plan.command() for plan in plans(self.here) if plan.name != "asterisk"}
        for name, command in commands.items():
            self._start(name, command)
        self._wait(lambda: control().is_healthy(), "control")
        self._wait(lambda: httpx.get(f"{self.here.origin}/healthz", trust_env=False).is_success, "web")
        self._wait(lambda: len(self.agents_in("")) >= AGENTS, "the agents")
        self._wait(self._all_ready, "the agents' readiness")
        self._reader = _Reader(self.here)
        time.sleep(2)

    def _all_ready(self) -> bool:
        from allo.core.requests import GoReady, LogIn  # noqa: PLC0415
        from allo.web.control_client import control  # noqa: PLC0415

        for state, request in (("offline", LogIn), ("not_ready", GoReady)):
            for agent_id in self.agents_in(state):
                control().send(request(agent_id))
        return len(self.agents_in("ready")) == AGENTS

    def agents_in(self, state: str) -> list[str]:
        """Ids of our agents in a state; "" is any."""
        from allo.web.control_client import control  # noqa: PLC0415

        items = control().snapshot().items
        ours = [items[key] for one in self.agent_ids if (key := f"agent:{one}") in items]
        return [value["id"] for value in ours if not state or (value["state"] == state and value["device_up"])]

    def stop_allo(self) -> None:
        """End control and web."""
        if self._reader is not None:
            self._reader.stop()
            self._reader = None
        for name in ("web", "control"):
            self._stop(name)

    def stop(self) -> None:
        """End everything."""
        self.stop_allo()
        self._stop("asterisk")

    def record(self, *, is_on: bool) -> None:
        """Whether Allo's calls are recorded from now on."""
        variable = {"variable": "ALLO_RECORD", "value": "1" if is_on else "0"}
        self.ari("POST", "/asterisk/variable", params=variable).raise_for_status()

    def cpu_s(self) -> dict[str, float]:
        """Seconds of processor time so far, of each of our processes with all its threads."""
        return {name: processor_s(child.pid) for name, child in self.running.items()}

    def ari(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to Asterisk."""
        if self._client is None:
            auth = ("allo", self.here.secrets().ari_password)
            self._client = httpx.Client(trust_env=False, auth=auth, timeout=30)
        return self._client.request(method, self.here.ari_url + path, **more)

    def cli(self, command: str) -> str:
        """A command of Asterisk's console."""
        executable = str(process.find(self.here).executable)
        configuration = str(self.here.asterisk_home / "etc" / "asterisk.conf")
        answer = subprocess.run(
            [executable, "-C", configuration, "-rx", command], capture_output=True, text=True, check=False
        )
        return answer.stdout

    def _start(self, name: str, command: list[str]) -> None:
        with (self.here.log_folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(self.here),
                start_new_session=True,
            )

    def _stop(self, name: str) -> None:
        child = self.running.pop(name, None)
        if child is None:
            return
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _wait(self, is_so: Any, what: str) -> None:
        until = time.monotonic() + _UP_WITHIN_S
        while True:
            try:
                if is_so():
                    return
            except (httpx.HTTPError, OSError, RuntimeError):
                pass
            except Exception as error:
                if type(error).__name__ != "ControlAwayError":
                    raise
            if time.monotonic() > until:
                raise TimeoutError(f"It did not come up: {what}. See {self.here.log_folder}")
            time.sleep(0.1)


class _Reader:
    """Follows the feed as a web process does, and throws it away."""

    def __init__(self, here: Installation) -> None:
        from allo.web.control_client import control  # noqa: PLC0415

        self._connection = http.client.HTTPConnection("control")
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(here.control_socket))
        self._connection.sock = self._socket
        self._connection.request("GET", f"/updates?after={control().snapshot().seq}")
        self._answer = self._connection.getresponse()
        self.bytes = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while chunk := self._answer.read1(65_536):
                self.bytes += len(chunk)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND
