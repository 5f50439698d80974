"""Names of reasons and skills by the ids that control knows, for parts of pages that are drawn without the database.

Read by every page view and after each change of the set-up; an id that is still unknown (changed through another
process) is read in a thread and shows up with the next drawing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from django.db import connection

from allo.data.models import BreakReason, HoldReason, Skill

_MODELS = {"break": BreakReason, "hold": HoldReason, "skill": Skill}
_names: dict[tuple[str, str], str] = {}


def read() -> dict[tuple[str, str], str]:
    """Read all names, deleted ones too: somebody may be on such a break now."""
    for kind, model in _MODELS.items():
        _names.update({(kind, str(pk)): name for pk, name in model.objects.values_list("pk", "name")})  # type: ignore[attr-defined]
    return _names


def name_of(reason_id: str) -> str:
    """Return the name of a break reason; "" as long as it is not known."""
    return _name("break", reason_id)


def hold_reason(reason_id: str) -> str:
    """Return the name of a reason for a hold."""
    return _name("hold", reason_id)


def skill(skill_id: str) -> str:
    """Return the name of a skill."""
    return _name("skill", skill_id)


def _name(kind: str, id_: str) -> str:
    if (kind, id_) in _names:
        return _names[kind, id_]
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return read().get((kind, id_), "")
    loop.run_in_executor(None, _read_in_thread)
    return ""


def forget(**_signal: Any) -> None:
    """Receive data's ``config_changed``: names may be other ones now."""
    _names.clear()


def _read_in_thread() -> None:
    with suppress(Exception):  # a database that is away is the next page's business to report
        read()
    connection.close()
