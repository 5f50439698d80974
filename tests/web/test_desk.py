"""The desk's page and its live parts: who may look, and what each phase of a call shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from allo.data.actions.queue import do_save_queue
from allo.data.actions.setting import do_save_break_reason
from allo.data.models import BreakReason, Disposition, HoldReason, Queue
from allo.web import reasons
from allo.web.control_client import Snapshot
from allo.web.desk import choices, live
from allo.web.mirror import Mirror
from allo.web.why import why_me
from tests.web.asked_control import AskedControl
from tests.web.desk_items import NOW, PHASES, items

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

# What tells an agent at a glance where they are.
SHOWS = {
    "offline": ("Check your headset", "Start work", "F2"),
    "logged in": ("You are at work", "Ready"),
    "ready": ("The next call is yours",),
    "break": ("Enjoy your break", "Ready"),
    "no answer": ("You did not answer a call",),
    "declined": ("You declined a call",),
    "phone lost": ("Your phone was away",),
    "phone failed": ("Your phone was away",),
    "offer": ("A call for you", "Accept", "F2", "Decline", "F9", "Support", "You have been free the longest."),
    "talk": ("Talking", "Hold", "Mute", "Keypad", "End"),
    "hold": ("On hold, hears music", "Resume"),
    "muted": ("Nobody hears you", "Unmute"),
    "lost": ("Your phone is coming back",),
    "cool-off": ("Cooling off; you talk again in", "Resume"),
    "hold too long": ("On hold, hears music", "Resume"),
    "not recorded": ("Off <time",),
    "help called": ("Your team leader has been called", "Called"),
    "leader listens": ("Lena listens",),
    "leader whispers": ("Lena speaks to you; the caller does not hear it",),
    "consult rings": ("Ringing Boris", "Pass on", "All three", "Drop", "F6"),
    "consult": ("You talk with Boris; the caller hears music", "To caller", "Leave"),
    "consult waits": ("Talking; Boris waits", "Swap"),
    "cool-off is over": ("On hold, hears music",),
    "conference without the caller": ("You talk with Boris; the caller hears music",),
    "conference": ("You, the caller and Boris talk", "Leave"),
    "asked to help": ("Boris asks you about a call", "Accept", "Stops ringing in"),
    "asked": ("Boris asks you; the caller hears music", "Leave", "About"),
    "call-back offer": ("the customer is rung when you accept", "Asked for it"),
    "message offer": ("Somebody left a message", "Asked for it"),
    "customer is rung": ("The customer is being rung",),
    "wrap-up": ("The call is over", "Time left"),
    "outcome missing": ("The outcome is missing", "no calls are sent to you"),
}
HAS_NO_OUTCOME = {"asked", "asked to help", "call-back offer", "message offer", "offer"}
IS_ABOUT_A_CALL = {
    phase for phase, (agent, _call) in PHASES.items() if agent.get("call_id") and phase not in HAS_NO_OUTCOME
}


def mirror(phase: str, **call: Any) -> Mirror:
    return Mirror(Snapshot(1, items(phase, **call)))


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> AskedControl:
    double = AskedControl()
    monkeypatch.setattr("allo.web.hub.control", double)
    return double


@pytest.fixture
def member(people: People) -> None:
    """The agent serves a queue."""
    do_save_queue(None, Queue(name="Support"), greetings=[], members={people["agent"]: 1})


@pytest.mark.parametrize("phase", PHASES)
def test_each_phase_says_where_one_is_and_what_to_do(phase: str) -> None:
    panel = live.draw_panel(mirror(phase), "7", "en")
    for words in SHOWS[phase]:
        assert words in panel
    assert ('data-load="/desk/call/c.1/outcome"' in panel) is (phase in IS_ABOUT_A_CALL)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.usefixtures("db")
def test_no_phase_mixes_languages(phase: str) -> None:
    with translation.override("ru"):
        drawn = live.draw_panel(mirror(phase), "7", "ru") + live.draw_state(mirror(phase), "7", "ru")
    for words in SHOWS[phase]:
        if not words.startswith("F") and words != "Support":
            assert words not in drawn, words


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.usefixtures("db")
def test_the_state_tells_the_script_what_it_goes_by(phase: str) -> None:
    state = live.draw_state(mirror(phase), "7", "en")
    call_id = PHASES[phase][0].get("call_id", "")
    assert f'data-call="{call_id}"' in state
    assert f'data-state="{PHASES[phase][0]["state"]}"' in state
    assert ('data-muted="yes"' in state) is (phase == "muted")


def test_an_agent_whom_control_does_not_know_is_told_to_wait() -> None:
    assert "does not know you yet" in live.draw_panel(Mirror(), "7", "en")
    assert "Not known yet" in live.draw_state(Mirror(), "7", "en")


def test_a_hidden_number_and_a_long_name_are_shown_as_they_are() -> None:
    assert "Hidden number" in live.draw_panel(mirror("offer", caller=""), "7", "en")
    name = "<b>Очень</b> " + "длинное имя " * 20
    drawn = live.draw_panel(mirror("talk", caller_name=name), "7", "en")
    assert "&lt;b&gt;Очень&lt;/b&gt;" in drawn


@pytest.mark.parametrize(("number", "is_told"), [("+74957654321", True), ("+74951234567", False)])
def test_a_call_back_to_another_number_says_which(number: str, *, is_told: bool) -> None:
    callback = {"number": number, "agreed_at": NOW - 60, "is_alone": True, "tries": 0, "recording_id": ""}
    drawn = live.draw_panel(mirror("offer", caller="+74951234567", callback=callback), "7", "en")
    assert ("Number to ring" in drawn) is is_told
    assert ("+7 495 765-43-21" in drawn) is is_told


@pytest.mark.parametrize("phase", ["offer", "talk", "hold"])
def test_the_secret_of_a_web_visitor_is_shown_to_nobody(phase: str) -> None:
    seen = mirror(phase, caller="web-1800000000-0123456789abcdef")
    drawn = live.draw_panel(seen, "7", "en") + live.draw_state(seen, "7", "en")
    assert "0123456789abcdef" not in drawn
    assert "Visitor of the page" in drawn


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("call:longest_idle:level=1", "You have been free the longest."),
        ("call:least_calls:level=1", "You have taken the fewest calls today."),
        ("call:longest_idle:level=2", "you help at level 2"),
        ("agent:most_urgent:priority=0:left_s=12.4", "the most urgent call (0:12 left until the target)."),
        ("consult:5", "A colleague asks you about a call."),
        ("something:new", ""),
        ("", ""),
    ],
)
def test_the_reason_of_the_choice_is_said_in_words(reason: str, words: str) -> None:
    said = why_me(reason)
    assert words in said
    assert bool(said) is bool(words)


OWED = {"reward": "a free month", "amount": 45050, "deadline_at": NOW - 3, "is_over": True, "code": "ABCD2345"}


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (OWED, ("Not answered in time: a free month, code ABCD2345 (450.50)",)),
        ({**OWED, "code": "", "reward": "", "amount": 45000}, ("Was promised for a late answer: 450. It was in time",)),
        ({**OWED, "code": "", "is_over": False}, ("a free month, if not answered in", f'data-until="{NOW - 3:.3f}"')),
        ({**OWED, "code": "", "is_over": False, "deadline_at": None}, ("Is promised for a late answer",)),
    ],
)
def test_who_was_promised_something_for_a_late_answer_is_known_to_the_agent(
    promise: dict[str, Any], words: tuple[str, ...]
) -> None:
    for phase in ("offer", "talk"):
        drawn = live.draw_panel(mirror(phase, promise=promise), "7", "en")
        assert all(part in drawn for part in words), phase
    with translation.override("ru"):
        drawn = live.draw_panel(mirror("talk", promise=OWED), "7", "ru")
    assert "450,50" in drawn
    assert "Not answered" not in drawn


def test_the_service_level_is_of_all_my_queues_together() -> None:
    found = items("ready")
    found["agent:7"]["queues"] = ["1", "2", "unknown"]
    found["queue:2"] = {**found["queue:1"], "id": "2", "waiting": ["x", "y"], "longest_entered_at": 5.0}
    found["queue:1"]["today"] = {**found["queue:1"]["today"], "entered": 4, "answered": 4, "answered_in_target": 4}
    found["queue:2"]["today"] = {**found["queue:2"]["today"], "entered": 4, "answered": 4, "answered_in_target": 2}
    shown = live.figures(Mirror(Snapshot(1, found)), found["agent:7"])
    assert shown.service_level == pytest.approx(6 / 8)
    assert (shown.waiting, shown.longest_entered_at) == (2, 5.0)


def test_a_desk_is_redrawn_for_its_own_agent_call_and_queues_alone() -> None:
    assert set(live.keys_of(mirror("talk"), "7")) == {"agent:7", "system", "queue:1", "call:c.1"}
    assert set(live.keys_of(mirror("talk"), "8")) == {"agent:8", "system"}


@pytest.mark.usefixtures("member")
def test_the_page_shows_what_is_true_now(visit: Visit, people: People, control: AskedControl) -> None:
    BreakReason.objects.create(name="Lunch")
    control.items = items("hold", agent_id=people["agent"].agent_id)
    page = visit("agent").get("/desk/").content.decode()
    assert "On hold, hears music" in page
    assert "Lunch" in page
    assert "data-tone-test" not in page


@pytest.mark.usefixtures("member")
def test_while_control_is_away_the_page_opens_and_says_so(visit: Visit, control: AskedControl) -> None:
    control.is_away = True
    assert "does not know you yet" in visit("agent").get("/desk/").content.decode()


@pytest.mark.usefixtures("member")
def test_who_serves_no_queue_is_told_what_to_do(visit: Visit) -> None:
    page = visit("colleague").get("/desk/").content.decode()
    assert "You serve no queue yet" in page
    assert 'id="desk"' not in page


def test_the_desk_is_for_people_of_the_centre(visit: Visit) -> None:
    assert visit().get("/desk/")["Location"] == "/login?next=/desk/"
    assert visit().get("/desk/today", headers={"Accept": "application/json"}).status_code == 401


def test_a_break_reason_is_named_not_numbered(db: None) -> None:
    reason = BreakReason.objects.create(name="Обед")
    reasons.read()
    found = items("break")
    found["agent:7"]["reason"] = str(reason.pk)
    assert "Обед" in live.draw_state(Mirror(Snapshot(1, found)), "7", "en")


def listed(name: str, revision: int) -> str:
    here = Mirror(Snapshot(1, {"system": {"config_revision": revision}}))
    return choices.draw(name, here, "", "en") or ""


def test_an_open_desk_offers_what_the_set_up_lists_now(db: None, django_capture_on_commit_callbacks: Any) -> None:
    choices.at_hand.forget()
    assert "Ask your administrator" in listed("breaks", 1)
    with django_capture_on_commit_callbacks(execute=True):
        do_save_break_reason(None, BreakReason(name="<Lunch>"))
    assert "&lt;Lunch&gt;</button>" in listed("breaks", 1), "this process has changed it: no need to wait for control"
    assert "Break · &lt;Lunch&gt;" in listed("breaks", 1), "the palette too"
    lunch = BreakReason.objects.get()
    BreakReason.objects.update(name="Dinner")
    HoldReason.objects.bulk_create(HoldReason(name=f"Reason {place}", order=place) for place in range(1, 11))
    Disposition.objects.create(name="Solved")
    assert "Lunch" in listed("breaks", 1)
    assert f'data-reason="{lunch.pk}">Dinner<' in listed("breaks", 2), "another process: control's revision says so"
    assert listed("holds", 2).count("data-digit") == 9
    assert "Solved" in listed("outcomes", 2)


def test_the_echo_answers_with_nothing(visit: Visit) -> None:
    answer = visit().get("/desk/echo")
    assert (answer.status_code, answer.content) == (204, b"")
