"""The hub: follows control, recovers from gaps and absences, wakes pages together."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from allo.web import hub as hub_module
from allo.web.hub import Hub
from allo.web.mirror import Mirror
from tests.waiting import until
from tests.web.control_double import ControlDouble, speaking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def following(double: ControlDouble) -> AsyncIterator[Hub]:
    client = double.client()
    hub = Hub(lambda: client)
    hub.start()
    try:
        yield hub
    finally:
        await hub.stop()
        client.close()


async def test_it_follows_control(short_folder: Path) -> None:
    async with speaking(short_folder / "c", {"queue:1": {"n": 1}}) as control, following(control) as hub:
        await until(lambda: hub.away_since is None and bool(control._followers))
        assert hub.mirror.items == {"queue:1": {"n": 1}}
        control.change("queue:1", {"n": 2})
        control.change("call:a", {"id": "a"})
        await until(lambda: hub.mirror.seq == control.seq)
        assert hub.mirror.items == control.items
        assert control.snapshots == 1


@pytest.mark.parametrize("line", [{"gap": True}, {"seq": 99, "key": "queue:1", "value": {"n": 99}}, {"beat": 50}])
async def test_after_a_gap_it_takes_a_fresh_snapshot(short_folder: Path, line: dict[str, object]) -> None:
    async with speaking(short_folder / "c", {"queue:1": {"n": 1}}) as control, following(control) as hub:
        await until(lambda: bool(hub.mirror.items) and bool(control._followers))
        before, following_before = control.snapshots, len(control._followers)
        control.items = {"queue:1": {"n": 7}}
        control.say(line)
        await until(lambda: hub.mirror.items == {"queue:1": {"n": 7}})
        assert control.snapshots == before + 1
        await until(lambda: len(control._followers) > following_before, "it follows from there on")


async def test_it_says_since_when_control_is_away_and_finds_it_again(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_pause_s", lambda _attempt: 0.01)
    async with speaking(short_folder / "c", {"queue:1": {"n": 1}}) as control, following(control) as hub:
        await until(lambda: hub.away_since is None)
        await control.stop()
        await until(lambda: hub.away_since is not None)
        assert hub.mirror.items == {"queue:1": {"n": 1}}, "what was last known stays"
        control.seq, control.items = 0, {"queue:1": {"n": 5}}
        control.socket.unlink(missing_ok=True)
        await control.start()
        await until(lambda: hub.away_since is None)
        assert hub.mirror.items == {"queue:1": {"n": 5}}


async def test_after_a_fault_of_its_own_it_says_that_nothing_is_known_and_goes_on(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    apply, stands = Mirror.apply, asyncio.Event()

    def stumble(mirror: Mirror, line: dict[str, object]) -> bool:
        if not stands.is_set() and line.get("key") == "queue:1":
            raise AttributeError("an error of ours")
        return apply(mirror, line)

    monkeypatch.setattr(Mirror, "apply", stumble)
    async with speaking(short_folder / "c", {"queue:1": {"n": 1}}) as control, following(control) as hub:
        await until(lambda: hub.away_since is None and bool(control._followers))
        control.change("queue:1", {"n": 2})
        await until(lambda: hub.away_since is not None, "pages say that what they show is old")
        stands.set()
        await until(lambda: hub.away_since is None)
        assert hub.mirror.items == {"queue:1": {"n": 2}}
    assert "the hub failed" in caplog.text


async def test_many_changes_wake_pages_once(short_folder: Path) -> None:
    async with speaking(short_folder / "c", {"queue:1": {"n": 0}}) as control, following(control) as hub:
        await until(lambda: hub.tick > 0)
        await until(lambda: bool(control._followers))
        tick = hub.tick
        woken: list[int] = []

        async def page() -> None:
            woken.append(await hub.changed_after(tick, 60))

        pages = [asyncio.create_task(page()) for _ in range(5)]
        for count in range(1, 21):
            control.change("queue:1", {"n": count})
        await asyncio.gather(*pages)
        assert woken == [tick + 1] * 5
        await until(lambda: hub.mirror.items == {"queue:1": {"n": 20}})
        assert hub.tick <= tick + 2


async def test_waiting_ends_in_time_without_news(short_folder: Path) -> None:
    async with speaking(short_folder / "c") as control, following(control) as hub:
        await until(lambda: hub.tick > 0)
        assert await hub.changed_after(hub.tick, 0.01) == hub.tick
