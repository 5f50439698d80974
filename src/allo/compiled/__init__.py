"""Which engine simulations run: the plain source, or its compiled copy, which `scripts/compile` makes if wanted.

The copy is used only where a process asks for it before it imports `allo.core` or `allo.sim`, and only if it was made
of the very source, and for the very Python, that are there now. In any other case the plain source runs.
The live centre never asks: its journal is read by the types of fields, which compiled classes have lost (ADR 0014).
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from pathlib import Path

import allo
from allo.installation import CHECKOUT

COPY = CHECKOUT / ".compiled"
SOURCE = Path(allo.__file__).parent.parent
PACKAGES = ("allo/core", "allo/sim")
_MADE_OF = "made-of"


def modules(source: Path = SOURCE) -> list[str]:
    """The files of the engine and the simulator, as paths below the folder of the source."""
    found = (path for package in PACKAGES for path in (source / package).rglob("*.py"))
    return sorted(str(path.relative_to(source)) for path in found)


def digest(source: Path = SOURCE) -> str:
    """What a copy made now would be made of: every module, and the Python that compiled ones fit."""
    found = hashlib.sha256(f"{sys.version} {sysconfig.get_config_var('EXT_SUFFIX')}".encode())
    for module in modules(source):
        found.update(f"\0{module}\0".encode() + (source / module).read_bytes())
    return found.hexdigest()


def mark(copy: Path, made_of: str) -> None:
    """Note in a copy what it was made of."""
    (copy / _MADE_OF).write_text(made_of)


def is_current(copy: Path = COPY, source: Path = SOURCE) -> bool:
    """Whether there is a copy, made of what is there now."""
    note = copy / _MADE_OF
    return note.exists() and note.read_text() == digest(source)


def use(copy: Path = COPY, source: Path = SOURCE) -> bool:
    """From here on `allo.core` and `allo.sim` are the copy, if it may be used; tells whether they are."""
    if any(package.replace("/", ".") in sys.modules for package in PACKAGES) or not is_current(copy, source):
        return False
    sys.path.append(str(copy))  # what all compiled modules share lies there
    allo.__path__.insert(0, str(copy / "allo"))
    return True


def remark() -> str:
    """One line: which engine this process has."""
    if str(COPY / "allo") in allo.__path__:
        return "The compiled engine runs."
    if not COPY.exists():
        return "The plain engine runs (`make compile` makes one that is about three times as fast)."
    if not is_current(COPY):
        return "The plain engine runs: the compiled copy is of another source or another Python (`make compile`)."
    return "The plain engine runs."
