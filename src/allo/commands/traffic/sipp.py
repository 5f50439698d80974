"""The SIPp processes: one for all callers, one for all automatic agents, and what is said to them.

A caller hangs up when an INFO with its Call-ID comes: SIPp gives every message to the call whose Call-ID it bears.
What callers do is read from the log of their scenario: `dialled <number> <call id>`, `answered ...`, `ended ...`.
SIPp ends with this process, also when that is killed: without us nobody would hang up.
"""

from __future__ import annotations

import csv
import ctypes
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from importlib import resources
from itertools import count
from pathlib import Path

from allo.commands.traffic import plan, sound
from allo.installation import Installation

LOOPBACK = "127.0.0.1"
ROWS = 5_000
"""Callers made beforehand; after these SIPp begins again with the first."""
QUALIFY_EVERY_S = 10
_MEDIA_PORTS_FROM = 40_000
_MEDIA_PORTS = 20_000
_PR_SET_PDEATHSIG = 1
_GRACEFUL = signal.SIGUSR1
_SAMPLES_OF_A_LOG = 600
_SAID_AGAIN_AFTER_S = 1.5
"""A datagram may be lost; but the second one must not come while SIPp is about to send the BYE."""


class SippFailedError(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass(slots=True)
class Sipp:
    """One SIPp process in its own folder."""

    folder: Path
    port: int
    child: subprocess.Popen[bytes]

    @property
    def is_running(self) -> bool:
        return self.child.poll() is None

    def check(self) -> None:
        """Raises SippFailedError when it ended by a fault (1 only says that a call failed)."""
        code = self.child.poll()
        if code not in (None, 0, 1, 97, 99):
            said = (self.folder / "screen.log").read_text(errors="replace").strip()[-_SAMPLES_OF_A_LOG:]
            raise SippFailedError(f"SIPp ended with code {code}. It said:\n{said}")

    def finish(self) -> None:
        """Begin no more calls; end once those under way have ended."""
        if self.is_running:
            self.child.send_signal(_GRACEFUL)

    def stop(self) -> None:
        """End now, whatever is under way."""
        if self.is_running:
            self.child.kill()
        self.child.wait()


@dataclass(slots=True)
class Callers:
    """The callers: SIPp, what it has logged, and the way to make one hang up."""

    sipp: Sipp
    made: int = 0
    open: dict[str, str] = field(default_factory=dict)
    """Call-ID → number of every call that has been dialled and has not ended."""
    _read_to: int = 0
    _cseq: count[int] = field(default_factory=lambda: count(1))
    _answered: set[str] = field(default_factory=set)
    _leaving: dict[str, float] = field(default_factory=dict)
    """Call-ID of every caller who is to hang up → when this may be said (again), by the monotonic clock."""

    def look(self) -> list[tuple[str, str]]:
        """Read on in the log; returns (number, Call-ID) of calls dialled since."""
        log = self.sipp.folder / "calls.log"
        if not log.exists():
            return []
        with log.open("rb") as file:
            file.seek(self._read_to)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._read_to += len(whole)
        dialled = []
        for line in whole.decode(errors="replace").splitlines():
            word, _, rest = line.strip().partition(" ")
            number, _, call_id = rest.partition(" ")
            if word == "dialled":
                self.made += 1
                self.open[call_id] = number
                dialled.append((number, call_id))
            elif word == "answered":
                self._answered.add(call_id)
            elif word == "ended":
                self.open.pop(call_id, None)
                self._answered.discard(call_id)
                self._leaving.pop(call_id, None)
        self._say_to_leaving()
        return dialled

    @property
    def failed(self) -> int:
        """Calls that SIPp counts as failed so far."""
        return failed_calls(self.sipp.folder / "statistics.csv")

    def hang_up(self, call_id: str) -> None:
        """Let this caller hang up now, or as soon as the call is answered; harmless when it has ended."""
        if call_id in self.open:
            self._leaving.setdefault(call_id, 0.0)
        self._say_to_leaving()

    def _say_to_leaving(self) -> None:
        now = time.monotonic()
        due = [call_id for call_id, at in self._leaving.items() if at <= now and call_id in self._answered]
        if not due:
            return
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as us:
            us.bind((LOOPBACK, 0))
            for call_id in due:
                message = hang_up_message(call_id, next(self._cseq), us.getsockname()[1])
                us.sendto(message, (LOOPBACK, self.sipp.port))
                self._leaving[call_id] = now + _SAID_AGAIN_AFTER_S


def hang_up_message(call_id: str, cseq: int, port: int) -> bytes:
    """The INFO after which a caller hangs up."""
    lines = (
        f"INFO sip:caller@{LOOPBACK} SIP/2.0",
        f"Via: SIP/2.0/UDP {LOOPBACK}:{port};branch=z9hG4bK-hang-up-{cseq}",
        f"From: <sip:traffic@{LOOPBACK}>;tag=traffic",
        f"To: <sip:caller@{LOOPBACK}>",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq} INFO",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def failed_calls(statistics: Path) -> int:
    """The last figure in the column of failed calls."""
    try:
        with statistics.open(newline="", errors="replace") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
    except OSError:
        return 0
    figures = [row["FailedCall(C)"] for row in rows if (row.get("FailedCall(C)") or "").isdecimal()]
    return int(figures[-1]) if figures else 0


def start_callers(installation: Installation, program: Path, wishes: plan.Wishes, made: str) -> Callers:
    """Begin to call. `made` is the injection file."""
    folder = _folder(installation)
    (folder / "caller.xml").write_text(_scenario("caller.xml"))
    (folder / "callers.csv").write_text(made)
    target = str(installation.sip_address) if str(installation.sip_address) not in {"0.0.0.0", "::"} else LOOPBACK  # noqa: S104
    arguments = [f"{target}:{installation.sip_port}", "-s", wishes.number, "-sf", "caller.xml", "-inf", "callers.csv"]
    arguments += [*plan.rate_arguments(wishes.rate_per_minute), "-l", "5000", "-cid_str", "%u-%p-traffic@%s"]
    arguments += ["-trace_logs", "-log_file", "calls.log", "-trace_stat", "-stf", "statistics.csv", "-fd", "1"]
    if wishes.calls:
        arguments += ["-m", str(wishes.calls)]
    return Callers(_start(program, folder, arguments, _MEDIA_PORTS_FROM))


def start_agents(installation: Installation, program: Path, ring_s: float) -> Sipp:
    """All automatic agents' telephones: they answer at `agent_contact`."""
    folder = _folder(installation)
    scenario = _scenario("agent.xml")
    for name, ring_ms in zip("ABC", plan.ringing_ms(ring_s), strict=True):
        scenario = scenario.replace(f"RING_{name}_MS", str(ring_ms))
    (folder / "agent.xml").write_text(scenario)
    arguments = ["-sf", "agent.xml", "-l", "5000", "-trace_err", "-error_file", "errors.log"]
    return _start(program, folder, arguments, _MEDIA_PORTS_FROM + _MEDIA_PORTS // 2)


def agent_contact(agents: Sipp, agent_id: str) -> str:
    """Where Asterisk reaches an automatic agent."""
    return f"sip:agent-{agent_id}@{LOOPBACK}:{agents.port}"


def _start(program: Path, folder: Path, arguments: list[str], media_ports_from: int) -> Sipp:
    port = _free_port()
    media_ports = [str(media_ports_from), str(media_ports_from + _MEDIA_PORTS // 2 - 1)]
    command = [str(program), *arguments, "-i", LOOPBACK, "-mi", LOOPBACK, "-p", str(port), "-nostdin"]
    command += ["-min_rtp_port", media_ports[0], "-max_rtp_port", media_ports[1], "-cp", str(_free_port())]
    with (folder / "screen.log").open("wb") as screen:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=screen,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for us: we let the callers hang up first
            preexec_fn=_end_with_parent,  # noqa: PLW1509  nothing is held by a thread of ours here
        )
    return Sipp(folder, port, child)


def _folder(installation: Installation) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="allo-traffic-"))
    sound.write_sounds(installation, folder)
    return folder


def _scenario(name: str) -> str:
    return resources.files("allo.commands.traffic").joinpath(name).read_text()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
