"""Logs that are kept small while a program writes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from allo.logs import keep_small
from allo.processes import Process
from tests.waiting import wait_until

WRITER = "import sys\nfor line in sys.stdin:\n    print(line, end='', flush=True)\n"


def test_a_program_goes_on_at_the_beginning_of_its_emptied_log(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab") as output:
        child = subprocess.Popen([sys.executable, "-c", WRITER], stdin=subprocess.PIPE, stdout=output)
    assert child.stdin is not None
    child.stdin.write(b"a stranger's wrong address\n" * 100)
    child.stdin.flush()
    wait_until(lambda: log.stat().st_size == 2700)
    keep_small([tmp_path], most_bytes=2700)
    assert log.stat().st_size == 2700, "not larger than it may be"
    keep_small([tmp_path], most_bytes=2699)
    assert (tmp_path / "web.log.1").stat().st_size == 2700
    child.communicate(b"the next line\n")
    assert log.read_bytes() == b"the next line\n"


def test_what_allo_starts_writes_into_an_emptied_log_too(tmp_path: Path) -> None:
    log, go = tmp_path / "control.log", tmp_path / "go"
    process = Process.start(["sh", "-c", f"echo before; until [ -e {go} ]; do sleep 0.02; done; echo after"], log)
    wait_until(lambda: log.read_text() == "before\n")
    keep_small([tmp_path], most_bytes=1)
    go.touch()
    wait_until(lambda: not process.is_running())
    assert (log.read_text(), (tmp_path / "control.log.1").read_text()) == ("after\n", "before\n")


def test_a_full_disk_costs_the_copy_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "asterisk.log"
    log.write_text("x" * 100)

    def full(_source: Path, target: Path) -> None:
        target.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("allo.logs.shutil.copyfile", full)
    keep_small([tmp_path, tmp_path / "not there"], most_bytes=50)
    assert [file.name for file in tmp_path.iterdir()] == ["asterisk.log"]
    assert log.read_text() == ""
