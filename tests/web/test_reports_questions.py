"""Transfers, holds, promises, call-backs, surveys, greetings, breaks: figures against facts told by hand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest

from allo.core import facts as fa
from allo.core.break_plan import BreakAnswer
from allo.data.actions.compensation import do_redeem_code
from allo.data.ledger import Entry, write_facts
from allo.data.models import CompensationCode, Greeting, GreetingKind, Queue, QueueSurvey

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

NOON = 1_768_467_600.0  # 15 January 2026, 12:00 in Moscow
DAY = "from=2026-01-15&to=2026-01-15"
PAGES = (
    "transfers", "holds", "promises", "callbacks", "resolution", "surveys", "ratings", "greetings", "breaks",
)  # fmt: skip
_numbers = count(1)
Told = dict[str, dict[str, str]]


def tell(*told: fa.Fact) -> None:
    write_facts([Entry(place, f"e-{next(_numbers)}", fact) for place, fact in enumerate(told)])


def started(call_id: str, at: float, queue: str, caller: str = "") -> list[fa.Fact]:
    return [fa.CallStarted(at, call_id, "100", caller, "", queue), fa.CallEntered(at, call_id, queue, 1)]


def ended(call_id: str, at: float, queue: str, agent: str, wait_s: float, talk_s: float = 60.0) -> fa.CallEnded:
    outcome = fa.Outcome.ANSWERED if agent else fa.Outcome.ABANDONED
    times = (at - wait_s - talk_s, at - wait_s - talk_s, at - talk_s, wait_s, talk_s, 0.0)
    return fa.CallEnded(at, call_id, queue, agent, "100", "", outcome, fa.EndReason.CALLER_HUNG_UP, 16, *times)


@pytest.fixture
def queue(people: People) -> Queue:
    return Queue.objects.create(name="Sales", service_level_target_s=20)


def table(visit: Visit, page: str) -> Told:
    """The page's file: row → column → figure; and the page itself must show."""
    assert visit("leader").get(f"/reports/{page}?{DAY}").status_code == 200
    answer = visit("leader").get(f"/reports/{page}?{DAY}&format=csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return {line[0]: dict(zip(lines[0][1:], line[1:], strict=True)) for line in lines[1:]}


@pytest.mark.parametrize("page", PAGES)
def test_a_question_without_an_answer_says_so_and_is_for_leaders(visit: Visit, people: People, page: str) -> None:
    shown = visit("leader").get(f"/reports/{page}?{DAY}")
    assert shown.status_code == 200
    assert "Choose other days above." in shown.content.decode()
    assert visit("agent").get(f"/reports/{page}?{DAY}").status_code in {302, 403, 404}


def test_transfers_by_agent(visit: Visit, people: People, queue: Queue) -> None:
    one, two, q = people["agent"].agent_id, people["colleague"].agent_id, queue.queue_id
    tell(
        *started("c1", NOON, q), fa.CallAnswered(NOON + 10, "c1", q, one, 10.0),
        fa.CallTransferred(NOON + 40, "c1", q, one, "agent", two, True, 30.0, 0.0),
        ended("c1", NOON + 90, q, two, 10.0, 80.0),
        *started("c2", NOON, q), fa.CallAnswered(NOON + 10, "c2", q, one, 10.0),
        ended("c2", NOON + 30, q, one, 10.0, 20.0),
    )  # fmt: skip
    found = table(visit, "transfers")
    mine, theirs = found[str(people["agent"])], found[str(people["colleague"])]
    assert (mine["Talks"], mine["Passed on"], mine["Share, 0 to 1"], mine["After asking"]) == ("2", "1", "0.5000", "1")
    assert (mine["To a colleague"], mine["To a queue"], mine["Talk, seconds"]) == ("1", "0", "25.0")
    assert (theirs["Talks"], theirs["Passed on"], theirs["Talk, seconds"]) == ("1", "0", "50.0")


def test_a_call_passed_on_is_each_agents_call_with_the_own_seconds(visit: Visit, people: People, queue: Queue) -> None:
    one, two, q = people["agent"], people["colleague"], queue.queue_id
    tell(
        *started("c1", NOON, q),
        fa.CallAnswered(NOON + 10, "c1", q, one.agent_id, 10.0),
        fa.CallTransferred(NOON + 40, "c1", q, one.agent_id, "agent", two.agent_id, True, 30.0, 0.0),
        fa.WrapUpEnded(NOON + 45, "c1", q, one.agent_id, "", 5.0),
        ended("c1", NOON + 90, q, two.agent_id, 10.0, 80.0),
    )
    found = table(visit, "agents")
    assert (found[str(one)]["Answered"], found[str(one)]["Handling (AHT), seconds"]) == ("1", "35.0")
    assert (found[str(two)]["Answered"], found[str(two)]["Handling (AHT), seconds"]) == ("1", "50.0")
    for who in ("agent", "colleague"):
        assert visit(who).get("/reports/calls/c1").status_code == 200
        own = visit(who).get(f"/reports/calls?{DAY}&kind=answered")
        assert [call.call_id for call in own.context["calls"]] == ["c1"]
    listed = visit("leader").get(f"/reports/calls?{DAY}&kind=answered&agent={one.pk}")
    assert [call.call_id for call in listed.context["calls"]] == ["c1"]


def test_holds_by_reason(visit: Visit, people: People, queue: Queue) -> None:
    tell(
        fa.HoldStarted(NOON, "c1", "1", "cool_off"), fa.HoldLimitReached(NOON + 5, "c1", "1", 5.0),
        fa.HoldEnded(NOON + 20, "c1", "1", 20.0), fa.HoldStarted(NOON + 30, "c1", "1"),
        fa.HoldEnded(NOON + 40, "c1", "1", 10.0),
        fa.HoldStarted(NOON + 50, "c1", "1"),
    )  # fmt: skip
    found = table(visit, "holds")
    calm, none = found["the caller should calm down"], found["No reason given"]
    assert (calm["Holds"], calm["Mean, seconds"], calm["Too long"]) == ("1", "20.0", "1")
    assert (none["Holds"], none["Mean, seconds"], none["Share, 0 to 1"]) == ("2", "10.0", "0.6667")


def test_promises_and_the_service_level_with_and_without(visit: Visit, people: People, queue: Queue) -> None:
    q, agent = queue.queue_id, people["agent"].agent_id
    for place, (what, wait_s) in enumerate([("kept", 10), ("missed", 30), ("lapsed", 15), ("none", 5), ("none", 50)]):
        call_id, at = f"c{place}", NOON + place
        told: list[fa.Fact] = started(call_id, at, q)
        if what == "none":
            told.append(fa.PromiseWithheld(at, call_id, q, "budget"))
        else:
            told.append(fa.PromiseMade(at, call_id, q, 18.0, 45000))
        if what == "kept":
            told.append(fa.PromiseKept(at, call_id, q, 10.0))
        if what == "missed":
            told.append(fa.PromiseMissed(at, call_id, q, "NGSQ6488", 45000, "nobody_answered"))
        if what == "lapsed":
            told.append(fa.PromiseLapsed(at, call_id, q, "caller_left"))
        if what != "lapsed":
            told.append(fa.CallAnswered(at + wait_s, call_id, q, agent, float(wait_s)))
        tell(*told, ended(call_id, at + 100, q, "" if what == "lapsed" else agent, float(wait_s)))
    assert do_redeem_code(people["agent"], CompensationCode.objects.get())
    found = table(visit, "promises")["Sales"]
    counts = ("Promises", "Kept", "Missed", "Came to nothing", "Not promised", "Paid out", "Codes used")
    assert [found[name] for name in counts] == ["3", "1", "1", "1", "2", "450", "1"]
    assert found["Kept, share, 0 to 1"] == "0.5000"
    assert (found["Service level with, 0 to 1"], found["Without, 0 to 1"]) == ("0.3333", "0.5000")


def test_call_backs_by_queue(visit: Visit, people: People, queue: Queue) -> None:
    q, one = queue.queue_id, people["agent"].agent_id
    lost = fa.CallEnded(
        NOON + 900, "c2", q, "", "100", "+7911", fa.Outcome.NOT_REACHED, fa.EndReason.CALLBACK_FAILED, 16,
        NOON, NOON, 0.0, 30.0, 0.0, 0.0, True,
    )  # fmt: skip
    tell(
        *started("c1", NOON, q), fa.CallbackAgreed(NOON + 30, "c1", q, "+7911", 30.0),
        fa.CallbackTried(NOON + 130, "c1", q, one, "+7911", 1, fa.TryOutcome.ANSWERED),
        *started("c2", NOON, q), fa.CallbackAgreed(NOON + 30, "c2", q, "+7911", 30.0),
        fa.CallbackTried(NOON + 200, "c2", q, one, "+7911", 1, fa.TryOutcome.BUSY), lost,
        *started("c3", NOON, q), fa.CallbackAgreed(NOON + 30, "c3", q, "+7911", 30.0),
        *started("c4", NOON, q), fa.MessageLeft(NOON + 50, "c4", "1", "c4-v1", 9.0),
        fa.CallbackTried(NOON + 250, "c4", q, one, "+7911", 2, fa.TryOutcome.ANSWERED),
    )  # fmt: skip
    found = table(visit, "callbacks")["Sales"]
    assert [found[name] for name in ("Call-backs", "Reached", "Not reached", "Open", "Tries")] == [
        "4",
        "2",
        "1",
        "1",
        "3",
    ]
    assert found["Reached, share, 0 to 1"] == "0.6667"
    assert (found["At the first try, 0 to 1"], found["Until reached, seconds"]) == ("0.5000", "150.0")


def test_surveys_by_queue_agent_and_greeting(visit: Visit, people: People, queue: Queue) -> None:
    q, one = queue.queue_id, people["agent"].agent_id
    first, second = (Greeting.objects.create(title=title, kind=GreetingKind.PROMPT) for title in ("How?", "Again?"))
    hello = Greeting.objects.create(title="Hello")
    QueueSurvey.objects.create(queue=queue, first_question=first, second_question=second, second_keys="12")
    for place, (mark, yes) in enumerate([("5", "1"), ("2", "2"), ("", "")]):
        call_id, at = f"c{place}", NOON + place
        answers = [(str(first.pk), mark), (str(second.pk), yes)]
        told: list[fa.Fact] = [
            *started(call_id, at, q), fa.GreetingPlayed(at, call_id, str(hello.pk), q),
            fa.GreetingPlayed(at, call_id, str(first.pk)), fa.GreetingPlayed(at, call_id, "system:all_busy"),
            fa.SurveyStarted(at, call_id, q, one),
            *(fa.SurveyAnswered(at, call_id, q, one, question, key) for question, key in answers if key),
        ]  # fmt: skip
        tell(*told, ended(call_id, at + 100, q, one, 10.0))
    tell(
        *started("c9", NOON + 9, q),
        fa.GreetingPlayed(NOON + 9, "c9", str(hello.pk), q),
        ended("c9", NOON + 99, q, "", 40.0),
    )
    for page, row in (("surveys", "Sales"), ("ratings", str(people["agent"]))):
        found = table(visit, page)[row]
        assert (found["Asked"], found["Answered"], found["Share, 0 to 1"]) == ("3", "2", "0.6667")
        assert (found["Mark"], found["Yes, 0 to 1"]) == ("3.50", "0.5000")
    greeting = table(visit, "greetings")["Hello"]
    assert (greeting["Heard"], greeting["Left while waiting, 0 to 1"], greeting["Stayed, seconds"]) == (
        "4",
        "0.2500",
        "40.0",
    )
    assert greeting["Mark"] == "3.50"


def test_breaks_by_agent(visit: Visit, people: People) -> None:
    one = people["agent"].agent_id

    def answered(at: float, asked_at: float, answer: BreakAnswer, place: int) -> fa.BreakAnswered:
        return fa.BreakAnswered(at, one, "5", "meal", asked_at, answer, 0.0, place, "")

    tell(
        answered(NOON, NOON, BreakAnswer.NOW, 0),
        answered(NOON + 100, NOON + 100, BreakAnswer.IN_TURN, 2),
        answered(NOON + 700, NOON + 100, BreakAnswer.AFTER_CALL, 1),
        answered(NOON + 900, NOON + 900, BreakAnswer.LATER, 1),
        answered(NOON + 950, NOON + 900, BreakAnswer.REFUSED, 1),
    )
    found = table(visit, "breaks")[str(people["agent"])]
    assert [found[name] for name in ("Asked for", "Granted", "Refused", "Taken back", "Place in turn")] == [
        "3",
        "2",
        "1",
        "0",
        "1",
    ]
    assert (found["At once, 0 to 1"], found["Wait, seconds"], found["Longest wait, seconds"]) == (
        "0.5000",
        "300.0",
        "600.0",
    )


def test_what_ends_after_midnight_belongs_to_the_day_on_which_it_began(
    visit: Visit, people: People, queue: Queue
) -> None:
    q, one, late = queue.queue_id, people["agent"].agent_id, NOON + 12 * 3600 - 60
    for begun in (late - 86_400, late):  # a minute before midnight, of the day before and of this one
        call_id, after = f"c{begun:.0f}", begun + 120
        tell(
            *started(call_id, begun, q),
            fa.CallAnswered(begun, call_id, q, one, 1.0),
            fa.HoldStarted(begun, call_id, one, "cool_off"),
            fa.HoldLimitReached(after, call_id, one, 120.0),
            fa.HoldEnded(after, call_id, one, 120.0),
            fa.SurveyStarted(begun, call_id, q, one),
            fa.SurveyAnswered(after, call_id, q, one, "9", "4"),
            fa.PromiseMade(begun, call_id, q, 18.0, 45000),
            fa.PromiseKept(after, call_id, q, 10.0),
            fa.CallbackAgreed(begun, call_id, q, "+7911", 30.0),
            fa.CallbackTried(begun + 3 * 86_400, call_id, q, one, "+7911", 1, fa.TryOutcome.ANSWERED),
            fa.BreakAnswered(begun, one, "5", "meal", begun, BreakAnswer.IN_TURN, 0.0, 1, ""),
            fa.BreakAnswered(after, one, "5", "meal", begun, BreakAnswer.NOW, 0.0, 1, ""),
            ended(call_id, after, q, one, 1.0),
        )
    holds = table(visit, "holds")
    assert list(holds) == ["the caller should calm down"]
    only = holds["the caller should calm down"]
    assert (only["Holds"], only["Mean, seconds"], only["Too long"]) == ("1", "120.0", "1")
    survey, promise, back = (table(visit, page)["Sales"] for page in ("surveys", "promises", "callbacks"))
    assert (survey["Asked"], survey["Answered"], promise["Promises"], promise["Kept"]) == ("1", "1", "1", "1")
    assert (back["Call-backs"], back["Reached"], back["Open"]) == ("1", "1", "0")
    assert back["Until reached, seconds"] == "259200.0"
    asked = table(visit, "breaks")[str(people["agent"])]
    assert (asked["Asked for"], asked["Granted"], asked["At once, 0 to 1"]) == ("1", "1", "0.0000")


def test_holds_of_one_queue_are_that_queues_alone(visit: Visit, people: People, queue: Queue) -> None:
    other, one = Queue.objects.create(name="Support"), people["agent"].agent_id
    for call_id, at_queue, pauses in (("c1", queue, 1), ("c2", other, 2)):
        holds = [fa.HoldStarted(NOON + 2 + place, call_id, one) for place in range(pauses)]
        tell(
            *started(call_id, NOON, at_queue.queue_id),
            fa.CallAnswered(NOON + 1, call_id, at_queue.queue_id, one, 1.0),
            *holds,
            ended(call_id, NOON + 60, at_queue.queue_id, one, 1.0),
        )
    for query, expected in (("", 3), (f"&queue={queue.pk}", 1), (f"&queue={other.pk}", 2)):
        shown = visit("leader").get(f"/reports/holds?{DAY}{query}")
        assert [row.figures["holds"] for row in shown.context["table"].rows] == [expected]


def test_first_call_resolution_by_a_window_of_seven_days(visit: Visit, people: People, queue: Queue) -> None:
    q, one = queue.queue_id, people["agent"].agent_id
    day = 86_400.0
    for call_id, at, caller in (
        ("solved", NOON, "+74951110001"), ("again", NOON, "+74951110002"), ("late", NOON, "+74951110003"),
        ("again-2", NOON + 6 * day, "+74951110002"), ("late-2", NOON + 8 * day, "+74951110003"), ("hidden", NOON, ""),
    ):  # fmt: skip
        tell(*started(call_id, at, q, caller), ended(call_id, at + 90, q, one, 10.0))
    found = table(visit, "resolution")["Sales"]
    assert [found[name] for name in ("Answered calls", "Solved at once", "Called again", "Not known yet")] == [
        "3",
        "2",
        "1",
        "0",
    ]
    assert found["First call resolution, 0 to 1"] == "0.6667"


def test_days_whose_window_is_open_say_nothing_about_first_call_resolution_yet(
    visit: Visit, people: People, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    q, one = queue.queue_id, people["agent"].agent_id
    for call_id, at, caller in (("again", NOON, "+74951110002"), ("again-2", NOON + 3600, "+74951110002")):
        tell(*started(call_id, at, q, caller), ended(call_id, at + 90, q, one, 10.0))
    monkeypatch.setattr(
        "allo.web.reports.resolution.timezone.now", lambda: datetime.fromtimestamp(NOON + 86_400.0, UTC)
    )
    found = table(visit, "resolution")["Sales"]
    assert [found[name] for name in ("Answered calls", "Called again", "Not known yet")] == ["2", "1", "1"]
    assert found["First call resolution, 0 to 1"] == ""


# Automatic agents


def test_automatic_agents_stand_among_people_only_when_asked_for(visit: Visit, people: People, queue: Queue) -> None:
    people["colleague"].is_automatic = True
    people["colleague"].save()
    q, ann, auto = queue.queue_id, people["agent"].agent_id, people["colleague"].agent_id
    for place, (agent, talk_s) in enumerate(((ann, 60.0), (auto, 600.0))):
        call_id, at = f"c{place}", NOON + 1000 * place
        tell(
            *started(call_id, at, q),
            fa.CallAnswered(at + 1, call_id, q, agent, 1.0),
            ended(call_id, at + 1 + talk_s, q, agent, 1.0, talk_s),
            fa.AgentStateChanged(at + 700, agent, "ready", "", at, 700.0, "offline", "", ""),
            fa.SurveyStarted(at + 700, call_id, q, agent),
        )
    for page in ("agents", "transfers", "ratings"):
        alone = table(visit, page)
        assert "Agent" in alone, page
        assert "Colleague" not in alone, page
        address = f"/reports/{page}?{DAY}&automatic=1"
        both = visit("leader").get(f"{address}&format=csv").content.decode()
        assert "Colleague" in both, page
        page_itself = visit("leader").get(address).content.decode()
        assert 'name="automatic" value="1" checked' in page_itself, page
        assert "automatic=1" in page_itself.split("questions__link")[1], "the wish is kept from question to question"
    shown = visit("leader").get(f"/reports/agents?{DAY}")
    assert shown.context["table"].sum_row is None, "one person: the automatic agent is in no sum"
    assert 'name="automatic"' in shown.content.decode()
    people["colleague"].is_automatic = False
    people["colleague"].save()
    assert 'name="automatic"' not in visit("leader").get(f"/reports/agents?{DAY}").content.decode()
