"""Whom the palette offers to ask or to pass the call on to, and notes of team leaders on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone, translation

from allo.data.actions.leader_note import do_write_note
from allo.data.models import CallRecord, LeaderNote, Recording, RecordingState
from allo.web import leader_notes
from allo.web.break_words import claim_of
from allo.web.control_client import Snapshot
from allo.web.desk import live
from allo.web.desk.parties import entries
from allo.web.mirror import Mirror
from tests.web.asked_control import AskedControl
from tests.web.desk_items import NOW, items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import People, Visit


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedControl]:
    double = AskedControl()
    monkeypatch.setattr("allo.web.hub.control", double)
    monkeypatch.setattr("allo.web.desk.asking.control", double)
    with translation.override("en"):
        yield double


def centre(phase: str = "talk", **more: dict[str, Any]) -> Mirror:
    """Boris is ready, Clara talks, Dora is away."""
    found = items(phase)
    boris = {**found["agent:8"], "device_up": True}
    found["agent:8"] = boris
    found["agent:9"] = {**boris, "id": "9", "name": "Clara", "state": "on_call"}
    found["agent:10"] = {**boris, "id": "10", "name": "Dora", "state": "offline"}
    found["queue:1"]["agents"] = {"ready": 1}
    return Mirror(Snapshot(1, {**found, **more}))


def titles(phase: str = "talk", words: str = "") -> list[str]:
    return [one["title"] for one in entries(centre(phase), "7", words)]


def test_who_is_free_may_be_asked_and_who_is_at_work_may_get_the_call() -> None:
    assert titles() == ["Ask Boris", "Ask Support", "Pass on to Boris", "Pass on to Clara", "Pass on to Support"]


def test_a_queue_says_who_is_free_there_or_that_it_is_closed() -> None:
    told = {"reason": "fire", "since_at": NOW, "leader_id": "9", "is_everywhere": True}
    for closed, words in ((None, "1 ready, 0 waiting"), (told, "Closed: fire")):
        mirror = centre()
        mirror.items["queue:1"] = {**mirror.items["queue:1"], "closed": closed}
        assert entries(mirror, "7", "support")[-1]["about"] == words


def test_what_is_typed_chooses_and_a_number_comes_first() -> None:
    assert titles(words="cla") == ["Pass on to Clara"]
    assert titles(words="+7 900 111-22-33")[0] == "Ask +7 900 111-22-33"
    asked = entries(centre(), "7", "+7 900 111-22-33")[0]["detail"]
    assert asked == {"what": "consult", "call": "c.1", "kind": "number", "to": "+79001112233"}


@pytest.mark.parametrize("phase", ["ready", "offer", "asked", "wrap-up", "customer is rung", "lost"])
def test_without_a_conversation_of_ones_own_there_is_nobody_to_pass_it_to(phase: str) -> None:
    assert titles(phase) == []


def test_who_asks_somebody_already_asks_nobody_else() -> None:
    assert all(one.startswith("Pass on to") for one in titles("consult"))


def test_the_list_is_for_people_of_the_centre(visit: Visit, people: People, control: AskedControl) -> None:
    control.items = items("talk", agent_id=people["agent"].agent_id)
    found = visit("agent").get("/desk/parties").json()
    assert [one["title"] for one in found] == ["Ask Boris", "Pass on to Boris", "Pass on to Support"]
    assert visit("colleague").get("/desk/parties").json() == []
    assert visit().get("/desk/parties", headers={"Accept": "application/json"}).status_code == 401


def test_a_kind_of_party_that_there_is_not_reaches_nobody(visit: Visit, control: AskedControl) -> None:
    answer = visit("agent").post("/desk/ask/consult", {"call": "c.1", "kind": "planet", "to": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_party")
    assert control.asked == []


# Breaks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "words", "why"),
    [
        ({"starts_at": NOW + 600, "because": "calls_waiting"}, "in about", "Callers are waiting"),
        ({"starts_at": None, "place": 3, "because": "turn_of:8"}, "at your turn, place 3", "Boris goes first"),
        (
            {"starts_at": None, "place": 1, "because": "service_level:1:has=2:needs=3"},
            "at your turn",
            "Support would miss its goal: 2 would stay, 3 are needed.",
        ),
        ({"starts_at": None, "place": 1, "because": ""}, "at your turn", ""),
    ],
)
@pytest.mark.usefixtures("db")
def test_a_break_asked_for_says_when_and_why_not_now(claim: dict[str, Any], words: str, why: str) -> None:
    found = items("ready")
    found["agent:7"]["break_claim"] = {"reason": "2", "asked_at": NOW, "answer": "later", "place": 1, **claim}
    mirror = Mirror(Snapshot(1, found))
    said = claim_of(mirror, mirror.agent("7"))
    assert said is not None
    assert words in said.words
    assert why in said.why
    state = live.draw_state(mirror, "7", "en")
    assert 'data-claim="yes"' in state
    assert words in state


# Notes ----------------------------------------------------------------------------------------------------------------


def test_a_note_stands_on_the_desk_of_its_reader_until_it_is_read(visit: Visit, people: People) -> None:
    assert do_write_note(people["leader"], [people["agent"]], " Lunch is <b>late</b> ") == 1
    leader_notes.look()
    mine, theirs = people["agent"].agent_id, people["colleague"].agent_id
    drawn = live.draw_notes(Mirror(), mine, "en")
    assert "Lunch is &lt;b&gt;late&lt;/b&gt;" in drawn
    assert live.draw_notes(Mirror(), theirs, "en") == ""
    note = LeaderNote.objects.get()
    assert visit("colleague").post(f"/desk/notes/{note.pk}/read").status_code == 404
    assert visit().post(f"/desk/notes/{note.pk}/read", headers={"Accept": "application/json"}).status_code == 401
    assert visit("agent").get(f"/desk/notes/{note.pk}/read").status_code == 405
    note.refresh_from_db()
    assert note.acknowledged_at is None
    for _again in range(2):
        assert visit("agent").post(f"/desk/notes/{note.pk}/read").status_code == 204
    assert live.draw_notes(Mirror(), mine, "en") == ""


def test_an_empty_or_endless_note_is_not_written(people: People) -> None:
    for text in ("  ", "x" * 501):
        with pytest.raises(ValueError, match=r"note|>"):
            do_write_note(people["leader"], [people["agent"]], text)
    assert not LeaderNote.objects.exists()


# Messages of callers --------------------------------------------------------------------------------------------------


def test_a_spoken_message_can_be_heard_by_the_agent_at_whom_its_call_back_rings(
    visit: Visit, people: People, control: AskedControl
) -> None:
    control.items = items("message offer", agent_id=people["agent"].agent_id)
    path = "/desk/call/c.1/message"
    assert f'data-load="{path}"' in live.draw_panel(Mirror(Snapshot(1, control.items)), people["agent"].agent_id, "en")
    assert "is being written" in visit("agent").get(path).content.decode()
    record = CallRecord.objects.create(call_id="c.1", arrived_at=timezone.now())
    sound = Recording.objects.create(
        spoken_in=record, spoken_id="c.1-v1", spoken_kind="message", state=RecordingState.READY, duration_s=7
    )
    assert f'data-recording="{sound.pk}"' in visit("agent").get(path).content.decode()
    assert visit("colleague").get(path).status_code == 404
    assert visit().get(path, headers={"Accept": "application/json"}).status_code == 401
