"""`allo simulate`: what it prints, and what it says to bad input."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from allo.cli import main

SMALL = ("--agents", "14", "--calls-per-hour", "200", "--hours", "2", "--replications", "4")


def allo_simulate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


def row(result: Result, name: str) -> list[float]:
    """The numbers of a line: simulated, low, high, theory."""
    line = next(line for line in result.output.splitlines() if line.startswith(name))
    return [float(number) for number in re.findall(r"-?\d+\.\d+", line.removeprefix(name))]


def test_a_textbook_centre_stands_beside_erlang_c() -> None:
    result = allo_simulate(*SMALL)
    assert result.exit_code == 0, result.output
    assert "Erlang C" in result.output
    mean, low, high, theory = row(result, "service level (20 s)")
    assert low <= mean <= high
    assert theory == 88.8
    assert row(result, "abandonment")[0] == 0
    assert row(result, "average speed of answer")[3] == 7.8
    assert row(result, "average handling time")[3] == 180.0
    assert row(result, "occupancy")[3] == 71.4


def test_patience_makes_it_erlang_a() -> None:
    result = allo_simulate(*SMALL, "--patience", "60", "--target", "10")
    assert "Erlang A" in result.output
    assert row(result, "abandonment")[0] > 0
    assert row(result, "service level (10 s)")


def test_the_same_seed_gives_the_same_days() -> None:
    assert allo_simulate(*SMALL).stdout == allo_simulate(*SMALL).stdout
    assert allo_simulate(*SMALL).stdout != allo_simulate(*SMALL, "--seed", "2").stdout


def test_too_few_agents_for_patient_callers_is_said() -> None:
    result = allo_simulate(*SMALL, "--agents", "9")
    assert "9 agents cannot do 10 erlangs of work when no caller ever gives up" in result.output
    assert len(row(result, "occupancy")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "at\n0\n30\n31.5\n",
        "when;what\n2026-03-01 09:00:00\n2026-03-01T09:00:30+00:00\n",
        "\ufeff1772355600\n1772355700",
    ],
)
def test_calls_from_a_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(text, "utf-8")
    result = allo_simulate("--calls", str(file), "--agents", "2", "--replications", "2")
    assert result.exit_code == 0, result.output
    assert "Erlang" not in result.output
    assert row(result, "service level")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"at\n1\nsoon\n", "line 3: 'soon' is neither a number of seconds nor a date and time"),
        (b"1\nnan\n", "line 2: 'nan' is neither"),
        (b"", "has no calls"),
        (b"at\n", "has no calls"),
        (b"\xff\xfe\x00", "is not a CSV file in UTF-8"),
    ],
)
def test_a_file_that_makes_no_sense(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(content)
    result = allo_simulate("--calls", str(file), "--agents", "2")
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--agents", "5"), "Say either how many calls come (--calls-per-hour) or which"),
        ((*SMALL, "--patience", "nan"), "nan is not a number"),
        ((*SMALL, "--patience", "-1"), "-1.0 is not in the range"),
        ((*SMALL, "--calls", "/no/such/file"), "does not exist"),
        ((*SMALL, "--calls-per-hour", "1000000", "--hours", "10000"), "more than 5,000,000 calls"),
        (("--calls-per-hour", "5"), "Missing option '--agents'"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    result = allo_simulate(*arguments)
    assert result.exit_code == 2
    assert said in result.output
