"""`allo traffic` on a whole centre: every call is accounted for, and nothing is left when it ends."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import Any

from tests.live.centre_runner import RunningCentre

ENDS_WITHIN_S = 90


def _traffic(centre: RunningCentre, *wishes: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "allo.cli", "traffic", *wishes],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=centre._environment(centre.installation),
    )


def _rows(centre: RunningCentre, question: str) -> list[Any]:
    with closing(sqlite3.connect(centre.installation.sqlite_file)) as database:
        return database.execute(question).fetchall()


def _nothing_is_left(centre: RunningCentre) -> None:
    assert _rows(centre, "SELECT username FROM data_user WHERE is_automatic AND is_active") == []
    endpoints = centre.asterisk().ari("GET", "/endpoints").json()
    assert [one["resource"] for one in endpoints if one["resource"].startswith("agent-")] == []
    until = time.monotonic() + 5
    while centre.asterisk().channels():
        assert time.monotonic() < until, "a call is left"
        time.sleep(0.1)


def test_all_facts_add_up(running_centre: RunningCentre) -> None:
    wishes = ("--calls", "24", "--rate", "240", "--talk", "1.5", "--patience", "6", "--agents", "3")
    calling = _traffic(running_centre, *wishes, "--ring", "0.2", "--wrapup", "0.3")
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said + running_centre.logs()
    last = said.strip().splitlines()[-1]
    outcomes = dict(_rows(running_centre, "SELECT outcome, count(*) FROM data_callrecord GROUP BY outcome"))
    assert set(outcomes) <= {"answered", "abandoned"}
    assert sum(outcomes.values()) == 24
    assert outcomes["answered"] >= 3
    assert f"calls 24   waiting 0   talking 0   answered {outcomes['answered']} " in last
    assert f"abandoned {outcomes.get('abandoned', 0)}   failed 0" in last
    facts = dict(_rows(running_centre, "SELECT kind, count(*) FROM data_fact GROUP BY kind"))
    assert facts["CallEntered"] == facts["CallEnded"] == 24
    assert facts["CallAnswered"] == facts["WrapUpEnded"] == outcomes["answered"]
    by_agent = _rows(running_centre, "SELECT agent_id, count(*) FROM data_callrecord WHERE agent_id GROUP BY agent_id")
    assert len(by_agent) == 3, "an agent took one call and never another, or none"
    assert max(count for _, count in by_agent) > 1
    assert _rows(running_centre, "SELECT count(*) FROM data_callrecord WHERE customer_id IS NULL") == [(0,)]
    assert _rows(running_centre, "SELECT count(*) FROM data_callrecord WHERE outcome='answered' AND talk_s > 10") == [
        (0,)
    ]
    _nothing_is_left(running_centre)


def test_ctrl_c_leaves_nothing(running_centre: RunningCentre) -> None:
    calling = _traffic(running_centre, "--rate", "300", "--talk", "60", "--patience", "60", "--agents", "2")
    until = time.monotonic() + 60
    while len(running_centre.asterisk().channels()) < 8:
        assert calling.poll() is None
        assert time.monotonic() < until, "nobody called"
        time.sleep(0.1)
    calling.send_signal(signal.SIGINT)
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said
    assert "Everybody hangs up" in said
    assert "waiting 0   talking 0" in said.strip().splitlines()[-1]
    _nothing_is_left(running_centre)


def test_traffic_outlives_control(running_centre: RunningCentre) -> None:
    wishes = ("--calls", "12", "--rate", "300", "--talk", "8", "--patience", "60", "--agents", "4", "--fixed")
    calling = _traffic(running_centre, *wishes, "--ring", "0.2", "--wrapup", "0.2")
    until = time.monotonic() + 60
    while len(running_centre.asterisk().channels()) < 12:
        assert calling.poll() is None
        assert time.monotonic() < until, "nobody called"
        time.sleep(0.1)
    before = running_centre.signal("control", signal.SIGKILL)
    running_centre.wait_for_another("control", before)
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said + running_centre.logs()
    assert "answered 12   abandoned 0   failed 0" in said.strip().splitlines()[-1], said
    _nothing_is_left(running_centre)


def test_a_second_crowd_of_agents_is_refused_in_words(running_centre: RunningCentre) -> None:
    first = _traffic(running_centre, "--rate", "1", "--agents", "1")
    until = time.monotonic() + 60
    while not _rows(running_centre, "SELECT 1 FROM data_user WHERE is_automatic AND is_active"):
        assert first.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    second = _traffic(running_centre, "--agents", "1")
    said, _ = second.communicate(timeout=ENDS_WITHIN_S)
    assert (second.returncode, "Another `allo traffic` has brought" in said) == (1, True), said
    os.kill(first.pid, signal.SIGTERM)
    first.communicate(timeout=ENDS_WITHIN_S)
    assert first.returncode == 0
    _nothing_is_left(running_centre)
