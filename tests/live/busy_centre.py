"""A centre in full swing: twenty conversations, some on hold, ten callers waiting, one call ringing unanswered.

Callers and agents are SIPp's, brought by `allo traffic`; the call that rings unanswered is a telephone of the test's.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from allo.core.requests import Hold
from allo.installation import Installation
from allo.start import environment
from allo.web.control_client import Accepted, ControlAwayError, ControlClient
from tests.live.centre_runner import RunningCentre

TALKING, WAITING, HELD = 20, 10, 3
PATIENCE_S = 60
Value = dict[str, Any]


@dataclass(slots=True)
class BusyCentre:
    """`allo up` and `allo traffic`; `look` tells what control says is going on."""

    centre: RunningCentre
    control: ControlClient
    crowd: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @classmethod
    def start(cls, installation: Installation) -> BusyCentre:
        """Start it and return once everybody talks or waits."""
        centre = RunningCentre.start(installation)
        busy = cls(centre, ControlClient(socket_path=str(installation.control_socket)))
        try:
            # The agents stay when all callers have left: their own traffic has its next call in ten minutes.
            busy.bring("--agents", str(TALKING), "--ring", "0.5", "--rate", "0.1")
            busy.bring("--calls", str(TALKING + WAITING), "--rate", "900")
            busy.wait_for(lambda: busy.counted() == {"talking": TALKING, "waiting": WAITING})
            for call in busy.calls("talking")[:HELD]:
                assert busy.control.send(Hold(call["agent_id"], call["id"])) == Accepted()
            busy.wait_for(lambda: busy.counted() == busy.expected)
        except BaseException:
            busy.stop()
            raise
        return busy

    def bring(self, *options: str) -> None:
        """`allo traffic` with these options; nobody ever hangs up by himself."""
        command = [sys.executable, "-m", "allo.cli", "traffic", "--talk", "3600", "--patience", "3600", "--fixed"]
        with (self.centre.installation.log_folder / f"traffic-{len(self.crowd)}.log").open("wb") as log:
            self.crowd.append(
                subprocess.Popen(
                    [*command, *options],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**environment(self.centre.installation), "DJANGO_SETTINGS_MODULE": "allo.web.settings"},
                    start_new_session=True,
                )
            )

    @property
    def expected(self) -> dict[str, int]:
        """How many calls are in which state while nobody leaves."""
        return {"talking": TALKING - HELD, "held": HELD, "waiting": WAITING}

    def items(self) -> dict[str, Value]:
        """Everything control shows; nothing while it is away."""
        try:
            return self.control.snapshot().items
        except ControlAwayError:
            return {}

    def calls(self, state: str = "") -> list[Value]:
        """Calls in a state, in the order of their arrival."""
        found = [value for key, value in self.items().items() if key.startswith("call:")]
        return sorted((one for one in found if state in ("", one["state"])), key=lambda one: one["started_at"])

    def counted(self) -> dict[str, int]:
        """How many calls are in which state."""
        return dict(Counter(call["state"] for call in self.calls()))

    def truth(self) -> dict[str, Any]:
        """All that must be the same after a restart: who talks with whom, who waits where, since when."""
        shown = {
            "call": ("state", "agent_id", "since_at", "entered_at", "answered_at", "caller", "offers"),
            "agent": ("state", "reason", "since_at", "call_id", "device_up"),
            "queue": ("waiting", "agents"),
        }
        return {
            key: {name: value[name] for name in shown[key.partition(":")[0]]}
            for key, value in self.items().items()
            if key.partition(":")[0] in shown
        }

    def channels(self) -> dict[str, tuple[str, str]]:
        """Asterisk's channels with the moment they began: a dropped conversation cannot have the same."""
        return {one["id"]: (one["state"], one["creationtime"]) for one in self.centre.asterisk().channels()}

    def bridges(self) -> dict[str, list[str]]:
        """Who hears whom."""
        return {one["id"]: sorted(one["channels"]) for one in self.centre.asterisk().ari("GET", "/bridges").json()}

    def sent(self) -> dict[str, int]:
        """How many packets Asterisk has sent to each party so far: voice or music."""
        counts = {}
        for one in self.centre.asterisk().channels():
            answer = self.centre.asterisk().ari(
                "GET", f"/channels/{one['id']}/variable", variable="CHANNEL(rtp,audio,txcount)"
            )
            if answer.is_success:
                counts[one["id"]] = int(answer.json()["value"] or 0)
        return counts

    def facts(self, kind: str) -> list[Value]:
        """Facts of a kind in the ledger."""
        path = self.centre.installation.home / "db.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT body FROM data_fact WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        return [json.loads(body) for (body,) in rows]

    def wait_for(self, what: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Return once `what()` is true; else everything that tells why it is not."""
        until = time.monotonic() + within_s
        while not what():
            if time.monotonic() > until:
                raise AssertionError(f"it did not happen: {self.counted()}\n{self.centre.logs()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Everybody hangs up, the centre ends."""
        for one in reversed(self.crowd):
            one.send_signal(signal.SIGINT)
        for one in self.crowd:
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self.control.close()
        self.centre.stop()
