"""SIPp as callers and as agents, and the watcher who tells when a caller and an agent are connected.

A call is good when the caller's SIPp counts it as successful *and* an agent's telephone had a whole call for it.
INVITE→bridged is the same for both centres: from the instant at which the caller's SIPp sends the INVITE to Asterisk's
own time stamp on the event that the second of the two parties has entered the bridge.
"""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import aiohttp

from bench.calls_centre import Centre
from tests.free_ports import free_port

HERE = Path(__file__).parent
_LOG = '<nop><action><log message="7[call_number] [timestamp]"/></action></nop>'
_LOG_MEDIA = """<action>
  <ereg regexp="m=audio ([0-9]+)" search_in="msg" assign_to="whole,port"/>
  <log message="media [$port]"/>
</action>"""
_REFERENCES = '<Reference variables="whole"/>'
_SETTLE_S = 2.0
_WATCHERS = count(1)
_DISCARD = 9


@dataclass(frozen=True, slots=True)
class Load:
    """So many calls a second for so long."""

    rate: int
    seconds: int
    hold_ms: int = 1000

    @property
    def calls(self) -> int:
        return self.rate * self.seconds


@dataclass(slots=True)
class Result:
    """What one round gave."""

    calls: int
    good: int
    took_s: float
    cpu_s: dict[str, float] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def is_sustained(self) -> bool:
        return self.good == self.calls


class Agents:
    """One SIPp that answers for all agents, throughout the benchmark."""

    def __init__(self, program: Path, folder: Path, media_port: int = 9, *, is_media_logged: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        (folder / "agent.xml").write_text(_scenario("calls_agent.xml", media_port, is_media_logged=is_media_logged))
        command = _command(program, self.port, "agent.xml")
        if is_media_logged:
            command += ["-trace_logs", "-log_file", "calls.log"]
        self._child = _start(command, folder)

    @property
    def answered(self) -> int:
        """Whole calls so far."""
        return _last_figure(self.folder / "statistics.csv", "SuccessfulCall(C)")

    def stop(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait()


def call(
    centre: Centre,
    program: Path,
    folder: Path,
    number: str,
    load: Load,
    *,
    is_logged: bool = False,
    media_port: int = 0,
) -> subprocess.Popen[bytes]:
    """Start the callers."""
    folder.mkdir(parents=True, exist_ok=True)
    scenario = _scenario("calls_caller.xml", media_port or _DISCARD, is_media_logged=bool(media_port))
    scenario = scenario.replace("LOG_DIALLED", _LOG if is_logged else "").replace("HOLD_MS", str(load.hold_ms))
    (folder / "caller.xml").write_text(scenario)
    command = _command(program, free_port(), "caller.xml", f"127.0.0.1:{centre.here.sip_port}")
    command += ["-s", number, "-r", str(load.rate), "-m", str(load.calls)]
    if is_logged or media_port:
        command += ["-trace_logs", "-log_file", "calls.log"]
    return _start(command, folder)


def measure(
    centre: Centre, program: Path, agents: Agents, folder: Path, number: str, load: Load, *, watch: bool = False
) -> Result:
    """One round."""
    watcher = Watcher(centre) if watch else None
    answered, before, began = agents.answered, centre.cpu_s(), time.monotonic()
    child = call(centre, program, folder, number, load, is_logged=watch)
    child.wait(load.seconds + load.hold_ms / 1000 + 60)
    took_s = time.monotonic() - began
    time.sleep(_SETTLE_S)  # the ledger's and the recordings' work belongs to the calls
    after = centre.cpu_s()
    good = min(_last_figure(folder / "statistics.csv", "SuccessfulCall(C)"), agents.answered - answered)
    result = Result(load.calls, good, took_s, {name: after[name] - before[name] for name in after})
    if watcher is not None:
        bridged = watcher.stop()
        dialled = _dialled(folder / "calls.log")
        result.latencies_ms = sorted((at - dialled[one]) * 1000 for one, at in bridged.items() if one in dialled)
    return result


class Watcher:
    """A second, silent ARI application that hears of every bridge, whosever it is."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._name = f"bench-{next(_WATCHERS)}"
        self._bridged: dict[str, float] = {}
        self._is_up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._is_up.wait(10)
        allowed = {"allowed": [{"type": "ChannelEnteredBridge"}]}
        centre.ari("PUT", f"/applications/{self._name}/eventFilter", json=allowed).raise_for_status()

    def stop(self) -> dict[str, float]:
        """Caller → instant at which both were in the bridge."""
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        return self._bridged

    def _run(self) -> None:
        self._task = self._loop.create_task(self._listen())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _listen(self) -> None:
        here = self._centre.here
        query = {"app": self._name, "subscribeAll": "true", "api_key": f"allo:{here.secrets().ari_password}"}
        async with aiohttp.ClientSession() as client, client.ws_connect(here.ari_events_url, params=query) as events:
            self._is_up.set()
            async for message in events:
                self._take(json.loads(message.data))

    def _take(self, event: dict[str, object]) -> None:
        bridge, channel = event.get("bridge"), event.get("channel")
        if not isinstance(bridge, dict) or not isinstance(channel, dict) or len(bridge["channels"]) != 2:
            return
        at = datetime.fromisoformat(str(event["timestamp"])).timestamp()
        for number in (channel["caller"]["number"], channel["connected"]["number"]):
            self._bridged.setdefault(number, at)


def media_ports(folder: Path) -> list[int]:
    """Asterisk's ports for the sound of the calls in a log."""
    lines = (folder / "calls.log").read_text().splitlines()
    return [int(line.partition(" ")[2]) for line in map(str.strip, lines) if line.startswith("media ")]


def _scenario(name: str, media_port: int, *, is_media_logged: bool) -> str:
    text = (HERE / name).read_text().replace("MEDIA_PORT", str(media_port))
    text = text.replace("LOG_MEDIA", _LOG_MEDIA if is_media_logged else "")
    return text.replace("REFERENCES", _REFERENCES if is_media_logged else "")


def _dialled(log: Path) -> dict[str, float]:
    """Caller → instant of the INVITE."""
    found = {}
    for line in log.read_text().splitlines():
        number, _, at = line.strip().partition(" ")
        found[number] = float(at.rpartition("\t")[2])  # day, time, and seconds since 1970
    return found


def _command(program: Path, port: int, scenario: str, *target: str) -> list[str]:
    command = [str(program), *target, "-sf", scenario, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(port)]
    command += ["-l", "20000", "-nostdin", "-cp", str(free_port()), "-trace_err", "-error_file", "errors.log"]
    return [*command, "-trace_stat", "-stf", "statistics.csv", "-fd", "1"]


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "screen.log").open("wb") as screen:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen, cwd=folder)


def _last_figure(statistics: Path, column: str) -> int:
    if not statistics.exists():
        return 0
    with statistics.open(newline="", errors="replace") as file:
        figures = [row[column] for row in csv.DictReader(file, delimiter=";") if (row.get(column) or "").isdecimal()]
    return int(figures[-1]) if figures else 0
