"""The control process as it is, but for Asterisk: kills in the middle of calls, a locked database, its end."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from allo.control import memory
from allo.core import requests as rq
from allo.core.effects import RecordFact
from allo.core.engine import Engine
from allo.installation import CHECKOUT
from allo.web.control_client import Accepted, Refused
from tests.control.homes import Control, environment
from tests.waiting import wait_until

VOLATILE = {"wrapup_until_at"}


def lived(control: Control, folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every fact that the input log gives, by its uid: what the ledger must have."""
    shutil.copytree(control.here.journal_folder, folder)
    remembered = memory.read(folder)
    assert remembered.seq < memory.SAFE_GAP
    engine = Engine(remembered.state)
    return {
        f"{remembered.epoch}-{seq}-{index}": (type(effect.fact).__name__, msgspec.to_builtins(effect.fact))
        for seq, at, what in remembered.inputs
        for index, effect in enumerate(engine.handle(what, at))
        if isinstance(effect, RecordFact)
    }


def live(control: Control) -> dict[str, Any]:
    """What the pages see, but for the system's own state."""
    return {key: value for key, value in control.items().items() if key != "system"}


def agents_ready(control: Control, *ids: str) -> None:
    control.happens(*(f"DeviceUp agent_id={id_}" for id_ in ids))
    wait_until(lambda: all(control.agent(id_).get("device_up") for id_ in ids))
    for id_ in ids:
        assert control.ask(rq.LogIn(id_)) == Accepted()
        assert control.ask(rq.GoReady(id_)) == Accepted()


def talking(control: Control, call_id: str, caller: str = "+79991234567") -> str:
    """A call that an agent has answered; returns the agent's id."""
    control.happens(f"CallArrived call_id={call_id} number=100 caller={caller}")
    offers = wait_until(lambda: control.call(call_id).get("offers"))
    assert offers
    leg_id = next(iter(offers.values()))["leg_id"]
    control.happens(f"LegAnswered leg_id={leg_id}")
    return wait_until(lambda: str(control.call(call_id).get("agent_id", "")))


def test_kills_in_the_middle_of_calls_lose_and_double_nothing(control: Control, tmp_path: Path) -> None:
    control.start()
    agents_ready(control, "1", "2", "3")
    first = talking(control, "c1")
    second = talking(control, "c2", "+79990000002")
    assert control.ask(rq.Hold(second, "c2")) == Accepted()
    control.happens(*(f"CallArrived call_id=w{number} number=100 caller=+7999000001{number}" for number in range(3)))
    wait_until(lambda: control.items()["queue:1"]["waiting"] == ["w0", "w1", "w2"])
    offered = wait_until(lambda: control.call("w0").get("offers"))
    wait_until(lambda: control.call("w2").get("customer_id"))
    before = live(control)
    control.kill()  # right after: some facts are in the database, the last ones only in the input log
    control.start()
    wait_until(lambda: live(control) == before)
    assert control.call("w0")["offers"] == offered
    assert control.items()["queue:1"]["waiting"] == ["w0", "w1", "w2"]

    assert control.ask(rq.Resume(second, "c2")) == Accepted()
    control.kill()
    control.start()
    assert control.call("c2")["state"] == "talking"
    control.happens("LegEnded leg_id=c1", "LegEnded leg_id=c2", "LegEnded leg_id=w1", "LegEnded leg_id=w2")
    wait_until(lambda: set(live(control)) & {"call:c1", "call:c2", "call:w1", "call:w2"} == set())
    for agent_id, call_id in ((first, "c1"), (second, "c2")):
        assert control.ask(rq.FinishWrapUp(agent_id, call_id, "1")) == Accepted()
    control.kill()
    control.start()
    control.happens("LegEnded leg_id=w0")
    wait_until(lambda: not control.call("w0"))
    expected = lived(control, tmp_path / "journal")
    control.stop()

    assert control.facts() == expected
    kinds = [kind for kind, _ in expected.values()]
    assert kinds.count("CallStarted") == kinds.count("CallEnded") == 5
    assert kinds.count("WrapUpEnded") == 2
    calls = control.rows(
        "select call_id, outcome, disposition_id, talk_s > 0, hold_s > 0 from data_callrecord order by 1"
    )
    assert calls == [
        ("c1", "answered", 1, 1, 0),
        ("c2", "answered", 1, 1, 1),
        ("w0", "abandoned", None, 0, 0),
        ("w1", "abandoned", None, 0, 0),
        ("w2", "abandoned", None, 0, 0),
    ]
    assert control.rows("select count(*) from data_customer") == [(5,)]
    assert control.rows("select count(*) from data_agentinterval where ended_at is null") == [(3,)]


def test_a_stop_writes_everything_down_and_the_next_start_replays_nothing(control: Control) -> None:
    control.start()
    agents_ready(control, "1")
    talking(control, "c1")
    wait_until(lambda: control.call("c1")["customer_id"])
    before = live(control)
    control.stop()
    facts = control.facts()
    assert "CallAnswered" in {kind for kind, _ in facts.values()}
    found = memory.read(control.here.journal_folder)
    assert found.inputs == []
    control.start()
    wait_until(lambda: live(control) == before)
    control.happens("LegEnded leg_id=c1")
    wait_until(lambda: not control.call("c1"))
    control.stop()
    assert len(set(control.facts()) - set(facts)) >= 2
    assert control.items() == {}
    assert "Traceback" not in control.log


def test_a_locked_database_delays_no_call_and_gets_every_fact_afterwards(control: Control, tmp_path: Path) -> None:
    control.start()
    agents_ready(control, "1")
    lock = sqlite3.connect(control.here.sqlite_file)
    lock.execute("BEGIN IMMEDIATE")
    try:
        talking(control, "c1")
        assert control.ask(rq.HangUp("1", "c1")) == Accepted()
        assert control.ask(rq.FinishWrapUp("1", "c1", "1")) == Accepted()
        talking(control, "c2")
        wait_until(lambda: control.items()["system"]["ledger"] == "behind")
    finally:
        lock.rollback()
        lock.close()
    wait_until(lambda: control.items()["system"]["ledger"] == "ok")
    expected = lived(control, tmp_path / "journal")
    control.stop()
    assert control.facts() == expected


def test_a_centre_whose_database_is_away_at_the_start_takes_calls_as_before(control: Control) -> None:
    control.start()
    agents_ready(control, "1")
    control.stop()
    database = control.here.sqlite_file
    away = database.with_name("away")
    for path in [path for path in database.parent.glob("db.sqlite3*") if path != database]:
        path.unlink()
    database.rename(away)
    database.mkdir()  # nothing can be opened under its name
    control.start()
    assert talking(control, "c1") == "1"
    control.kill()
    database.rmdir()
    away.rename(database)
    control.start()
    assert control.call("c1")["state"] == "talking"
    wait_until(lambda: "CallAnswered" in {kind for kind, _ in control.facts().values()})
    wait_until(lambda: control.call("c1")["customer_id"])


def test_a_set_up_that_changes_is_in_force_at_once(shared: Control) -> None:
    connection = sqlite3.connect(shared.here.sqlite_file)
    with connection:
        connection.execute("update data_queue set name = 'Продажи'")
        connection.execute("update data_configrevision set number = number + 1")
    connection.close()
    shared.client.config_changed()
    wait_until(lambda: shared.items()["queue:1"]["name"] == "Продажи")


def test_an_unknown_number_is_told_and_kept(shared: Control) -> None:
    shared.happens("CallArrived call_id=c1 number=999 caller=" + "9" * 64)
    wait_until(lambda: shared.call("c1"))
    assert shared.call("c1")["queue_id"] == ""
    shared.happens("PlaybackFinished call_id=c1 prompt=system:unknown_number")
    wait_until(lambda: not shared.call("c1"))
    assert shared.ask(rq.Hold("1", "c1")) == Refused("unknown_call")
    query = "select outcome, queue_id, dialled from data_callrecord where ended_at is not null"
    wait_until(lambda: shared.rows(query) == [("rejected", None, "999")])


def test_only_one_control_runs_for_an_installation(shared: Control) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "allo.control"],
        env=environment(shared.home), cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "Another control runs for this installation." in second.stderr
    assert shared.is_up(), "the first one goes on"


def test_a_hung_control_says_nothing_and_goes_on_afterwards(shared: Control) -> None:
    agents_ready(shared, "1")
    assert shared.process is not None
    shared.process.send_signal(signal.SIGSTOP)
    try:
        assert not shared.client.is_healthy()
    finally:
        shared.process.send_signal(signal.SIGCONT)
    wait_until(shared.is_up)
    assert shared.ask(rq.TakeBreak("1", "1")) == Accepted()


def test_a_damaged_snapshot_does_not_stop_the_start(control: Control) -> None:
    control.here.make_folders()
    (control.here.journal_folder / "snapshot.json").write_bytes(b"\x00" * 50)
    control.start()
    assert "snapshot.json cannot be used" in control.log
