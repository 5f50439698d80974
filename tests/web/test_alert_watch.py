"""The history of warnings as the centre lives: what is written down is what was there, however short."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from allo.web.floor import alert_watch, limits
from tests.waiting import until
from tests.web.floor_items import call, system
from tests.web.test_sse import ITEMS, centre

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from allo.data.actions.alert import Begun


async def test_a_call_for_help_that_ends_at_once_is_in_the_history(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[set[str]] = []

    def keep(present: list[Begun]) -> bool:
        kept.append({one.rule for one in present})
        return True

    monkeypatch.setattr(alert_watch, "_keep", keep)
    monkeypatch.setattr(alert_watch, "LOOK_EVERY_S", 3600.0)
    monkeypatch.setattr(limits.in_force, "_load", limits.AllLimits)
    async with centre(short_folder, monkeypatch) as (control, hub):
        for key in ITEMS:
            control.change(key, None)
        control.change("system", system())
        await until(lambda: hub.mirror.seq == control.seq)
        watching = asyncio.create_task(alert_watch._watch())
        await until(lambda: bool(kept))
        control.change("call:a", call("a", state="talking", needs_help=True))
        await until(lambda: kept[-1] == {"help"})
        control.change("call:a", call("a", state="talking", needs_help=False))
        await until(lambda: not kept[-1])
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    assert kept == [set(), {"help"}, set()]
