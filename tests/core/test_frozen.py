"""What goes in and out of the engine is frozen to the type checker alone: it must really say so of each such value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from allo.installation import CHECKOUT

_SNIPPET = """
from allo.core.frozen import frozen


@frozen
class Value:
    n: int = 0


value = Value(1)
value.n = 2
value.nothing = 3
"""


def test_the_type_checker_refuses_to_change_a_frozen_value(tmp_path: Path) -> None:
    (tmp_path / "changing.py").write_text(_SNIPPET)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path / 'cache'}"]
    here = {**os.environ, "MYPYPATH": str(CHECKOUT / "src")}
    found = subprocess.run([*mypy, "changing.py"], cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    refused = [line.partition(": ")[2] for line in found.stdout.splitlines() if line.startswith("changing.py:")]
    assert refused == [
        'error: Property "n" defined in "Value" is read-only  [misc]',
        'error: "Value" has no attribute "nothing"  [attr-defined]',
    ], found.stdout + found.stderr
