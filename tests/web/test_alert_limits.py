"""From when on the floor warns: set by team leaders and administrators, in force on open pages at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from allo.data.models import Alert, AlertLimits, AuditEntry, Queue, QueueAlertLimits
from allo.web.control_client import Snapshot
from allo.web.floor import attention, limits, parts
from allo.web.mirror import Mirror
from tests.web.floor_items import CREW, NOW, agent, queue, system
from tests.web.test_setup import HX

if TYPE_CHECKING:
    from tests.web.conftest import Visit

CENTRE = {
    "beyond_target_s": "0", "below_goal": "10", "fewest_calls": "10", "wrapup_s": "180", "break_share": "34",
    "fewest_on_break": "3", "is_sounding": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.in_force, "_known", limits.AllLimits())
    monkeypatch.setattr(limits.in_force, "_revision", None)


def warned(known: limits.AllLimits, *items: dict[str, Any]) -> list[str]:
    kinds = {f"{'agent' if 'device_up' in item else 'queue'}:{item['id']}": item for item in items}
    return [alert.text for alert in attention.alerts(Mirror(Snapshot(1, kinds)), NOW, known)]


LATE = queue("1", waiting=["a"], longest_entered_at=NOW - 45)
LOW = queue("1", today={"service_level": 0.7})
AWAY = queue("1", agents={**CREW, "not_ready": 3})
LONG = agent("5", "Ann", state="wrap_up", since_at=NOW - 91, queue_id="1")


@pytest.mark.parametrize(
    ("own", "item", "sentence"),
    [
        ({"beyond_target_s": 0}, LATE, "Queue 1: the longest wait is beyond 20 s."),
        ({"beyond_target_s": 24}, LATE, "Queue 1: the longest wait is beyond 44 s."),
        ({"beyond_target_s": 25}, LATE, ""),
        ({"beyond_target_s": None}, LATE, ""),
        ({"below_goal": 9}, LOW, "Queue 1: 70% answered in time today, the goal is 80%."),
        ({"below_goal": 10}, LOW, ""),
        ({"below_goal": None}, LOW, ""),
        ({"break_share": 49}, AWAY, "Queue 1: 3 of 6 are on a break."),
        ({"break_share": 50}, AWAY, ""),
        ({"break_share": None}, AWAY, ""),
        ({"wrapup_s": 90}, LONG, "Ann has been in wrap-up for more than 1:30 min."),
        ({"wrapup_s": 60}, LONG, "Ann has been in wrap-up for more than 1 min."),
        ({"wrapup_s": 91}, LONG, ""),
        ({"wrapup_s": None}, LONG, ""),
    ],
)
def test_each_limit_decides_from_when_on(own: dict[str, Any], item: dict[str, Any], sentence: str) -> None:
    known = limits.Limits(**own)
    elsewhere = limits.Limits(None, None, None, None)
    said = [sentence] if sentence else []
    assert warned(limits.AllLimits(known), item) == said
    assert warned(limits.AllLimits(elsewhere, {"1": known}), item) == said, (
        "a queue's own limit goes before the centre's"
    )
    assert warned(limits.AllLimits(elsewhere, {"2": known}), item) == [], "another queue's limit is not this one's"


def test_few_calls_and_few_people_say_nothing() -> None:
    assert warned(limits.AllLimits(fewest_calls=11), queue("1", today={"service_level": 0.1})) == []
    assert warned(limits.AllLimits(fewest_on_break=4), AWAY) == []


def test_leaders_and_administrators_set_them_and_agents_do_not(visit: Visit) -> None:
    for who, code in (("agent", 403), ("leader", 200), ("admin", 200)):
        browser = visit(who)
        for path in ("/setup/alerts/", "/setup/alerts/rules", "/setup/alerts/new"):
            assert browser.get(path).status_code == code, (who, path)
        saved = browser.post("/setup/alerts/rules", CENTRE | {"wrapup_s": str(200 + code)}, headers=HX)
        assert saved.status_code == code
    assert AlertLimits.current().wrapup_s == 400
    page = visit("leader").get("/setup/alerts/").content.decode()
    assert "/setup/users/" not in page, "a leader sees no way to pages that refuse them"
    assert 'href="/setup/history/"' not in page
    assert 'href="/setup/alerts/"' in visit("leader").get("/floor/").content.decode()
    assert visit("leader").get("/setup/no-such/").status_code == 403
    assert visit("admin").get("/setup/no-such/").status_code == 404


def test_what_makes_no_sense_is_refused(visit: Visit) -> None:
    leader, sales = visit("leader"), Queue.objects.create(name="Sales")
    for field, value in (("wrapup_s", "4"), ("break_share", "100"), ("below_goal", "-1"), ("fewest_calls", "")):
        assert leader.post("/setup/alerts/rules", CENTRE | {field: value}, headers=HX).status_code == 422
    empty = leader.post("/setup/alerts/new", {"queue": sales.pk}, headers=HX)
    assert empty.status_code == 422
    assert "at least one limit" in empty.content.decode()
    assert not AlertLimits.objects.exists()
    assert not QueueAlertLimits.objects.exists()


def test_a_queue_differs_and_the_page_says_where(visit: Visit) -> None:
    leader, sales = visit("leader"), Queue.objects.create(name="Sales")
    leader.post("/setup/alerts/rules", CENTRE | {"below_goal": ""}, headers=HX)
    saved = leader.post("/setup/alerts/new", {"queue": sales.pk, "beyond_target_s": "60"}, headers=HX)
    assert saved.status_code == 200, saved.content.decode()
    page = leader.get("/setup/alerts/").content.decode()
    assert "wait 60 s beyond the target" in page
    assert "service level" not in page.split('class="lines"')[0].split("The whole centre")[1]
    assert limits.load().of(sales.queue_id) == limits.Limits(60, None, 180, 34)
    assert limits.load().of("99") == limits.Limits(0, None, 180, 34)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.subject_kind, entry.actor) == ("queuealertlimits", leader.get("/floor/").wsgi_request.user)


def drawn(revision: int) -> str:
    here = Mirror(Snapshot(1, {"system": system(config_revision=revision), "queue:1": LATE}))
    return parts.draw_alerts(here, "", "en")


def test_open_pages_follow_at_once_and_what_was_warned_of_stays(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("allo.web.mirror.time.time", lambda: NOW)
    Alert.objects.create(
        key="late-1",
        kind="warning",
        rule="late",
        values={"queue": "Sales", "seconds": 20},
        began_at="2026-01-15T09:00Z",
    )
    assert "Queue 1: the longest wait is beyond 20 s." in drawn(1)
    with django_capture_on_commit_callbacks(execute=True):
        visit("leader").post("/setup/alerts/rules", CENTRE | {"beyond_target_s": "30", "is_sounding": ""}, headers=HX)
    assert "All is well." in drawn(1), "this process has changed it: no need to wait for control"
    AlertLimits.objects.update(beyond_target_s=1)
    assert "All is well." in drawn(1)
    silent = drawn(2)
    assert "beyond 21 s" in silent, "another process has changed it: control's revision says so"
    assert "data-quiet" in silent
    assert Alert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_on_the_event_loop_the_database_is_read_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allo.web.mirror.time.time", lambda: NOW)
    await AlertLimits.objects.acreate(pk=1, beyond_target_s=None)
    assert "beyond 20 s" in drawn(7), "what is known holds meanwhile"
    async with asyncio.timeout(10):
        while "beyond" in drawn(7):
            await asyncio.sleep(0.01)
    await asyncio.get_running_loop().shutdown_default_executor()  # its thread closes its own connection
    await sync_to_async(connections.close_all)()


def test_the_limits_of_a_queue_go_with_it(visit: Visit) -> None:
    sales = Queue.objects.create(name="Sales")
    QueueAlertLimits.objects.create(queue=sales, wrapup_s=60)
    visit("admin").post(f"/setup/queues/{sales.pk}/delete", headers=HX)
    assert not Queue.objects.active().exists()
