"""What a team leader sees of help, breaks, call-backs and the own place in a call; in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from allo.web import reasons
from allo.web.control_client import Snapshot
from allo.web.floor import attention, parts
from allo.web.mirror import Mirror
from tests.web.floor_items import CREW, NOW, agent, call, queue

CALLBACK = {
    "number": "+74951234567", "agreed_at": NOW - 600, "is_alone": True, "is_parked": False, "due_at": None,
    "tries": 0, "recording_id": "",
}  # fmt: skip
CLAIM = {
    "reason": "", "asked_at": NOW, "answer": "later", "because": "calls_waiting", "starts_at": NOW + 600, "place": 1,
}  # fmt: skip
RINGS = {"7": {"leg_id": "a-a1", "since_at": NOW, "expires_at": NOW + 9, "because": "call:most_skilled:level=1"}}
SERVED = {"agent_id": "7", "agent_name": "Boris", "routed_because": "call:last_agent:level=1"}
OWED = {"reward": "", "amount": 45000, "deadline_at": NOW, "is_over": True, "code": "ABCD2345"}
LISTENS = {"leader_id": "9", "name": "Lena", "mode": "listen", "is_there": True}


def mirror(*items: dict[str, Any], kinds: tuple[str, ...]) -> Mirror:
    return Mirror(Snapshot(1, {f"{kind}:{item['id']}": item for kind, item in zip(kinds, items, strict=True)}))


# A line of the calls: (what is known of the call, words that must stand there)
CALLS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "help": ({"state": "talking", "needs_help": True}, ("Help is wanted", "Listen")),
    "held": ({"state": "held", "consult": {"name": "Boris"}}, ("On hold", "Boris", "Listen")),
    "waits for one": ({"waits_for": "Boris", "relaxed": 1}, ("Waiting", "waits for Boris", "1 requirement dropped")),
    "two dropped": ({"relaxed": 2}, ("2 requirements dropped",)),
    "call-back": ({"callback": CALLBACK}, ("Call-back", "Take the call-back off the list")),
    "parked": ({"callback": {**CALLBACK, "due_at": NOW + 60.0, "tries": 2}}, ("again in", "rung 2 times")),
    "message": ({"callback": {**CALLBACK, "recording_id": "v1"}}, ("Message to call back",)),
    "other number": ({"callback": {**CALLBACK, "number": "+74957654321"}}, ("at +7 495 765-43-21",)),
    "rings": ({"offers": RINGS}, ("knew best of all ready agents",)),
    "why": ({"state": "talking", **SERVED}, ("Boris", "s last call", "How the call went so far")),
    "owed": ({"promise": OWED}, ("Not answered in time",)),
    "menu": ({"state": "menu"}, ("In the menu", "Block this number")),
    "dialled": ({"state": "dialling"}, ("Being dialled",)),
    "outside": ({"state": "forwarded"}, ("With an outside number",)),
    "voicemail": ({"state": "voicemail"}, ("Leaves a message",)),
    "survey": ({"state": "survey"}, ("Answers the survey",)),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_line_says_what_a_leader_must_know(what: str) -> None:
    changes, words = CALLS[what]
    item = call("a", **changes)
    here = mirror(item, kinds=("call",))
    with translation.override("en"):
        drawn = parts.draw_call(here, item, "en")
    for one in words:
        assert one in drawn
    with translation.override("ru"):
        russian = parts.draw_call(here, item, "ru")
    for one in words:
        if one != "Boris":
            assert one not in russian


def test_the_whole_story_of_a_call_is_one_click_away() -> None:
    item = call("a", state="talking")
    assert 'href="/reports/calls/a"' in parts.draw_call(mirror(item, kinds=("call",)), item, "en")


def test_who_hides_the_number_or_calls_from_the_page_cannot_be_blocked() -> None:
    for caller in ("", "web-1"):
        item = call("a", caller=caller)
        assert "data-block" not in parts.draw_call(mirror(item, kinds=("call",)), item, "en")


def test_a_queue_tells_how_many_are_to_be_called_back() -> None:
    here = mirror(queue("1", callbacks=["a", "b"]), kinds=("queue",))
    assert "2 to call back" in parts.draw_queue(here, queue("1", callbacks=["a", "b"]), "en")
    assert "to call back" not in parts.draw_queue(here, queue("1", callbacks=[]), "en")


def test_calls_for_help_stand_first_and_call_backs_last() -> None:
    lines = [
        call("a"),
        call("b", state="talking", needs_help=True),
        call("c", callback=CALLBACK),
        call("d", state="lost"),
    ]
    here = mirror(*lines, kinds=("call",) * 4)
    ranks = {one["id"]: parts.draw_call(here, one, "en").split('data-rank="')[1][:1] for one in lines}
    assert sorted(ranks, key=ranks.__getitem__) == ["b", "d", "a", "c"]


def test_breaks_asked_for_stand_with_their_reason() -> None:
    one = agent("5", "Ann", break_claim=CLAIM)
    two = agent("6", "Bob", break_claim={**CLAIM, "place": 2, "starts_at": None, "because": "turn_of:5"})
    here = mirror(two, one, agent("7"), kinds=("agent",) * 3)
    with translation.override("en"):
        drawn = parts.draw_claims(here, "", "en")
    assert drawn.index("Ann") < drawn.index("Bob")
    for words in ("Breaks asked for", "in about", "Callers are waiting", "Ann goes first", "Grant", "Refuse"):
        assert words in drawn
    assert drawn.count('data-floor-ask="grant-break"') == 2
    assert parts.draw_claims(mirror(agent("7"), kinds=("agent",)), "", "en") == ""


@pytest.mark.parametrize(
    ("supervision", "words"),
    [
        ({**LISTENS, "is_there": False}, "Your phone is being connected"),
        (LISTENS, "You listen to Ann; nobody hears you"),
        ({**LISTENS, "mode": "whisper"}, "Only Ann hears you"),
        ({**LISTENS, "mode": "barge"}, "Both hear you"),
    ],
)
def test_a_leader_sees_who_hears_them(supervision: dict[str, Any], words: str) -> None:
    item = call("a", state="talking", agent_name="Ann", supervision=supervision, offers={})
    me = agent("9", "Lena", state="offline", supervises="a", queues=[])
    here = mirror(item, me, kinds=("call", "agent"))
    with translation.override("en"):
        drawn = parts.draw_mine(here, "9", "en")
    assert words in drawn
    assert 'data-phase="asked"' in drawn
    assert set(parts.keys_of_mine(here, "9")) == {"agent:9", "call:a"}
    with translation.override("ru"):
        assert words not in parts.draw_mine(here, "9", "ru")
    assert "mine--none" in parts.draw_mine(here, "8", "en"), "a colleague is in no call"
    assert parts.draw_agent(here, me, "en") == "", "a leader who serves no queue is no tile"


def test_who_took_a_call_over_has_its_keys_and_then_its_outcome() -> None:
    item = call("a", state="talking", agent_id="9", offers={}, is_muted=False)
    me = agent("9", "Lena", state="on_call", call_id="a")
    with translation.override("en"):
        drawn = parts.draw_mine(mirror(item, me, kinds=("call", "agent")), "9", "en")
        assert "You talk with" in drawn
        assert "F9" in drawn
        over = parts.draw_mine(mirror({**me, "state": "wrap_up"}, kinds=("agent",)), "9", "en")
    assert "has no outcome yet" in over
    assert "mine--none" not in over


def test_a_closed_queue_says_why_and_what_callers_hear_and_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reasons._names, ("message", "7"), "Fire alarm, spoken")
    closed = {"reason": "Fire", "message": "7", "since_at": NOW, "leader_id": "9", "is_everywhere": False}
    with translation.override("en"):
        item = queue("1", closed=closed)
        drawn = parts.draw_queue(mirror(item, kinds=("queue",)), item, "en")
        assert "Closed: Fire" in drawn
        assert "callers hear “Fire alarm, spoken”" in drawn
        assert 'data-floor-ask="open" data-queue="1"' in drawn
        everywhere = queue("1", closed={**closed, "message": "", "is_everywhere": True})
        drawn = parts.draw_queue(mirror(everywhere, kinds=("queue",)), everywhere, "en")
    assert 'data-queue=""' in drawn
    assert "Open all" in drawn
    assert "callers hear" not in drawn
    assert "data-close=" not in drawn


@pytest.mark.parametrize(
    ("kind", "item", "rules"),
    [
        ("queue", queue("1", today={"service_level": 0.69}), ["level"]),
        ("queue", queue("1", today={"service_level": 0.71}), []),
        ("queue", queue("1", today={"service_level": 0.1, "answered": 4, "abandoned": 5}), []),
        ("queue", queue("1", today={"service_level": None}), []),
        ("queue", queue("1", agents={**CREW, "ready": 1, "on_call": 4, "not_ready": 3}), ["breaks"]),
        ("queue", queue("1", agents={**CREW, "ready": 2, "on_call": 4, "not_ready": 3}), []),
        ("queue", queue("1", agents={**CREW, "ready": 0, "on_call": 0, "not_ready": 2}), []),
        ("agent", agent("5", state="wrap_up", since_at=NOW - 181), ["wrapup"]),
        ("agent", agent("5", state="wrap_up", since_at=NOW - 180), []),
        ("call", call("a", state="talking", needs_help=True, agent_name="Ann"), ["help"]),
    ],
)
def test_rules_speak_up_beyond_their_limits_alone(kind: str, item: dict[str, Any], rules: list[str]) -> None:
    found = attention.alerts(mirror(item, kinds=(kind,)), NOW)
    assert [alert.rule for alert in found] == rules
    for language in ("en", "ru"):
        with translation.override(language):
            assert all(alert.text.endswith(".") for alert in found)


def test_help_comes_before_everything_else() -> None:
    here = mirror(
        queue("1", waiting=["a"], longest_entered_at=NOW - 99),
        call("a", state="talking", needs_help=True, agent_name="Ann"),
        kinds=("queue", "call"),
    )
    assert [alert.rule for alert in attention.alerts(here, NOW)] == ["help", "late"]


def test_an_automatic_agent_is_marked() -> None:
    person, automatic = agent("5", "Ann"), agent("6", "Auto 1", is_automatic=True)
    here = mirror(person, automatic, kinds=("agent", "agent"))
    with translation.override("en"):
        assert "automatic agent" not in parts.draw_agent(here, person, "en")
        assert "automatic agent" in parts.draw_agent(here, automatic, "en")
