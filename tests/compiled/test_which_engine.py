"""The copy runs only where it is asked for, in time, and made of what is there."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from allo import compiled
from allo.compiled import build

MODULE = """
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    names: list[str] = field(default_factory=list)
"""
ASKS = """
import sys
from pathlib import Path

from allo import compiled

print(compiled.use(Path(sys.argv[1]), Path(sys.argv[2])))
from allo.core import values

print(values.__file__, values.Point(1.0), values.Point(1.0) == values.Point(1.0, []))
try:
    values.Point("one")
except TypeError as error:
    print(error)
"""
"""What a process does that wants the copy; the last line tells that it is compiled: only then types are checked."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An engine of one small module."""
    folder = tmp_path / "src"
    for package in ("allo/core", "allo/sim"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    (folder / "allo/core/values.py").write_text(MODULE)
    return folder


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Path:
    """Written out, but not compiled."""
    folder = tmp_path / "copy"
    build.write(folder, source)
    return folder


def test_a_copy_of_what_is_there_is_current(copy: Path, source: Path) -> None:
    assert compiled.is_current(copy, source)


def test_no_copy_is_not_current(tmp_path: Path, source: Path) -> None:
    assert not compiled.is_current(tmp_path / "nowhere", source)


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_a_copy_of_another_source_is_not(copy: Path, source: Path, change: str) -> None:
    module = source / "allo/core/values.py"
    if change == "changed":
        module.write_text(MODULE + "\n")
    elif change == "added":
        (source / "allo/sim/more.py").touch()
    else:
        module.unlink()
    assert not compiled.is_current(copy, source)


def test_a_copy_for_another_python_is_not(copy: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "4.0")
    assert not compiled.is_current(copy, source)


def test_it_is_too_late_once_the_engine_is_imported(copy: Path, source: Path) -> None:
    import allo.core

    before = list(sys.path)
    assert not compiled.use(copy, source)
    assert sys.path == before
    assert allo.core.__file__ == str(compiled.SOURCE / "allo/core/__init__.py")
    assert compiled.remark().startswith("The plain engine runs")


def test_what_is_missing_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    with pytest.raises(build.CannotCompileError, match=r"There is no C compiler \(no-such-compiler\)"):
        build.check()
    monkeypatch.setenv("CC", sys.executable)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    with pytest.raises(build.CannotCompileError, match="Python's headers are not here"):
        build.check()
    (tmp_path / "Python.h").touch()
    monkeypatch.setitem(sys.modules, "mypyc", None)
    with pytest.raises(build.CannotCompileError, match="There is no mypyc here"):
        build.check()


def test_no_copy_and_an_outdated_one_are_told(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "COPY", tmp_path / "nowhere")
    assert "`make compile` makes one" in compiled.remark()
    monkeypatch.setattr(compiled, "COPY", copy)
    assert "is of another source" in compiled.remark()


def test_one_module_compiled_and_used(source: Path, tmp_path: Path) -> None:
    try:
        build.check()
    except build.CannotCompileError as error:
        pytest.skip(str(error))
    folder = tmp_path / "compiled"
    command = [sys.executable, "-m", "allo.compiled.build", str(folder), str(source)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    command = [sys.executable, "-c", ASKS, str(folder), str(source)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    is_used, told, refused = asked.stdout.splitlines()
    assert is_used == "True"
    file = f"{folder}/allo/core/values{sysconfig.get_config_var('EXT_SUFFIX')}"
    assert told == f"{file} Point(x=1.0, names=[]) True"
    assert "float" in refused
