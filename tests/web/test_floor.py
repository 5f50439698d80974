"""The floor: who may look, what deserves attention, what a card and a tile say, and the curves of the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from allo import installation
from allo.data.models import Membership, Queue
from allo.web.control_client import Snapshot
from allo.web.floor import attention, curves, parts
from allo.web.mirror import Mirror
from allo.web.reports.periods import midnight, today
from tests.web.floor_items import CREW, NOW, agent, call, queue, system
from tests.web.made_facts import Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import People, Visit


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def mirror(**items: dict[str, Any]) -> Mirror:
    """Items by keys written with two underscores: ``agent__5``."""
    return Mirror(Snapshot(1, {key.replace("__", ":"): item for key, item in items.items()}))


# Who may look ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/floor/", "/floor/curves"])
@pytest.mark.parametrize(
    ("who", "code"), [("agent", 403), ("colleague", 403), ("leader", 200), ("admin", 200), ("", 302)]
)
def test_the_floor_is_for_leaders(visit: Visit, path: str, who: str, code: int) -> None:
    assert visit(who).get(path).status_code == code


def test_without_control_the_floor_says_so(visit: Visit) -> None:
    text = visit("leader").get("/floor/").content.decode()
    assert "The call engine is not running." in text
    assert 'data-live="/floor/live"' in text


def test_the_floor_shows_what_control_says(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    here = mirror(
        system=system(),
        agent__5=agent("5", "Anna <b>"),
        queue__1=queue("1", "Sales"),
        call__a=call("a", caller="web-1"),
    )
    monkeypatch.setattr("allo.web.floor.views.mirror_now", lambda: (here, True))
    text = visit("leader").get("/floor/").content.decode()
    assert "Anna &lt;b&gt;" in text
    assert '<a class="agent-tile__link" href="/reports/agents/5" data-open-agent="/floor/agents/5">' in text
    assert 'href="/reports/answering?queue=1"' in text
    assert "Visitor of the page" in text


# Attention ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "sentences"),
    [
        ({}, []),
        ({"system": system(asterisk="down")}, ["Asterisk is down. No calls come in until it is back."]),
        ({"system": system(asterisk="down", control_started_at=NOW - 5, asterisk_since_at=NOW - 5)}, []),
        (
            {"system": system(asterisk="down", control_started_at=NOW - 11, asterisk_since_at=NOW - 11)},
            ["Asterisk is down. No calls come in until it is back."],
        ),
        (
            {"system": system(asterisk="down", control_started_at=NOW - 5, asterisk_since_at=NOW)},
            ["Asterisk is down. No calls come in until it is back."],
        ),
        (
            {"system": system(recording="disk_full", ledger="behind")},
            [
                "The disk for recordings is full. Calls go on without being recorded.",
                "The database answers slowly. Reports lag behind; calls do not.",
            ],
        ),
        (
            {"system": system(input_log="failing")},
            [
                (
                    "The disk takes no notes of what happens: free some space. Calls go on; what happens now would be "
                    "forgotten at a restart."
                )
            ],
        ),
        ({"system": system(input_log="ok", clock_off_s=29)}, []),
        (
            {"system": system(clock_off_s=-3600)},
            [
                (
                    "The computer's clock was set and differs from the centre's by about 60 min. Waits and talks keep "
                    "their length; times follow slowly."
                )
            ],
        ),
        ({"queue__1": queue("1", waiting=["a"], longest_entered_at=NOW - 20)}, []),
        (
            {"queue__1": queue("1", waiting=["a"], longest_entered_at=NOW - 20.1)},
            ["Queue 1: the longest wait is beyond 20 s."],
        ),
        (
            {"queue__1": queue("1", waiting=["a"], longest_entered_at=NOW, agents=dict.fromkeys(CREW, 0))},
            ["Queue 1: 1 caller waits and nobody is at work."],
        ),
        (
            {"queue__1": queue("1", waiting=["a", "b"], agents={**CREW, "ready": 0, "on_call": 0, "not_ready": 3})},
            ["Queue 1: 2 callers wait and nobody is at work."],
        ),
        ({"call__a": call("a", state="held", since_at=NOW - 60, agent_name="Ann")}, []),
        (
            {"call__a": call("a", state="held", since_at=NOW - 61, agent_name="Ann")},
            ["Ann has kept a caller on hold for too long."],
        ),
        (
            {"agent__5": agent("5", "Ann", state="not_ready", reason="no_answer")},
            ["Ann did not answer an offered call and gets no more until Ready."],
        ),
        (
            {"agent__5": agent("5", "Ann", state="not_ready", reason="phone_failed")},
            ["Ann could not be rung: the phone did not respond."],
        ),
        (
            {"agent__5": agent("5", "Ann", state="not_ready", reason="outcome_missing")},
            ["Ann left a call without its outcome."],
        ),
        ({"agent__5": agent("5", "Ann", state="not_ready", reason="1")}, []),
        ({"agent__5": agent("5", "Ann", state="not_ready", reason="declined")}, []),
        ({"agent__5": agent("5", "Ann", device_up=False)}, ["Ann has no connection to the phone."]),
        ({"agent__5": agent("5", "Ann", state="offline", device_up=False)}, []),
    ],
)  # fmt: skip
def test_alerts_say_what_is_wrong_and_nothing_else(items: dict[str, Any], sentences: list[str]) -> None:
    assert [alert.text for alert in attention.alerts(mirror(**items), NOW)] == sentences


def test_those_who_need_attention_stand_first_and_a_call_moves_nobody() -> None:
    crew = [
        agent("1", "zoe", state="not_ready", reason="no_answer"),
        agent("2", "Bob", state="on_call"),
        agent("3", "ann"),
        agent("4", "Abe", state="offline"),
    ]
    order = [one["name"] for one in sorted(crew, key=attention.rank)]
    assert order == ["zoe", "ann", "Bob", "Abe"]
    assert attention.rank(agent("3", "ann")) == attention.rank(agent("3", "ann", state="on_call"))


# Cards, tiles, lines --------------------------------------------------------------------------------------------------


def test_a_queues_card_shows_each_wait_against_the_target() -> None:
    waiting = [f"c{place}" for place in range(30)]
    items = {f"call__{one}": call(one, entered_at=NOW - place) for place, one in enumerate(waiting)}
    here = mirror(queue__1=queue("1", waiting=waiting, longest_entered_at=NOW - 29), **items)
    text = parts.draw_queue(here, here.items["queue:1"], "en")
    assert len(re.findall(r'class="waits__bar" data-wait-since="\d+\.\d{3}" data-wait-target="20"', text)) == 24
    assert '<span class="waits__more">+6</span>' in text
    assert "<b>30</b><span>waiting</span>" in text
    assert "queue-card--below" in text
    assert "queue-card--below" not in parts.draw_queue(here, queue("1", today={"service_level": 0.8}), "en")
    assert "<b>–</b>" in parts.draw_queue(here, queue("1", today={"service_level": None}), "en")


def test_instants_are_for_scripts_in_every_language() -> None:
    here = mirror(queue__1=queue("1", waiting=["a"], longest_entered_at=NOW - 1.5), call__a=call("a"))
    with translation.override("ru"):
        text = parts.draw_queue(here, here.items["queue:1"], "ru")
        assert f'data-since="{NOW - 1.5:.3f}"' in text
        assert f'data-wait-since="{NOW - 30:.3f}"' in text
        assert 'data-since="' in parts.draw_agent(here, agent("5"), "ru")
        assert "75 %" in text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("changes", "words", "class_name"),
    [
        ({}, "Ready", "agent-tile--ready"),
        ({"device_up": False}, "No phone", "agent-tile--trouble"),
        ({"state": "offered"}, "Ringing", "agent-tile--offered"),
        ({"state": "on_call", "call_id": "a"}, "On a call", "agent-tile--on-call"),
        ({"state": "on_call", "call_id": "h"}, "On hold", "agent-tile--on-call"),
        ({"state": "not_ready", "reason": "no_answer"}, "Did not answer an offered call", "agent-tile--trouble"),
        ({"state": "not_ready", "reason": ""}, "Break", "agent-tile--not-ready"),
        ({"state": "offline"}, "Logged out", "agent-tile--offline"),
    ],
)
def test_a_tile_says_the_state_in_a_word(changes: dict[str, Any], words: str, class_name: str) -> None:
    item = agent("5", **changes)
    here = mirror(call__a=call("a", state="talking"), call__h=call("h", state="held"), agent__5=item)
    text = parts.draw_agent(here, item, "en")
    assert f"<span>{words}</span>" in text
    assert class_name in text
    assert ("· Queue 1" in text) is ("call_id" in changes)
    assert ("<time" in text) is (changes.get("state") != "offline")


def test_a_tile_says_what_an_agent_does_after_the_call() -> None:
    here = mirror(call__a=call("a", state="talking"))
    busy = agent("5", state="on_call", call_id="a")
    assert "agent-tile__wish" not in parts.draw_agent(here, {**busy, "next_state": "ready"}, "en")
    text = parts.draw_agent(here, {**busy, "next_state": "not_ready", "next_reason": "logged_in"}, "en")
    assert "then: break" in text
    assert "then: end of work" in parts.draw_agent(here, {**busy, "next_state": "offline"}, "en")
    there = {**busy, "state": "offline", "next_state": "offline"}
    assert "agent-tile__wish" not in parts.draw_agent(here, there, "en")


def test_a_call_that_is_over_has_no_line() -> None:
    here = mirror()
    assert parts.draw_call(here, call("a", state="ended"), "en") == ""
    assert "+7 495 123-45-67" in parts.draw_call(here, call("a"), "en")
    assert "Irene" in parts.draw_call(here, call("a", caller_name="Irene"), "en")


def test_callers_who_hear_no_agent_stand_above_talks() -> None:
    here, ranks = mirror(), []
    for state in ("lost", "held", "waiting", "greeted", "talking"):
        found = re.search(r'data-rank="([^"]+)"', parts.draw_call(here, call("a", state=state), "en"))
        assert found
        ranks.append(found.group(1))
    assert ranks == sorted(ranks)
    older = parts.draw_call(here, call("b", entered_at=NOW - 99), "en")
    assert re.search(r'data-rank="([^"]+)"', older).group(1) < ranks[2]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ({"queue__1": queue("1", today={"entered": 0})}, "No calls yet"),
        ({"queue__1": queue("1")}, "No calls at this moment."),
        ({"call__a": call("a"), "queue__1": queue("1")}, ""),
    ],
)
def test_quiet_times_say_what_they_are(items: dict[str, Any], sentence: str) -> None:
    text = parts.draw_none(mirror(**items), "", "en")
    assert sentence in text if sentence else text == ""


# Curves ---------------------------------------------------------------------------------------------------------------


def test_a_curve_goes_through_the_days_half_hours(people: People, visit: Visit) -> None:
    queue_row = Queue.objects.create(name="Sales", service_level_target_s=20, short_abandon_s=5)
    Membership.objects.create(user=people["agent"], queue=queue_row)
    Queue.objects.create(name="Quiet")
    zone = installation.current().zone
    start = midnight(today(zone), zone).timestamp()
    story = Story()
    story.answered(start + 60, queue_row, people["agent"], wait_s=10)
    story.lost(start + 1900, queue_row, 30)
    story.answered(start + 3700, queue_row, people["agent"], wait_s=10)
    story.lost(start + 3800, queue_row, 30)
    story.write()
    drawn = {one.queue_id: one for one in curves.curves_of_today()}
    assert drawn[queue_row.pk].points == "0.0,2.0 50.0,26.0 100.0,14.0"
    assert drawn[queue_row.pk].goal_y == "6.8"
    text = visit("leader").get("/floor/curves").content.decode()
    assert f'id="curve-{queue_row.pk}" data-keep hx-swap-oob="true"' in text
    assert text.count("<polyline") == 1, "a queue without calls has no line"
