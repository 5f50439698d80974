"""The list of calls and one call: who sees which, what is found, the story in sentences; files that run nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from allo.core import facts
from allo.data.actions.outcome import do_record_outcome
from allo.data.models import CallRecord, Customer, Disposition, HomeCountry, Queue
from allo.web.reports import timeline
from allo.web.reports.table import safe
from tests.web.made_facts import Story

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

NOON = 1_768_467_600.0  # 15 January 2026, 12:00 in Moscow
DAY = "from=2026-01-15&to=2026-01-15"


@pytest.fixture
def calls(people: People) -> dict[str, str]:
    """One call of each kind: whose it is, to its id."""
    queue = Queue.objects.create(name="Sales")
    sold = Disposition.objects.create(name="Sold", is_success=True)
    story = Story()
    made = {
        "agent": story.answered(NOON, queue, people["agent"], disposition=sold, hold_s=12, caller="+74951234567"),
        "colleague": story.answered(NOON + 600, queue, people["colleague"], wait_s=55, caller="+74957654321"),
        "lost": story.lost(NOON + 700, queue, 30, caller="+74951234567"),
        "early": story.lost(NOON + 800, queue, 3, facts.Outcome.LEFT_EARLY),
    }
    story.write()
    Customer.objects.filter(phone="+74951234567").update(name="Ирина Ветрова")
    return made


@pytest.mark.parametrize(
    ("who", "seen"),
    [("agent", {"agent"}), ("colleague", {"colleague"}), ("leader", {"agent", "colleague", "lost", "early"})],
)
def test_a_list_has_ones_own_calls_or_all(visit: Visit, calls: dict[str, str], who: str, seen: set[str]) -> None:
    page = visit(who).get(f"/reports/calls?{DAY}")
    assert {call.call_id for call in page.context["calls"]} == {calls[one] for one in seen}
    text = page.content.decode()
    for one, call_id in calls.items():
        assert (f"/reports/calls/{call_id}" in text) is (one in seen)


def test_an_agent_cannot_ask_for_anothers_calls(visit: Visit, people: People, calls: dict[str, str]) -> None:
    page = visit("agent").get(f"/reports/calls?{DAY}&agent={people['colleague'].pk}&kind=abandoned")
    assert list(page.context["calls"]) == []
    own = visit("agent").get(f"/reports/calls?{DAY}&agent={people['colleague'].pk}")
    assert [call.call_id for call in own.context["calls"]] == [calls["agent"]]


@pytest.mark.parametrize(
    ("who", "code"), [("agent", 200), ("colleague", 404), ("leader", 200), ("admin", 200), ("", 302)]
)
def test_a_calls_page_is_for_its_agent_and_for_leaders(
    visit: Visit, calls: dict[str, str], who: str, code: int
) -> None:
    assert visit(who).get(f"/reports/calls/{calls['agent']}").status_code == code


def test_an_unknown_call_is_not_there(visit: Visit, calls: dict[str, str]) -> None:
    assert visit("leader").get("/reports/calls/nothing.1").status_code == 404


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ветрова", {"agent", "lost"}),
        ("Ирина", {"agent", "lost"}),
        ("1234567", {"agent", "lost"}),
        ("+7 495 765-43-21", {"colleague"}),
        ("ветрова 495 123", {"agent", "lost"}),
        ("Colleague", {"colleague"}),
        ("ветрова agent", {"agent"}),
        ("nobody", set()),
        ("'; DROP TABLE x; --", set()),
    ],
)
def test_calls_are_found_by_number_and_name(visit: Visit, calls: dict[str, str], words: str, found: set[str]) -> None:
    page = visit("leader").get("/reports/calls", {"from": "2026-01-15", "to": "2026-01-15", "q": words})
    assert {call.call_id for call in page.context["calls"]} == {calls[one] for one in found}


def test_a_number_is_found_as_people_dial_it_at_home(visit: Visit, calls: dict[str, str]) -> None:
    HomeCountry.objects.create(pk=1, code="RU")
    page = visit("leader").get("/reports/calls", {"from": "2026-01-15", "to": "2026-01-15", "q": "8 (495) 765-43-21"})
    assert [call.call_id for call in page.context["calls"]] == [calls["colleague"]]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("entered", {"agent", "colleague", "lost"}),
        ("late", {"colleague"}),
        ("early", {"early"}),
        ("abandoned", {"lost"}),
        ("no such kind", {"agent", "colleague", "lost", "early"}),
    ],
)
def test_calls_are_chosen_by_kind(visit: Visit, calls: dict[str, str], kind: str, found: set[str]) -> None:
    page = visit("leader").get("/reports/calls", {"from": "2026-01-15", "to": "2026-01-15", "kind": kind})
    assert {call.call_id for call in page.context["calls"]} == {calls[one] for one in found}


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-13-45",
        "from=9999-12-31&to=0001-01-01",
        "queue=0&agent=99999999999999999999",
        "queue=x&by=7&page=x&start=x&end=999999999999999",
        "start=9999999999&end=99999999999",
        "outcome=999999999999999999999&order=x",
        "q=%00",
        "page=-1",
    ],
)
@pytest.mark.parametrize("path", ["/reports/answering", "/reports/agents", "/reports/outcomes", "/reports/calls"])
def test_no_address_however_wrong_breaks_a_page(visit: Visit, calls: dict[str, str], path: str, query: str) -> None:
    assert visit("leader").get(f"{path}?{query}").status_code == 200


def test_a_page_says_what_it_did_not_understand(visit: Visit, people: People) -> None:
    text = visit("leader").get("/reports/answering?from=tomorrow").content.decode()
    assert "“tomorrow” is not a date; write it as 2026-01-31." in text


def test_a_long_list_has_pages_that_keep_the_question(visit: Visit, people: People) -> None:
    queue, story = Queue.objects.create(name="Sales"), Story()
    for place in range(120):
        story.lost(NOON + place, queue, 10)
    story.write()
    client = visit("leader")
    first = client.get(f"/reports/calls?{DAY}&kind=abandoned")
    assert (len(first.context["calls"]), first.context["count"]) == (50, 120)
    seen = [call.call_id for call in first.context["calls"]]
    address = first.context["later"]
    while address:
        page = client.get(f"/reports/calls{address}")
        seen += [call.call_id for call in page.context["calls"]]
        address = page.context["later"]
    assert len(seen) == len(set(seen)) == 120


# A call's story -------------------------------------------------------------------------------------------------------


def told(call_id: str) -> list[str]:
    with translation.override("en"):
        moments = timeline.story(CallRecord.objects.get(call_id=call_id))
    return [f"{one.text} {one.detail}".strip() for one in moments]


def test_the_story_tells_what_happened_and_why_this_agent(calls: dict[str, str]) -> None:
    assert told(calls["agent"]) == [
        "Called 100.",
        "Began to wait in the queue Sales, at place 1.",
        "Rang at Agent. Why: Agent had been free the longest of all ready agents.",
        "Agent answered after a wait of 0:08.",
        "Agent put the caller on hold.",
        "The hold ended after 0:12.",
        "The caller hung up.",
        "Agent recorded “Sold”; wrap-up took 0:20.",
    ]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("call:longest_idle:level=1", "Why: Agent had been free the longest of all ready agents."),
        ("call:least_calls:level=1", "Why: Agent had taken the fewest calls of all ready agents."),
        (
            "call:longest_idle:level=3",
            "Why: Agent had been free the longest of all ready agents; everybody of the levels before 3 was busy.",
        ),
        ("agent:most_urgent", "Why: Agent became free, and this was the most urgent call."),
        (
            "agent:most_urgent:priority=5:left_s=-65.2",
            "Why: Agent became free, and this was the most urgent call (the target passed 1:05 ago, priority 5).",
        ),
        ("something:new", ""),
    ],
)
def test_why_a_call_rang_at_an_agent(people: People, reason: str, sentence: str) -> None:
    queue, story = Queue.objects.create(name="Sales"), Story()
    call_id = story.started(NOON, queue)
    story.told.append(facts.OfferMade(NOON + 1, call_id, queue.queue_id, people["agent"].agent_id, "leg", reason))
    story.write()
    assert told(call_id)[-1] == f"Rang at Agent. {sentence}".strip()


def test_every_end_of_an_offer_has_its_sentence(people: People) -> None:
    queue, story = Queue.objects.create(name="Sales"), Story()
    call_id = story.started(NOON, queue)
    about = (call_id, queue.queue_id, people["agent"].agent_id, "leg")
    for place, outcome in enumerate(facts.OfferOutcome):
        story.told.append(facts.OfferEnded(NOON + 1 + place, *about, outcome, 9.0))
    agent = people["agent"].agent_id
    story.told += [
        facts.AgentLost(NOON + 20, call_id, agent),
        facts.AgentBack(NOON + 25, call_id, agent, 5.0),
        facts.CallRequeued(NOON + 30, call_id, queue.queue_id),
    ]
    story.write()
    assert told(call_id)[1:] == [
        "Agent declined after 0:09.",
        "Agent did not answer within 0:09 and was set to Not ready.",
        "Stopped ringing at Agent: the caller had left.",
        "The phone of Agent could not be rung.",
        "The connection to Agent broke; the caller heard music.",
        "Agent was back after 0:05.",
        "Went back to the front of the queue Sales.",
    ]


def test_every_way_a_call_ends_has_its_sentence() -> None:
    from allo.web.reports import words

    with translation.override("en"):
        assert all(words.end_reason(reason.value) for reason in facts.EndReason)


def test_a_calls_page_shows_outcome_note_customer_and_story(
    visit: Visit, people: People, calls: dict[str, str]
) -> None:
    sold = Disposition.objects.get()
    do_record_outcome(calls["agent"], people["agent"], disposition=sold, note="Wants <b>two</b>.\nOn Friday.")
    text = visit("leader").get(f"/reports/calls/{calls['agent']}").content.decode()
    for part in ("Ирина Ветрова", "+7 495 123-45-67", "Sold", "Wants &lt;b&gt;two&lt;/b&gt;.", "Rang at Agent."):
        assert part in text
    assert f"/reports/calls/{calls['lost']}" in text, "the customer's other call"
    own = visit("agent").get(f"/reports/calls/{calls['agent']}").content.decode()
    assert calls["lost"] not in own, "an agent sees no call that is not theirs"


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("a\x00b", "ab"),
        ("\x00=1", "'=1"),
        ("+74951234567", "+74951234567"),
        ("Anna = Maria", "Anna = Maria"),
        ("", ""),
        (-5.5, -5.5),
    ],
)
def test_no_cell_runs_as_a_formula(cell: object, kept: object) -> None:
    assert safe(cell) == kept


def test_a_name_that_is_a_formula_is_harmless_in_every_file(visit: Visit, people: People) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    queue = Queue.objects.create(name=evil)
    people["agent"].display_name = "@agent"
    people["agent"].save()
    disposition = Disposition.objects.create(name="-1+1")
    story = Story()
    story.answered(NOON, queue, people["agent"], disposition=disposition)
    story.write()
    Customer.objects.update(name="+1+1")
    client = visit("leader")
    for path in ("answering?by=queue&", "agents?", "outcomes?", "calls?"):
        text = client.get(f"/reports/{path}{DAY}&format=csv").content.decode().lstrip("\ufeff")
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) == 2, path
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell[:1] in set("=@\t\r") or cell in {"-1+1", "+1+1"}], path
    assert "'" + evil in {row[4] for row in rows}, "the name itself is kept"


def test_a_file_too_long_is_refused_with_the_way_out(
    visit: Visit, calls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allo.web.reports.call_views.MOST_IN_FILE", 2)
    response = visit("leader").get(f"/reports/calls?{DAY}&format=csv")
    assert response["Content-Type"].startswith("text/html")
    assert "A file holds 2 calls; choose fewer days to download." in response.content.decode()


def test_empty_days_say_what_to_do(visit: Visit, people: People) -> None:
    client = visit("leader")
    for path, sentence in {
        "answering": "No calls in these days",
        "agents": "Nobody was at work in these days",
        "outcomes": "No answered calls in these days",
        "calls": "No calls in these days",
        f"agents/{people['agent'].pk}": "No time at work in these days",
    }.items():
        text = client.get(f"/reports/{path}?{DAY}").content.decode()
        assert sentence in text
    text = client.get(f"/reports/calls?{DAY}&kind=late").content.decode()
    assert "No call fits" in text
    assert "Show all calls of these days" in text
