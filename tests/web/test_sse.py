"""Live pages: everything at once, then what changes, drawn once for all; nothing for those who may not look."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from django.utils import translation

from allo.data.models import Role, User
from allo.web import hub as hub_module
from allo.web import live_parts, sse, watch
from allo.web.hub import Hub
from allo.web.sse import Audience, Fragment, Rows
from tests.waiting import PATIENCE_S, until
from tests.web.control_double import ControlDouble, speaking

if TYPE_CHECKING:
    from pathlib import Path

    from allo.web.mirror import Item, Mirror
    from tests.web.conftest import People, Visit

ITEMS: dict[str, Any] = {
    "system": {"asterisk": "up"},
    "queue:1": {"id": "1", "waiting": 0},
    "agent:5": {"id": "5", "state": "ready", "call_id": ""},
    "agent:6": {"id": "6", "state": "ready", "call_id": ""},
}


def _queues(mirror: Mirror, _scope: str, language: str) -> str:
    return f"{language}\nwaiting {mirror.items['queue:1']['waiting']}"


def _mine(mirror: Mirror, scope: str, _language: str) -> str:
    return f"agent {scope} is {(mirror.agent(scope) or {}).get('state')}"


def _row(_mirror: Mirror, item: Item, _language: str) -> str:
    return "" if item["state"] == "offline" else f'<li id="agents-{item["id"]}">{item["state"]}</li>'


QUEUES = Fragment("queues", lambda _mirror, _scope: ["queue:"], _queues)
MINE = Fragment("mine", lambda _mirror, scope: [f"agent:{scope}"], _mine)
MINE_TOO = Fragment("too", lambda _mirror, scope: [f"agent:{scope}"], _mine)
FLOOR = Audience("test-floor", Role.TEAM_LEADER, (QUEUES, Rows("agents", "agent", _row)))
DESK = Audience("test-desk", Role.AGENT, (MINE,), scope=lambda user: user.agent_id)


@pytest.fixture(autouse=True)
async def _no_connection_stays_open() -> AsyncIterator[None]:
    """Close what asynchronous views opened in their thread: PostgreSQL drops no database that is in use."""
    yield
    await sync_to_async(connections.close_all)()


class Page:
    """The reading end of one open page."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self.parts = parts
        self.events: list[tuple[str, str]] = []

    async def close(self) -> None:
        """Leave the page."""
        assert isinstance(self.parts, AsyncGenerator)
        await self.parts.aclose()

    async def read(self) -> list[tuple[str, str]]:
        """Return the next events, beats left out."""
        while True:
            text = (await anext(self.parts)).decode()
            found = []
            for block in text.strip().split("\n\n"):
                lines = [line.partition(": ") for line in block.split("\n")]
                name = "".join(value for key, _, value in lines if key == "event")
                data = "\n".join(value for key, _, value in lines if key == "data")
                if name and name != "beat":
                    found.append((name, data))
            if found:
                return found


@asynccontextmanager
async def centre(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[tuple[ControlDouble, Hub]]:
    async with speaking(folder / "c", ITEMS) as control:
        client = control.client()
        hub = Hub(lambda: client)
        monkeypatch.setattr(hub_module, "_hub", hub)
        monkeypatch.setattr(sse, "_studio", live_parts.Studio(hub))
        hub.start()
        while not (control._followers and hub.tick):
            await asyncio.sleep(0.01)
        yield control, hub
        await hub.stop()
        client.close()


def open_page(audience: Audience, scope: str = "", language: str = "en") -> Page:
    return Page(sse.follow(audience, scope, language))


async def test_a_new_page_gets_everything_at_once_then_what_changes(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with centre(short_folder, monkeypatch) as (control, _hub):
        page = open_page(FLOOR)
        assert await page.read() == [
            ("queues", "en\nwaiting 0"),
            ("agents.all", '<li id="agents-5">ready</li><li id="agents-6">ready</li>'),
        ]
        control.change("queue:1", {"id": "1", "waiting": 3})
        assert await page.read() == [("queues", "en\nwaiting 3")]
        control.change("agent:6", {"id": "6", "state": "on_call", "call_id": "a"})
        assert await page.read() == [("agents", '<li id="agents-6">on_call</li>')]
        control.change("agent:5", None)
        control.change("agent:6", {"id": "6", "state": "offline", "call_id": ""})
        gone = '<template data-gone="agents-6"></template><template data-gone="agents-5"></template>'
        assert await page.read() == [("agents", gone)]


async def test_a_row_follows_what_else_it_shows(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(mirror: Mirror, item: Item, _language: str) -> str:
        return f'<p id="queues-{item["id"]}">{[mirror.get("call:" + one) for one in item["waiting"]]}</p>'

    rows = Rows("queues", "queue", draw, also_kind="call", also=lambda item: [f"call:{one}" for one in item["waiting"]])
    async with centre(short_folder, monkeypatch) as (control, _hub):
        control.change("queue:1", {"id": "1", "waiting": ["a"]})
        control.change("queue:2", {"id": "2", "waiting": []})
        while _hub.mirror.seq < control.seq:
            await asyncio.sleep(0.01)
        page = open_page(Audience("rows", Role.AGENT, (rows,)))
        await page.read()
        control.change("call:a", {"n": 1})
        assert await page.read() == [("queues", """<p id="queues-1">[{'n': 1}]</p>""")]


async def test_what_looks_the_same_is_not_sent_again(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with centre(short_folder, monkeypatch) as (control, _hub):
        page = open_page(DESK, "5")
        assert await page.read() == [("mine", "agent 5 is ready")]
        control.change("agent:5", {**ITEMS["agent:5"], "today": {"answered": 1}})
        control.change("agent:6", {**ITEMS["agent:6"], "state": "not_ready"})
        await asyncio.sleep(0.3)
        control.change("agent:5", {**ITEMS["agent:5"], "state": "on_call"})
        assert await page.read() == [("mine", "agent 5 is on_call")]


async def test_ten_open_pages_cost_the_drawing_of_one(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with centre(short_folder, monkeypatch) as (control, _hub):
        pages = [open_page(FLOOR) for _ in range(10)]
        russian = open_page(FLOOR, language="ru")
        for page in [*pages, russian]:
            await page.read()
        before = sse.studio().draws
        for count in range(1, 5):
            control.change("queue:1", {"id": "1", "waiting": count})
            seen = await asyncio.gather(*(page.read() for page in [*pages, russian]))
            assert seen == [[("queues", f"en\nwaiting {count}")]] * 10 + [[("queues", f"ru\nwaiting {count}")]]
        assert sse.studio().draws - before == 4 * 2, "once a change and language, whoever looks"


async def test_a_fragment_may_depend_on_the_clock(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def draw(_mirror: Mirror, _scope: str, _language: str) -> str:
        drawn.append(1)
        return f"drawing {len(drawn)}"

    timed = Audience("timed", Role.AGENT, (Fragment("late", lambda _m, _s: ["system"], draw, every_s=0.05),))
    monkeypatch.setattr(sse, "BEAT_EVERY_S", 0.1)
    async with centre(short_folder, monkeypatch):
        page = open_page(timed)
        assert await page.read() == [("late", "drawing 1")]
        assert await page.read() == [("late", "drawing 2")]


async def test_a_fragment_of_which_nothing_is_known_yet_is_left_as_it_is(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"5": "calm", "6": None}
    part = Fragment("mine", lambda _mirror, scope: [f"agent:{scope}"], lambda _mirror, scope, _language: known[scope])
    audience = Audience("not-yet", Role.AGENT, (MINE_TOO, part))
    async with centre(short_folder, monkeypatch) as (control, _hub):
        assert await open_page(audience, "5").read() == [("too", "agent 5 is ready"), ("mine", "calm")]
        page = open_page(audience, "6")
        assert await page.read() == [("too", "agent 6 is ready")]
        known["6"] = "calm"
        control.change("agent:5", {**ITEMS["agent:5"], "state": "on_call"})
        assert await page.read() == [("mine", "calm")], "it is drawn until something is known"


async def test_a_page_hears_that_control_is_away(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with centre(short_folder, monkeypatch) as (control, hub):
        parts = sse.follow(DESK, "5", "en")
        assert b'"away_since":null' in await anext(parts)
        await control.stop()
        while b"away_since" not in (heard := await anext(parts)) or b"null" in heard:
            pass
        assert hub.away_since is not None
        await control.start()


def test_the_first_view_has_all_parts() -> None:
    mirror = live_parts_mirror()
    drawn = FLOOR.draw_all(mirror, "", "ru")
    assert drawn["queues"] == "ru\nwaiting 0"
    assert drawn["agents"].count("<li") == 2


def live_parts_mirror() -> Mirror:
    from allo.web.control_client import Snapshot
    from allo.web.mirror import Mirror as Fresh

    return Fresh(Snapshot(1, ITEMS))


# Who may look -----------------------------------------------------------------------------------------------------


async def _request(user: User | None) -> HttpRequest:
    request = RequestFactory().get("/live", headers={"Accept": "text/event-stream"})
    request.session = SessionStore()

    async def auser() -> User | AnonymousUser:
        return user or AnonymousUser()

    request.auser = auser
    return request


async def _events(response: object) -> Page:
    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Type"].startswith("text/event-stream")
    assert response["Cache-Control"] == "no-store"
    parts = response.streaming_content
    assert isinstance(parts, AsyncIterator)
    return Page(aiter(parts))


@pytest.mark.django_db(transaction=True)
async def test_outsiders_and_colleagues_get_a_word_and_no_data(people: People) -> None:
    nobody = await _events(await sse.stream(await _request(None), FLOOR))
    assert await nobody.read() == [("signed-out", "")]
    agent = await _events(await sse.stream(await _request(people["agent"]), FLOOR))
    assert await agent.read() == [("forbidden", "")]
    with pytest.raises(StopAsyncIteration):
        await agent.read()


@pytest.mark.django_db(transaction=True)
async def test_a_leader_follows_until_the_role_is_gone(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, people: People, visit: Visit
) -> None:
    monkeypatch.setattr(watch, "CHECK_EVERY_S", 0.02)
    client = await sync_to_async(visit)("leader")
    async with centre(short_folder, monkeypatch):
        request = await _request(people["leader"])
        request.session = SessionStore(client.cookies["allo_session"].value)
        with translation.override("en"):
            page = await _events(await sse.stream(request, FLOOR))
        assert [name for name, _ in await page.read()] == ["queues", "agents.all"]
        await User.objects.filter(pk=people["leader"].pk).aupdate(role=Role.AGENT)
        assert await page.read() == [("forbidden", "")]
        with pytest.raises(StopAsyncIteration):
            await page.read()


@pytest.mark.django_db(transaction=True)
async def test_one_sign_in_opens_so_many_live_pages_and_no_more(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, people: People, visit: Visit
) -> None:
    monkeypatch.setattr(watch, "MOST_PAGES", 3)
    keys = [(await sync_to_async(visit)("leader")).cookies["allo_session"].value for _ in range(2)]

    async def answer(key: str) -> HttpResponseBase:
        request = await _request(people["leader"])
        request.session = SessionStore(key)
        return await sse.stream(request, FLOOR)

    async with centre(short_folder, monkeypatch):
        pages = [await _events(await answer(keys[0])) for _ in range(3)]
        for page in pages:
            await page.read()
        assert (await answer(keys[0])).status_code == 429
        elsewhere = await _events(await answer(keys[1]))
        await elsewhere.read()
        await pages[0].close()
        await until(lambda: not watch.has_many(keys[0]))
        again = await _events(await answer(keys[0]))
        await again.read()
        for page in (*pages[1:], elsewhere, again):
            await page.close()


async def test_pages_go_by_controls_clock_when_the_machines_was_set(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with centre(short_folder, monkeypatch) as (control, hub):
        control.change("system", {"asterisk": "up", "clock_off_s": 3600})
        await until(lambda: hub.mirror.seq == control.seq)
        hub.away_since = time.time() - 7
        first = (await anext(sse.follow(FLOOR, "", "en"))).decode()
    beat = json.loads(first.partition("event: beat\ndata: ")[2].partition("\n")[0])
    assert beat["now"] == pytest.approx(time.time() - 3600, abs=60)
    assert beat["now"] - beat["away_since"] == pytest.approx(7, abs=60)


async def test_readers_are_watched_on_after_a_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    verdicts: Iterator[Exception | list[str]] = iter([RuntimeError("an error of ours"), ["forbidden"]])

    def judge_all(_readers: list[watch.Reader]) -> list[str]:
        said = next(verdicts)
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(watch, "CHECK_EVERY_S", 0.02)
    monkeypatch.setattr(watch, "judge_all", judge_all)
    is_told = asyncio.Event()
    with watch.watched("a-key", Role.AGENT, is_told.set) as reader:
        async with asyncio.timeout(PATIENCE_S):
            await is_told.wait()
        assert reader.verdict == "forbidden"
    assert "the watch over readers failed" in caplog.text


@pytest.mark.parametrize(
    ("change", "verdict"),
    [("nothing", ""), ("sign out", "signed-out"), ("role", "forbidden"), ("dismiss", "signed-out")],
)
def test_readers_are_judged_again(people: People, visit: Visit, change: str, verdict: str) -> None:
    client = visit("leader")
    key = client.cookies["allo_session"].value
    if change == "sign out":
        client.post("/logout")
    elif change == "role":
        User.objects.filter(pk=people["leader"].pk).update(role=Role.AGENT)
    elif change == "dismiss":
        User.objects.filter(pk=people["leader"].pk).update(is_active=False)
    assert watch.judge(key, Role.TEAM_LEADER) == verdict
    assert watch.judge("", Role.AGENT) == "signed-out"
