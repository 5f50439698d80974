"""Logs that are kept small while a program writes on."""

import io
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from allo.data.models import Customer
from allo.logs import Lines, keep_small
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


@pytest.mark.django_db
def test_a_row_that_a_database_refuses_is_not_told() -> None:
    """On PostgreSQL its error repeats the row; on SQLite it never does."""
    log, told = logging.getLogger("allo.test"), io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(Lines("%(levelname)s %(message)s"))
    log.addHandler(handler)
    number = f"+7{9_990_001_122}"  # a traceback shows this line, too
    for _ in range(2):
        try:
            with transaction.atomic():
                Customer.objects.create(phone=number)
        except IntegrityError:
            log.exception("A customer cannot be kept")
    log.removeHandler(handler)
    assert "A customer cannot be kept" in told.getvalue()
    assert "IntegrityError" in told.getvalue()
    assert number not in told.getvalue()


def test_what_postgresql_adds_to_an_error_is_left_out() -> None:
    said = (
        'null value in column "number" violates not-null constraint\n'
        "DETAIL:  Failing row contains (7, +79990001122, Ann).\n"
        'CONTEXT:  COPY call, line 1: "+79990001122"\n'
        "LINE 1: INSERT INTO call VALUES ('+79990001122')\n"
        "                                ^\n"
        "after it"
    )
    record = logging.LogRecord("allo", logging.ERROR, "", 0, "It failed: %s", (said,), None)
    told = Lines("%(message)s").format(record)
    assert told == 'It failed: null value in column "number" violates not-null constraint\nafter it'
