"""`allo traffic` on a whole centre: every call is accounted for, and nothing is left when it ends."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

from tests.live.centre_runner import RunningCentre
from tests.waiting import wait_until

ENDS_WITHIN_S = 90
NEW_CALLS = "FROM data_callrecord WHERE id > ?"


def _traffic(centre: RunningCentre, *wishes: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "allo.cli", "traffic", *wishes],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=centre.environment(centre.installation),
    )


def _rows(centre: RunningCentre, question: str, *values: int) -> list[Any]:
    with closing(sqlite3.connect(centre.installation.sqlite_file)) as database:
        return database.execute(question, values).fetchall()


def _nothing_is_left(centre: RunningCentre) -> None:
    assert _rows(centre, "SELECT username FROM data_user WHERE is_automatic AND is_active") == []
    endpoints = centre.asterisk().ari("GET", "/endpoints").json()
    assert [one["resource"] for one in endpoints if one["resource"].startswith("agent-")] == []
    wait_until(lambda: not centre.asterisk().channels(), within_s=5)


def _there_are_calls(centre: RunningCentre, calling: "subprocess.Popen[str]", channels: int) -> None:
    def are_there() -> bool:
        assert calling.poll() is None
        return len(centre.asterisk().channels()) >= channels

    wait_until(are_there, centre.logs)


def test_all_facts_add_up(running_centre: RunningCentre) -> None:
    [(last_fact, last_call)] = _rows(
        running_centre,
        "SELECT (SELECT coalesce(max(id), 0) FROM data_fact), (SELECT coalesce(max(id), 0) FROM data_callrecord)",
    )
    wishes = ("--calls", "24", "--rate", "480", "--talk", "1.5", "--patience", "6", "--agents", "3")
    calling = _traffic(running_centre, *wishes, "--ring", "0.2", "--wrapup", "0.3")
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said + running_centre.logs()
    last = said.strip().splitlines()[-1]
    outcomes = dict(_rows(running_centre, f"SELECT outcome, count(*) {NEW_CALLS} GROUP BY outcome", last_call))
    assert set(outcomes) <= {"answered", "abandoned"}
    assert sum(outcomes.values()) == 24
    assert outcomes["answered"] >= 3
    assert f"calls 24   waiting 0   talking 0   answered {outcomes['answered']} " in last
    assert f"abandoned {outcomes.get('abandoned', 0)}   failed 0" in last
    facts = dict(_rows(running_centre, "SELECT kind, count(*) FROM data_fact WHERE id > ? GROUP BY kind", last_fact))
    assert facts["CallEntered"] == facts["CallEnded"] == 24
    assert facts["CallAnswered"] == facts["WrapUpEnded"] == outcomes["answered"]
    by_agent = _rows(running_centre, f"SELECT agent_id, count(*) {NEW_CALLS} AND agent_id GROUP BY agent_id", last_call)
    assert len(by_agent) == 3, "an agent took one call and never another, or none"
    assert max(count for _, count in by_agent) > 1
    assert _rows(running_centre, f"SELECT count(*) {NEW_CALLS} AND customer_id IS NULL", last_call) == [(0,)]
    long_ones = f"SELECT count(*) {NEW_CALLS} AND outcome='answered' AND talk_s > 10"
    assert _rows(running_centre, long_ones, last_call) == [(0,)]
    _nothing_is_left(running_centre)


def test_ctrl_c_leaves_nothing(running_centre: RunningCentre) -> None:
    calling = _traffic(running_centre, "--rate", "1200", "--talk", "60", "--patience", "60", "--agents", "2")
    _there_are_calls(running_centre, calling, 12)
    calling.send_signal(signal.SIGINT)
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said
    assert "Everybody hangs up" in said
    last = said.strip().splitlines()[-1]
    assert "waiting 0   talking 0" in last
    assert "failed 0" in last
    _nothing_is_left(running_centre)


def test_traffic_outlives_control(running_centre: RunningCentre) -> None:
    wishes = ("--calls", "12", "--rate", "300", "--talk", "4", "--patience", "60", "--agents", "4", "--fixed")
    calling = _traffic(running_centre, *wishes, "--ring", "0.2", "--wrapup", "0.2")
    _there_are_calls(running_centre, calling, 12)
    before = running_centre.signal("control", signal.SIGKILL)
    running_centre.wait_for_another("control", before)
    said, _ = calling.communicate(timeout=ENDS_WITHIN_S)
    assert calling.returncode == 0, said + running_centre.logs()
    assert "answered 12   abandoned 0   failed 0" in said.strip().splitlines()[-1], said
    _nothing_is_left(running_centre)


def test_a_second_crowd_of_agents_is_refused_in_words(running_centre: RunningCentre) -> None:
    first = _traffic(running_centre, "--rate", "1", "--agents", "1")
    wait_until(lambda: _rows(running_centre, "SELECT 1 FROM data_user WHERE is_automatic AND is_active"))
    assert first.poll() is None
    second = _traffic(running_centre, "--agents", "1")
    said, _ = second.communicate(timeout=ENDS_WITHIN_S)
    assert (second.returncode, "Another `allo traffic` has brought" in said) == (1, True), said
    os.kill(first.pid, signal.SIGTERM)
    first.communicate(timeout=ENDS_WITHIN_S)
    assert first.returncode == 0
    _nothing_is_left(running_centre)
