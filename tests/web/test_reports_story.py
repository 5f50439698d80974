"""The story of a call: every fact about it has its sentence; codes on the card, spoken messages on the call's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from django.test import Client

from allo.core import facts as fa
from allo.core.callers_way import TargetKind
from allo.data.ledger import Entry, write_facts
from allo.data.menu_body import Body, Node
from allo.data.models import (
    CallRecord,
    CompensationCode,
    Customer,
    Menu,
    Queue,
    Recording,
    RecordingState,
    Skill,
    SpokenKind,
    User,
)
from allo.web import reasons
from allo.web.reports import timeline

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

NOON = 1_768_467_600.0


def told(agent: str, other: str, queue: str) -> list[fa.Fact]:
    """One fact of every kind about a call."""
    own = (NOON, "c1")
    busy = fa.TryOutcome.BUSY
    return [
        fa.CallStarted(*own, "100", "+74951234567", "", queue),
        fa.GreetingPlayed(*own, "7"),
        fa.CallEntered(*own, queue, 3),
        fa.FlowedOut(*own, queue, TargetKind.QUEUE, queue, fa.EndReason.FULL, True, 12.0),
        fa.OutsideDialled(*own, "c1-o1", "+7911"),
        fa.OutsideRefused(*own, "+7911", fa.OutsideRefusal.DAY_LIMIT),
        fa.MessageLeft(*own, "1", "c1-v1", 20.0),
        fa.CallbackAgreed(*own, queue, "+7911", 40.0),
        fa.CallbackTried(*own, queue, agent, "+7911", 2, busy),
        fa.CallRefused(*own, "+7911", fa.EndReason.BLOCKED, "+79*"),
        fa.CallSlowed(*own, "+7911", 7, 10.0),
        fa.MenuEntered(*own, "1"),
        fa.MenuLeft(*own, "1", "2", TargetKind.MENU, "1.2"),
        fa.PromiseMade(*own, queue, 18.0, 45000),
        fa.PromiseWithheld(*own, queue, "budget"),
        fa.PromiseKept(*own, queue, 9.0),
        fa.PromiseMissed(*own, queue, "NGSQ6488", 45050, "nobody_answered"),
        fa.PromiseLapsed(*own, queue, "callback"),
        fa.SurveyStarted(*own, queue, agent),
        fa.SurveyAnswered(*own, queue, agent, "7", "5"),
        fa.SurveyCommented(*own, queue, agent, "c1-s1", 8.0),
        fa.Announced(*own, queue, ("say:position:3",), 3, 2, 4, ""),
        fa.CallWidened(*own, queue, ("1",)),
        fa.OfferMade(*own, queue, agent, "c1-a1", "call:longest_idle:level=1"),
        fa.OfferEnded(*own, queue, agent, "c1-a1", fa.OfferOutcome.DECLINED, 4.0),
        fa.CallAnswered(*own, queue, agent, 30.0),
        fa.HoldStarted(*own, agent, "cool_off"),
        fa.HoldEnded(*own, agent, 30.0),
        fa.AgentLost(*own, agent),
        fa.AgentBack(*own, agent, 3.0),
        fa.CallRequeued(*own, queue),
        fa.CallTransferred(*own, queue, agent, "agent", other, True, 60.0, 30.0),
        fa.CallTaken(*own, queue, other, 5.0),
        fa.ConsultStarted(*own, agent, other, "", ""),
        fa.ConsultEnded(*own, agent, other, "", fa.OfferOutcome.ACCEPTED, 20.0),
        fa.ConferenceStarted(*own, agent),
        fa.HoldLimitReached(*own, agent, 60.0),
        fa.HelpCalled(*own, agent),
        fa.RecordingPaused(*own, agent, True),
        fa.SupervisionStarted(*own, agent, other, "whisper"),
        fa.SupervisionEnded(*own, other),
        fa.CallEnded(
            *own, queue, other, "100", "+74951234567", fa.Outcome.ANSWERED, fa.EndReason.CALLER_HUNG_UP, 16,
            NOON, NOON, NOON, 30.0, 60.0, 30.0,
        ),
        fa.WrapUpEnded(*own, queue, other, "", 10.0),
    ]  # fmt: skip


@pytest.fixture
def story(people: People) -> list[timeline.Moment]:
    queue = Queue.objects.create(name="Sales")
    Skill.objects.create(pk=1, name="German")
    Menu.objects.create(pk=1, name="Reception", draft=Body({"1": Node("Main"), "2": Node("Which product")}).as_json())
    reasons.forget()
    facts = told(people["agent"].agent_id, people["colleague"].agent_id, queue.queue_id)
    write_facts([Entry(place, f"e-{place}-0", fact) for place, fact in enumerate(facts)])
    return timeline.story(CallRecord.objects.get())


def test_every_kind_of_fact_about_a_call_has_its_sentence(people: People, story: list[timeline.Moment]) -> None:
    facts = told("1", "2", "3")
    about_calls = {kind for kind in get_args(fa.Fact) if "call_id" in kind.__dataclass_fields__}
    assert {type(fact) for fact in facts} == about_calls, "a new kind of fact needs its sentence"
    assert len(story) == len(facts)
    assert not [moment.text for moment in story if "%(" in moment.text or not moment.text or not moment.icon]


def test_sentences_name_people_amounts_and_reasons(people: People, story: list[timeline.Moment]) -> None:
    said = {moment.text: moment.detail for moment in story}
    agent, colleague = people["agent"], people["colleague"]
    assert said[f"{agent} passed the call on to {colleague}."] == "After asking first."
    missed = "The promise was missed; the caller was given the code NGSQ6488 for 450.50."
    assert said[missed] == "Why: nobody answered in time."
    assert said["Try 2: +7911 was busy."] == ""
    assert said[f"{colleague} spoke to {agent}, unheard by the caller."] == ""
    assert said["Heard the menu “Reception”."] == ""
    assert said["Pressed 2 → the menu “Reception · Which product”."] == ""
    widened = "Had waited long enough: agents without a wished skill could take the call too."
    assert said[widened] == "No longer asked for: German."
    assert said[f"{agent} put the caller on hold."] == "Why: the caller should calm down."


# Codes ----------------------------------------------------------------------------------------------------------------


def test_a_code_stands_on_the_card_and_is_used_once(visit: Visit, people: People, story: object) -> None:
    customer, code = Customer.objects.get(), CompensationCode.objects.get()
    card = visit("agent").get(f"/desk/customer/{customer.pk}/").content.decode()
    assert (code.code in card, f"/reports/codes/{code.pk}/redeem" in card) == (True, True)
    htmx: dict[str, Any] = {"headers": {"HX-Request": "true"}}
    first = visit("agent").post(f"/reports/codes/{code.pk}/redeem", **htmx)
    assert (first.status_code, str(people["agent"]) in first.content.decode()) == (200, True)
    again = visit("colleague").post(f"/reports/codes/{code.pk}/redeem", **htmx)
    assert again.status_code == 200
    code.refresh_from_db()
    assert code.used_by == people["agent"], "who was first"
    assert visit("agent").post("/reports/codes/999/redeem", **htmx).status_code == 404


def test_nobody_redeems_a_code_without_signing_in(client: Client, story: object) -> None:
    code = CompensationCode.objects.get()
    assert client.post(f"/reports/codes/{code.pk}/redeem").status_code in {302, 401, 403}
    code.refresh_from_db()
    assert code.used_at is None


# Spoken messages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "may"), [("colleague", True), ("agent", True), ("leader", True), ("outsider", False)])
def test_a_spoken_message_is_heard_by_whoever_had_a_part_in_its_call(
    visit: Visit, people: People, story: object, who: str, *, may: bool
) -> None:
    people["outsider"] = User.objects.create_user("outsider", password="long enough to be kept")
    message = Recording.objects.get(spoken_kind=SpokenKind.VOICEMAIL)
    Recording.objects.filter(pk=message.pk).update(state=RecordingState.READY, file="2026/01/15/c1-v1.flac")
    answer = visit(who).get(f"/reports/recordings/{message.pk}/loudness")
    assert ("missing on the disk" in answer.content.decode()) is may, "the file is not there, but one may ask"
    if may:
        page = visit(who).get("/reports/calls/c1").content.decode()
        assert f'data-player="{message.pk}"' in page
