"""A whole centre whose database is PostgreSQL: it starts empty, takes a call, and its facts are there."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from allo.installation import Installation
from tests.live.asterisk_runner import SipCall
from tests.live.centre_runner import RunningCentre
from tests.postgresql import Server
from tests.waiting import wait_until


@pytest.fixture
def database() -> Iterator[Server]:
    """A server of this test's own."""
    server = Server.start(Path(tempfile.mkdtemp(prefix="allo-pg-")))
    yield server
    server.stop()


def kinds(database: Server) -> list[str]:
    """The facts of all calls, in their order."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute("SELECT kind FROM data_fact WHERE call_id <> '' ORDER BY at, id").fetchall()
    return [kind for (kind,) in rows]


def test_a_call_is_in_the_ledger_also_over_a_kill_of_control(
    database: Server, asterisk_home: Installation, call: Callable[..., SipCall]
) -> None:
    centre = RunningCentre.start(asterisk_home.model_copy(update={"database_url": database.url}))
    try:
        caller = call(talk_s=8)
        wait_until(lambda: "CallStarted" in kinds(database))
        killed = centre.signal("control", signal.SIGKILL)
        centre.wait_for_another("control", killed)
        assert caller.wait() == 0
        wait_until(lambda: "CallEnded" in kinds(database))
        assert kinds(database).count("CallStarted") == kinds(database).count("CallEnded") == 1
    finally:
        centre.stop()
