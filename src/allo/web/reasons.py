"""Names of reasons, skills and spoken messages by the ids that control knows, for what is drawn without the database.

Read by every page view and after each change of the set-up; an id that is still unknown (changed through another
process) is read in a thread and shows up with the next drawing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from django.db import connection

from allo.data.models import BreakReason, Greeting, HoldReason, Skill

_MODELS = {
    "break": (BreakReason, "name"),
    "hold": (HoldReason, "name"),
    "skill": (Skill, "name"),
    "message": (Greeting, "title"),
}
_names: dict[tuple[str, str], str] = {}


def read() -> dict[tuple[str, str], str]:
    """Read all names, deleted ones too: somebody may be on such a break now."""
    for kind, (model, field) in _MODELS.items():
        _names.update({(kind, str(pk)): name for pk, name in model._default_manager.values_list("pk", field)})
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


def message(message_id: str) -> str:
    """Return the title of what callers hear; "" for none."""
    return _name("message", message_id) if message_id else ""


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
