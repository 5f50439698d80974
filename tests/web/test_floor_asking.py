"""What a team leader asks from the floor: always as themselves, never an agent; notes, queues, blocks, history."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.model import SupervisionMode
from allo.data.actions.alert import Begun, do_forget_alerts, do_keep_alerts
from allo.data.models import Alert, BlockedNumber, Greeting, GreetingKind, LeaderNote, Membership, Queue, Team
from tests.web.asked_control import AskedControl
from tests.web.floor_items import agent, call
from tests.web.sounds import a_message

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

FORM = {"call": "c.1", "agent": "7", "reason": " fire  alarm ", "queue": "4", "leader_id": "99"}
OUTSIDERS = [("agent", 403), ("colleague", 403), ("", 401)]


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> AskedControl:
    double = AskedControl()
    monkeypatch.setattr("allo.web.floor.asking.control", double)
    monkeypatch.setattr("allo.web.hub.control", double)
    return double


def wanted(leader: str) -> dict[str, Any]:
    return {
        "listen": rq.Supervise(leader, "c.1", SupervisionMode.LISTEN),
        "whisper": rq.Supervise(leader, "c.1", SupervisionMode.WHISPER),
        "barge": rq.Supervise(leader, "c.1", SupervisionMode.BARGE),
        "leave": rq.StopSupervising(leader, "c.1"),
        "take-over": rq.TakeOver(leader, "c.1"),
        "make-ready": rq.ForceState(leader, "7", AgentState.READY, " fire  alarm "),
        "send-on-break": rq.ForceState(leader, "7", AgentState.NOT_READY, " fire  alarm "),
        "log-out-agent": rq.ForceState(leader, "7", AgentState.OFFLINE, " fire  alarm "),
        "grant-break": rq.AnswerBreak(leader, "7", is_granted=True),
        "refuse-break": rq.AnswerBreak(leader, "7", is_granted=False),
        "cancel-callback": rq.CancelCallback(leader, "c.1"),
        "close": rq.SetEmergencyClosed(leader, "4", is_closed=True, reason="fire alarm"),
        "open": rq.SetEmergencyClosed(leader, "4", is_closed=False, reason="fire alarm"),
    }


def test_each_request_is_made_in_the_name_of_the_leader(visit: Visit, people: People, control: AskedControl) -> None:
    page = visit("leader")
    for what, request in wanted(people["leader"].agent_id).items():
        answer = page.post(f"/floor/ask/{what}", FORM)
        assert (answer.status_code, answer.content) == (204, b"")
        assert control.asked.pop() == request


@pytest.mark.parametrize(("who", "code"), OUTSIDERS)
@pytest.mark.parametrize("what", sorted(wanted("1")))
def test_agents_and_strangers_ask_nothing(visit: Visit, control: AskedControl, who: str, code: int, what: str) -> None:
    answer = visit(who).post(f"/floor/ask/{what}", FORM, headers={"Accept": "application/json"})
    assert answer.status_code == code
    assert control.asked == []


def test_a_refusal_is_a_sentence_and_an_old_page_is_told_so(visit: Visit, control: AskedControl) -> None:
    control.refuses = "supervised_already"
    answer = visit("leader").post("/floor/ask/listen", FORM)
    assert (answer.status_code, answer.json()["sentence"]) == (409, "Another team leader is in this call.")
    assert visit("leader").post("/floor/ask/dance").status_code == 404
    assert visit("leader").get("/floor/ask/listen").status_code == 405


def test_the_message_that_callers_hear_is_chosen_from_what_can_be_heard(
    visit: Visit, people: People, control: AskedControl
) -> None:
    fire, silent = a_message("Fire alarm"), Greeting.objects.create(title="Silent", kind=GreetingKind.PROMPT)
    leader = visit("leader")
    page = leader.get("/floor/").content.decode()
    assert f'<option value="{fire.pk}">' in page
    assert f'<option value="{silent.pk}">' not in page
    fields = {"queue": "4", "reason": "fire"}
    assert leader.post("/floor/ask/close", fields | {"message": fire.pk}).status_code == 204
    closed = rq.SetEmergencyClosed(people["leader"].agent_id, "4", is_closed=True, reason="fire", message=str(fire.pk))
    assert control.asked.pop() == closed
    for wrong in (str(silent.pk), "999999", "system:closed"):
        answer = leader.post("/floor/ask/close", fields | {"message": wrong})
        assert (answer.status_code, answer.json()["code"]) == (409, "no_message")
    assert control.asked == []


# One agent ------------------------------------------------------------------------------------------------------------


def live(people: People, **changes: Any) -> dict[str, Any]:
    today = dict.fromkeys(("answered", "talk_s", "hold_s", "wrapup_s", "ready_s", "logged_in_s"), 60)
    me = people["agent"].agent_id
    return {
        f"agent:{me}": agent(me, "Agent", state="on_call", call_id="a", today=today, is_automatic=False, **changes),
        "call:a": call("a", state="talking", agent_id=me, needs_help=True),
    }


def test_a_click_shows_the_agents_day_and_what_can_be_done(visit: Visit, people: People, control: AskedControl) -> None:
    Queue.objects.create(name="Sales")
    control.items = live(people)
    path = f"/floor/agents/{people['agent'].pk}"
    text = visit("leader").get(path).content.decode()
    for words in ("Listen", "Whisper", "Step in", "Calls for help", "The day so far", "Sales", "End work"):
        assert words in text
    assert "data-wish" not in text
    control.items[f"agent:{people['agent'].pk}"] |= {"next_state": "offline"}
    assert "then: end of work" in visit("leader").get(path).content.decode(), "what the leader asked for is seen"
    assert visit("agent").get(path).status_code == 403
    assert visit("leader").get("/floor/agents/99999").status_code == 404


@pytest.mark.parametrize(
    ("state", "grown"), [("ready", {"Ready", "At work"}), ("wrap_up", {"Wrap-up", "At work"}), ("offline", set())]
)
def test_the_day_so_far_has_the_state_that_lasts(
    visit: Visit, people: People, control: AskedControl, state: str, grown: set[str]
) -> None:
    control.items = live(people)
    item = control.items[f"agent:{people['agent'].agent_id}"]
    item |= {"state": state, "call_id": "", "since_at": time.time() - 600}
    text = visit("leader").get(f"/floor/agents/{people['agent'].pk}").content.decode()
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text))
    assert {word for word in ("Ready", "Wrap-up", "At work") if shown[word] != "1:00"} == grown


def test_nobody_can_be_listened_to_who_does_not_talk(visit: Visit, people: People, control: AskedControl) -> None:
    control.items = live(people)
    control.items["call:a"]["state"] = "waiting"
    text = visit("leader").get(f"/floor/agents/{people['agent'].pk}").content.decode()
    assert 'data-supervise="' not in text


def test_an_agent_is_moved_between_queues(visit: Visit, people: People) -> None:
    sales, support = Queue.objects.create(name="Sales"), Queue.objects.create(name="Support")
    Membership.objects.create(user=people["agent"], queue=sales, level=1)
    path = f"/floor/agents/{people['agent'].pk}/queues"
    form = {f"queue-{sales.pk}": "0", f"queue-{support.pk}": "2", "queue-77": "1"}
    assert visit("colleague").post(path, form).status_code == 403
    assert visit("leader").post(path, form).status_code == 204
    assert list(people["agent"].memberships.values_list("queue_id", "level")) == [(support.pk, 2)]
    assert visit("leader").post(path, {f"queue-{support.pk}": "9"}).status_code == 204
    assert not people["agent"].memberships.exists(), "a level that there is not is none"


# Notes ----------------------------------------------------------------------------------------------------------------


def test_a_note_goes_to_one_to_a_team_or_to_all_at_work(visit: Visit, people: People, control: AskedControl) -> None:
    team = Team.objects.create(name="Blue")
    people["colleague"].team = team
    people["colleague"].save()
    control.items = {
        f"agent:{one.agent_id}": agent(one.agent_id, state="ready") for one in (people["agent"], people["colleague"])
    }
    page = visit("leader")
    for to, count in ((people["agent"].agent_id, 1), (f"team-{team.pk}", 1), ("all", 2)):
        answer = page.post("/floor/note", {"to": to, "text": "Lunch is late"})
        assert answer.status_code == 200, answer.content
        assert f"Sent to {count} p" in answer.json()["said"]
    assert LeaderNote.objects.filter(reader=people["colleague"]).count() == 2
    assert {note.author for note in LeaderNote.objects.all()} == {people["leader"]}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"to": "all", "text": "x"}, "Nobody is at work"),
        ({"to": "team-x", "text": "x"}, "Nobody is at work"),
        ({"to": "me", "text": " "}, "Write the note first."),
        ({"to": "me", "text": "x" * 501}, "at most 500 fit"),
    ],
)
def test_a_note_that_cannot_be_sent_says_why(visit: Visit, people: People, form: dict[str, str], words: str) -> None:
    to = people["agent"].agent_id if form["to"] == "me" else form["to"]
    answer = visit("leader").post("/floor/note", {**form, "to": to})
    assert answer.status_code == 409
    assert words in answer.json()["sentence"]
    assert not LeaderNote.objects.exists()


@pytest.mark.parametrize(("who", "code"), OUTSIDERS)
def test_notes_are_written_by_leaders_alone(visit: Visit, people: People, who: str, code: int) -> None:
    form = {"to": people["colleague"].agent_id, "text": "x"}
    assert visit(who).post("/floor/note", form, headers={"Accept": "application/json"}).status_code == code
    assert not LeaderNote.objects.exists()


# Blocks ---------------------------------------------------------------------------------------------------------------


def test_the_number_of_a_call_is_blocked_with_a_reason(visit: Visit, people: People, control: AskedControl) -> None:
    control.items = {"call:a": call("a", caller="+74951234567")}
    page = visit("leader")
    assert page.post("/floor/block", {"call": "a", "reason": " "}).json()["code"] == "no_reason"
    assert page.post("/floor/block", {"call": "b", "reason": "rude"}).json()["code"] == "unknown_call"
    assert visit("agent").post("/floor/block", {"call": "a", "reason": "rude"}).status_code == 403
    assert not BlockedNumber.objects.exists()
    assert page.post("/floor/block", {"call": "a", "reason": "rude", "days": "7"}).status_code == 204
    block = BlockedNumber.objects.get()
    assert (block.pattern, block.reason, block.blocked_by) == ("+74951234567", "rude", people["leader"])
    assert block.expires_at is not None
    assert timedelta(days=6) < block.expires_at - datetime.now(UTC) < timedelta(days=8)


def test_a_hidden_number_cannot_be_blocked(visit: Visit, control: AskedControl) -> None:
    control.items = {"call:a": call("a", caller="")}
    answer = visit("leader").post("/floor/block", {"call": "a", "reason": "rude"})
    assert answer.json() == {"code": "hidden", "sentence": "This caller hides the number."}


# The history of warnings ----------------------------------------------------------------------------------------------

LATE = Begun("late-1", "warning", "late", {"queue": "Sales", "seconds": 20})
HELP = Begun("help-c", "trouble", "help", {"agent": "Ann"})


@pytest.mark.usefixtures("db")
def test_a_trouble_is_written_from_its_beginning_to_its_end() -> None:
    start = datetime.now(UTC)
    do_keep_alerts([LATE], start)
    do_keep_alerts([LATE, HELP], start + timedelta(seconds=3))
    do_keep_alerts([HELP], start + timedelta(seconds=6))
    rows = {row.key: (row.began_at - start, row.ended_at and row.ended_at - start) for row in Alert.objects.all()}
    assert rows == {"late-1": (timedelta(0), timedelta(seconds=6)), "help-c": (timedelta(seconds=3), None)}
    do_keep_alerts([LATE, HELP], start + timedelta(seconds=9))
    assert Alert.objects.filter(key="late-1").count() == 2, "the same trouble once more"
    assert len(do_forget_alerts(start + timedelta(seconds=7))) == 1
    assert set(Alert.objects.values_list("key", "ended_at")) == {("late-1", None), ("help-c", None)}


def test_todays_warnings_are_read_in_ones_own_language(visit: Visit) -> None:
    do_keep_alerts([LATE, HELP, Begun("old", "warning", "of_old", {})], datetime.now(UTC))
    Alert.objects.create(
        key="x", kind="warning", rule="ledger", began_at=datetime.now(UTC) - timedelta(days=2), ended_at=None
    )
    text = visit("leader").get("/floor/alerts").content.decode()
    assert "Sales: the longest wait is beyond 20 s." in text
    assert "Ann calls for help." in text
    assert "A warning of an earlier version." in text
    assert "The database answers slowly" not in text
    assert visit("agent").get("/floor/alerts").status_code == 403
