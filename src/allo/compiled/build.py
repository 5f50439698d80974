"""Compiles the engine and the hot part of the simulator by mypyc: `python -m allo.compiled.build FOLDER`.

Writes their modules into FOLDER with every `__init__` written out (`inits`), and compiles them there, beside. It does
not judge the result: `scripts/compile` does, before it puts the folder in its place. Needs mypyc, a C compiler and
Python's headers; what is missing is said in a sentence.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from allo import compiled
from allo.compiled.inits import written_out

_NOT_COMPILED = ("frozen.py", "problem.py", "broken_rule.py")
"""Of the engine: classes that derive from built-in ones, and the decorator that is not needed any more."""
_HOT = ("simulation.py", "crew.py", "customers.py", "callers.py", "figures.py")
"""Of the simulator: what runs during a day and counts afterwards. The rest only prepares a run, by numpy."""


class CannotCompileError(Exception):
    """Something is missing here; the message says what to do."""


def is_compiled(module: str) -> bool:
    """Whether a module is compiled; the others are copied as they are."""
    name = Path(module).name
    return name not in _NOT_COMPILED if module.startswith("allo/core/") else name in _HOT


def check() -> None:
    """Raises CannotCompileError when there is nothing to compile with."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise CannotCompileError(f"There is no C compiler ({compiler}). On Debian: apt-get install gcc python3-dev.")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise CannotCompileError("Python's headers are not here. On Debian: apt-get install python3-dev.")
    try:
        import mypyc  # noqa: F401, PLC0415
        import setuptools  # noqa: F401, PLC0415
    except ImportError as error:
        raise CannotCompileError(f"There is no {error.name} here. `make check` brings it, once.") from error


def write(folder: Path, source: Path = compiled.SOURCE) -> list[str]:
    """Write all modules into `folder`; returns those that are to be compiled."""
    made_of, modules = compiled.digest(source), compiled.modules(source)
    for module in modules:
        text = (source / module).read_text()
        target = folder / module
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(written_out(text) if is_compiled(module) else text)
    compiled.mark(folder, made_of)
    return [module for module in modules if is_compiled(module)]


def build(folder: Path, modules: list[str]) -> None:
    """Compile modules that lie in `folder`, beside their source."""
    from mypyc.build import mypycify  # noqa: PLC0415
    from setuptools import Distribution  # noqa: PLC0415

    options = ["--config-file=", "--explicit-package-bases", "--ignore-missing-imports", "--follow-imports=silent"]
    remarks = io.StringIO()
    with contextlib.chdir(folder):
        print(f"Translating {len(modules)} modules to C ...", flush=True)
        try:
            with contextlib.redirect_stdout(remarks):  # they are about speed, or say why it cannot be done
                extensions = mypycify([*options, *modules], opt_level="2", debug_level="0", group_name="allo")
        except SystemExit:
            print(remarks.getvalue(), file=sys.stderr)
            raise
        print("Compiling the C, which takes longest ...", flush=True)
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.inplace = True
        command.ensure_finalized()
        command.run()
    for left_over in ("build", ".mypy_cache"):
        shutil.rmtree(folder / left_over, ignore_errors=True)


def main() -> None:
    folder, *source = map(Path, sys.argv[1:])
    try:
        check()
        build(folder, write(folder, *source))
    except CannotCompileError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
