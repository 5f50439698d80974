"""`allo up`: three processes which live and die separately. One centre, in the order of the file: it ends last."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from allo.installation import CHECKOUT
from allo.processes import start_ticks
from tests.free_ports import free_installation, free_port
from tests.live.centre_runner import RunningCentre

NAMES = ("asterisk", "control", "web")


@pytest.fixture(scope="module")
def running_centre() -> Iterator[RunningCentre]:
    """A centre that began with an empty folder."""
    with tempfile.TemporaryDirectory(prefix="allo-") as folder:
        here = free_installation(Path(folder), asterisk_root=CHECKOUT / ".asterisk")
        here.make_folders()
        centre = RunningCentre.start(here)
        yield centre
        centre.stop()


def test_the_page_it_ends_with(running_centre: RunningCentre) -> None:
    said = running_centre.said()
    here = running_centre.installation
    assert f"http://localhost:{here.web_port}" in said
    assert f"sip:100@127.0.0.1:{here.sip_port}" in said
    assert "agent / agent-demo-1" in said
    assert "Ctrl-C" in said


def test_others_on_the_machine_read_nothing_of_it(running_centre: RunningCentre) -> None:
    written = [path for path in running_centre.installation.home.rglob("*") if not path.is_symlink()]
    assert running_centre.installation.home / "db.sqlite3" in written
    assert [path for path in written if path.stat().st_mode & 0o007] == []


def test_a_second_one_is_refused_in_words(running_centre: RunningCentre) -> None:
    with pytest.raises(AssertionError, match=f"Allo is running already \\(process {running_centre.child.pid}\\)"):
        RunningCentre.start(running_centre.installation)


def test_a_taken_port_is_refused_in_words(running_centre: RunningCentre) -> None:
    other = running_centre.installation.home / "other"
    elsewhere = running_centre.installation.model_copy(update={"home": other, "sip_port": free_port()})
    elsewhere.make_folders()
    with pytest.raises(AssertionError, match="ALLO_WEB_PORT="):
        RunningCentre.start(elsewhere)


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_restarts_that_process_alone(running_centre: RunningCentre, name: str) -> None:
    before = {one: running_centre.pid(one) for one in NAMES}
    running_centre.signal(name, signal.SIGKILL)
    running_centre.wait_for_another(name, before[name])
    after = {one: running_centre.pid(one) for one in NAMES}
    assert {one for one in NAMES if before[one] != after[one]} == {name}
    assert f"{name} was ended by SIGKILL" in running_centre.said()


def test_a_frozen_control_is_noticed(running_centre: RunningCentre) -> None:
    frozen = running_centre.signal("control", signal.SIGSTOP)
    running_centre.wait_for_another("control", frozen)
    assert start_ticks(frozen) is None
    assert "control does not answer" in running_centre.said()


def test_a_killed_supervisor_does_not_block_the_next_start_nor_its_calls(running_centre: RunningCentre) -> None:
    asterisk, control = running_centre.pid("asterisk"), running_centre.pid("control")
    running_centre.kill_supervisor()
    again = RunningCentre.start(running_centre.installation)
    running_centre.child, running_centre.output = again.child, again.output
    assert again.pid("asterisk") == asterisk
    assert again.pid("control") != control


def test_ctrl_c_leaves_nothing(running_centre: RunningCentre) -> None:
    pids = [running_centre.pid(name) for name in NAMES]
    assert running_centre.stop() == 0
    assert [start_ticks(pid) for pid in pids] == [None, None, None]
