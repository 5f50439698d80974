"""Names of break reasons by the ids that control knows, for parts of pages that are drawn without the database.

Read by every page view and after each change of the set-up; an id that is still unknown (changed through another
process) is read in a thread and shows up with the next drawing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from django.db import connection

from allo.data.models import BreakReason

_names: dict[str, str] = {}


def read() -> dict[str, str]:
    """Read all names, deleted ones too: somebody may be on such a break now."""
    _names.update({str(pk): name for pk, name in BreakReason.objects.values_list("pk", "name")})
    return _names


def name_of(reason_id: str) -> str:
    """Return the name of a break reason; "" as long as it is not known."""
    if reason_id in _names:
        return _names[reason_id]
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return read().get(reason_id, "")
    loop.run_in_executor(None, _read_in_thread)
    return ""


def forget(**_signal: Any) -> None:
    """Receive data's ``config_changed``: names may be other ones now."""
    _names.clear()


def _read_in_thread() -> None:
    with suppress(Exception):  # a database that is away is the next page's business to report
        read()
    connection.close()
