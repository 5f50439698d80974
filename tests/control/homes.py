"""Installations for tests of whole control processes: a migrated database with a small centre, and the process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from allo.core.requests import Request
from allo.installation import CHECKOUT, Installation
from allo.web.control_client import Answer, ControlAwayError, ControlClient
from tests.waiting import wait_until

_SET_UP = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from allo.data.models import *
call_command("migrate", verbosity=0)
sales = Queue.objects.create(name="Sales", wrapup_limit_s=600)
for name in ("ann", "bob", "eve"):
    user = User.objects.create_user(name, name + "-words-1", display_name=name.title(), role=Role.AGENT)
    Membership.objects.create(user=user, queue=sales)
Number.objects.create(pattern="100", queue=sales)
BreakReason.objects.create(name="Lunch")
Disposition.objects.create(name="Sold")
ConfigRevision.bump()
connection.close()
"""


def make_home(home: Path) -> Path:
    """A folder with a set-up database: queue 1, agents 1 to 3, number 100, break 1, disposition 1."""
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-c", _SET_UP], env=environment(home), check=True, cwd=CHECKOUT)
    return home


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of a process that belongs to the home: nothing of the tests' own installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ALLO_", "DJANGO_"))}
    path = f"{CHECKOUT / 'src'}{os.pathsep}{CHECKOUT}"
    ours = {"ALLO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "allo.web.settings", "PYTHONPATH": path}
    return {**kept, **ours, "ALLO_TIME_ZONE": "UTC", **more}


@dataclass
class Control:
    """One home with its control process, which may be killed and started again."""

    home: Path
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = Installation(home=self.home)
        self.client = ControlClient(socket_path=str(self.here.control_socket))
        self.process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> str:
        return (self.home / "control.log").read_text()

    def start(self) -> None:
        """Start it; returns when Asterisk is "there" and the set-up in force."""
        with (self.home / "control.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.control.without_asterisk"],
                env=environment(self.home, **self.more), cwd=CHECKOUT, stdin=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        wait_until(lambda: self.is_up() and self.items().get("system", {}).get("asterisk") == "up")

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        return self.client.is_healthy()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._gone()

    def stop(self) -> None:
        """SIGTERM, as the supervisor does; everything must be written down."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self._gone() == 0, self.log

    def end(self) -> None:
        """Whatever the test left."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.client.close()

    def _gone(self) -> int:
        assert self.process is not None
        code = self.process.wait(15)
        stdin: IO[str] | None = self.process.stdin
        if stdin is not None:
            stdin.close()
        return code

    def happens(self, *lines: str) -> None:
        """Tell telephony's events, one a line."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def ask(self, request: Request) -> Answer:
        return self.client.send(request)

    def items(self) -> dict[str, Any]:
        try:
            return self.client.snapshot().items
        except (ControlAwayError, httpx.HTTPError):
            return {}

    def call(self, call_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.items().get(f"call:{call_id}", {})
        return found

    def agent(self, agent_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.items().get(f"agent:{agent_id}", {})
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Of its SQLite database."""
        connection = sqlite3.connect(self.here.sqlite_file, timeout=10)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def facts(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Uid → kind and body."""
        return {uid: (kind, json.loads(body)) for uid, kind, body in self.rows("select uid, kind, body from data_fact")}


def copy_home(template: Path, home: Path) -> Path:
    """A home of its own, as `make_home` made it."""
    shutil.copytree(template, home, dirs_exist_ok=True)
    return home
