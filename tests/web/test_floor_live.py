"""The floor while it is open: what is drawn, plus what the stream sends, equals the page drawn afresh.

And ten open floors cost the drawing of one.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.web import live_parts, mirror, sse
from allo.web.control_client import Snapshot
from allo.web.floor import limits, parts
from allo.web.floor.parts import FLOOR
from allo.web.hub import Hub
from allo.web.live_parts import Audience, Fragment, Rows, Studio
from tests.web.floor_items import NOW, agent, call, queue, system
from tests.web.test_sse import ITEMS, _events, _request, centre, open_page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import People

CALLS, QUEUES, AGENTS = ["a", "b", "c"], ["1", "2"], ["5", "6", "7"]
ELEMENT = re.compile(r"<(article|li|template)\b.*?</\1>", re.DOTALL)
ITS_ID = re.compile(r'(?:id|data-gone)="([^"]+)"')


class OpenFloor:
    """An open page as live.js keeps it: parts by name, rows by id."""

    def __init__(self, hub: Hub, studio: Studio, language: str) -> None:
        self._stream = sse._Page(FLOOR, "", language, studio, hub)
        self.fragments: dict[str, str] = {}
        self.rows: dict[str, dict[str, str]] = {}
        for name, text in FLOOR.draw_all(hub.mirror, "", language).items():
            self._put(name, text)

    def read(self) -> None:
        """Take the news, as the browser does."""
        for block in self._stream.news().decode().split("\n\n"):
            lines = [line.partition(": ") for line in block.split("\n")]
            name = "".join(value for key, _, value in lines if key == "event")
            if name:
                self._put(name, "\n".join(value for key, _, value in lines if key == "data"))

    def _put(self, event: str, text: str) -> None:
        name, _dot, is_all = event.partition(".")
        if not isinstance(next(part for part in FLOOR.parts if part.name == name), Rows):
            self.fragments[name] = text.strip()
            return
        rows = self.rows.setdefault(name, {})
        if is_all:
            rows.clear()
        for found in ELEMENT.finditer(text):
            key = ITS_ID.search(found.group())
            assert key
            if found.group(1) == "template":
                rows.pop(key.group(1), None)
            else:
                rows[key.group(1)] = found.group()


names = st.sampled_from(["Ann", "Боб", "<i>"])
states = st.sampled_from(["offline", "not_ready", "ready", "offered", "on_call", "wrap_up"])
call_ids = st.sampled_from(["", *CALLS])
agents = st.builds(
    lambda key, name, state, reason, up, call_id: (
        f"agent:{key}",
        agent(key, name, state=state, reason=reason, device_up=up, call_id=call_id),
    ),
    st.sampled_from(AGENTS), names, states, st.sampled_from(["", "no_answer", "phone_lost"]), st.booleans(), call_ids,
)  # fmt: skip
queues = st.builds(
    lambda key, name, waiting, answered: (
        f"queue:{key}",
        queue(
            key, name, waiting=waiting, longest_entered_at=NOW - 25 if waiting else None, today={"answered": answered}
        ),
    ),
    st.sampled_from(QUEUES), names, st.lists(st.sampled_from(CALLS), unique=True), st.integers(0, 2),
)  # fmt: skip
calls = st.builds(
    lambda key, state, since, who: (
        f"call:{key}", call(key, state=state, since_at=NOW - since, entered_at=NOW - since, agent_name=who)
    ),
    st.sampled_from(CALLS), st.sampled_from(["greeted", "waiting", "talking", "held", "lost"]),
    st.sampled_from([5.0, 59.0, 300.0]), names,
)  # fmt: skip
systems = st.builds(
    lambda asterisk, recording: ("system", system(asterisk=asterisk, recording=recording)),
    st.sampled_from(["up", "down"]), st.sampled_from(["ok", "disk_full", "off"]),
)  # fmt: skip
removals = st.sampled_from([f"call:{one}" for one in CALLS] + [f"agent:{one}" for one in AGENTS] + ["queue:2"])
changes = st.one_of(agents, queues, calls, systems, removals.map(lambda key: (key, None)))
steps = st.lists(st.tuples(changes, st.sampled_from(["quiet", "read", "late read"])), max_size=30)
centres = st.lists(st.one_of(agents, queues, calls), max_size=8)


class Clock:
    """Stands still but for ``pass_s``; alerts look at it."""

    def __init__(self) -> None:
        self.now = NOW

    def time(self) -> float:
        return self.now


@settings(max_examples=150)
@given(start=centres, told=steps, language=st.sampled_from(["en", "ru"]))
def test_an_old_page_with_its_news_equals_a_fresh_page(
    start: list[tuple[str, Any]], told: list[tuple[tuple[str, Any], str]], language: str
) -> None:
    with pytest.MonkeyPatch.context() as patch, translation.override(language):
        clock = Clock()
        patch.setattr(mirror, "time", clock)
        patch.setattr(live_parts, "time", clock)
        patch.setattr(limits.in_force, "_load", limits.AllLimits)  # no database is asked here
        hub = Hub()
        hub.mirror.replace(Snapshot(1, {"system": system(), "queue:1": queue("1"), **dict(start)}))
        hub.tick = 1
        studio = Studio(hub)
        early, late = OpenFloor(hub, studio, language), None
        early.read()
        for (key, value), reading in told:
            hub.mirror.apply({"seq": hub.mirror.seq + 1, "key": key, "value": value})
            if reading == "quiet":
                continue
            hub.tick += 1
            clock.now += parts.ALERTS_EVERY_S * (reading == "late read")
            early.read()
            late = late or OpenFloor(hub, studio, language)
            late.read()
        hub.tick += 1
        clock.now += parts.ALERTS_EVERY_S
        fresh = OpenFloor(hub, Studio(hub), language)
        for page in filter(None, (early, late)):
            page.read()
            assert page.fragments == fresh.fragments
            assert page.rows == fresh.rows


def counted(drawn: Counter[str]) -> Audience:
    """The floor, with a count of what is drawn how often."""

    def count(part: Fragment | Rows) -> Fragment | Rows:
        draw: Any = part.draw

        def drawing(*arguments: Any) -> str:
            drawn[part.name] += 1
            return str(draw(*arguments))

        return replace(part, draw=drawing)

    return replace(FLOOR, name="counted", parts=tuple(count(part) for part in FLOOR.parts))


async def test_ten_open_floors_draw_each_part_once(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.in_force, "_load", limits.AllLimits)
    async with centre(short_folder, monkeypatch) as (control, hub):
        for key in ITEMS:
            control.change(key, None)
        crew = {f"agent:{place}": agent(str(place)) for place in range(250)}
        for key, item in {"system": system(), "queue:1": queue("1"), "queue:2": queue("2"), **crew}.items():
            control.change(key, item)
        while hub.mirror.seq < control.seq:
            await hub.changed_after(hub.tick, 0.1)
        drawn: Counter[str] = Counter()
        floor = counted(drawn)
        pages = [open_page(floor) for _ in range(10)]
        for page in pages:
            await page.read()
        assert {drawn[name] for name in ("system", "crew", "none")} == {1}
        assert (drawn["agents"], drawn["queues"]) == (250, 2)
        drawn.clear()
        began = time.monotonic()
        for count in range(1, 6):
            control.change("agent:7", agent("7", state="not_ready", since_at=NOW + count))
            for page in pages:
                while "agents" not in dict(await page.read()):
                    pass
        passed_s = time.monotonic() - began
        alerts = drawn.pop("alerts")
        assert drawn == {"agents": 5, "crew": 5, "claims": 5}, (
            "each change once, whoever looks; nothing that did not change"
        )
        assert alerts <= 5 + passed_s / parts.ALERTS_EVERY_S + 1, "those by the clock too"


@pytest.mark.django_db(transaction=True)
async def test_outsiders_get_a_word_and_no_floor(people: People) -> None:
    for who, word in ((None, "signed-out"), (people["agent"], "forbidden")):
        page = await _events(await sse.stream(await _request(who), FLOOR))
        assert await page.read() == [(word, "")]
        with pytest.raises(StopAsyncIteration):
            await page.read()
