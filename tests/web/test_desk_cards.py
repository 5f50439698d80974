"""The customer's card: found by the call, filled by colleagues, never broken by what somebody types."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from allo.data.models import (
    CallOutcome,
    CallRecord,
    Customer,
    CustomerKind,
    CustomerNote,
    Disposition,
    Fact,
    Recording,
    RecordingState,
)
from allo.web.control_client import Snapshot
from allo.web.mirror import Mirror

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(phone="+79001112233", name="Zoya Petrova")


def past_call(customer: Customer | None, call_id: str = "old.1", **more: Any) -> CallRecord:
    at = timezone.now() - timedelta(hours=2)
    given = {"arrived_at": at, "answered_at": at, "ended_at": at + timedelta(minutes=3), "talk_s": 170.0}
    return CallRecord.objects.create(call_id=call_id, customer=customer, outcome="answered", **{**given, **more})


def test_the_card_shows_name_notes_and_past_calls(visit: Visit, people: People, customer: Customer) -> None:
    CustomerNote.objects.create(customer=customer, author=people["colleague"], text="Speaks <softly> 🙂")
    record = past_call(customer, agent=people["colleague"])
    solved = Disposition.objects.create(name="Solved")
    CallOutcome.objects.create(
        call_id="old.1", agent=people["colleague"], disposition=solved, note="Paid", at=timezone.now()
    )
    Recording.objects.create(call_record=record, file="a.flac", duration_s=170, state=RecordingState.READY)
    page = visit("agent").get(f"/desk/call/new.1/card?customer={customer.pk}").content.decode()
    for words in ("Zoya Petrova", "Speaks &lt;softly&gt; 🙂", "Colleague", "Solved", "Paid", "data-recording"):
        assert words in page
    assert "called today already" in page


def test_the_running_call_is_not_among_the_past_ones(visit: Visit, customer: Customer) -> None:
    past_call(customer, "now.1", ended_at=None)
    page = visit("agent").get(f"/desk/call/now.1/card?customer={customer.pk}").content.decode()
    assert "No calls before this one." in page
    assert "first call" in page


def test_a_call_is_found_by_its_record_when_the_page_does_not_say_whose_it_is(visit: Visit, customer: Customer) -> None:
    past_call(customer, "now.1")
    assert "Zoya Petrova" in visit("agent").get("/desk/call/now.1/card").content.decode()


@pytest.mark.parametrize("known", ["", "0", "999999", "x", "-1", "9" * 400, "٣"])
def test_a_hidden_number_has_no_card(visit: Visit, customer: Customer, known: str) -> None:
    answer = visit("agent").get("/desk/call/now.1/card", {"customer": known})
    assert answer.status_code == 200
    assert "Hidden number" in answer.content.decode()


def test_a_caller_whose_card_is_not_written_yet_does_not_hide_their_number(
    visit: Visit, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = {"now": "+79001110000", "hidden": "", "visitor": "web-1700000000-secret"}
    seen = Mirror(Snapshot(1, {f"call:{name}.1": {"caller": caller} for name, caller in callers.items()}))
    monkeypatch.setattr("allo.web.desk.cards.mirror_now", lambda: (seen, True))
    first = visit("agent").get("/desk/call/now.1/card", {"customer": ""}).content.decode()
    assert "Hidden number" not in first
    assert "Name is not known yet" in first
    assert "111" in first
    assert "Hidden number" in visit("agent").get("/desk/call/hidden.1/card", {"customer": ""}).content.decode()
    visitor = visit("agent").get("/desk/call/visitor.1/card", {"customer": ""}).content.decode()
    assert "Visitor of the page" in visitor
    assert "Write what matters into the note" in visitor
    assert "secret" not in visitor


def test_only_a_recording_that_is_there_can_be_listened_to(visit: Visit, customer: Customer) -> None:
    record = past_call(customer)
    recording = Recording.objects.create(call_record=record, state=RecordingState.DELETED)
    address = f"/desk/customer/{customer.pk}/"
    assert "data-recording" not in visit("agent").get(address).content.decode()
    recording.state = RecordingState.READY
    recording.save()
    assert "data-recording" in visit("agent").get(address).content.decode()


def test_a_name_is_corrected(visit: Visit, customer: Customer) -> None:
    answer = visit("agent").post(f"/desk/customer/{customer.pk}/name", {"name": "  Zoya \n Ivanova 🌸 "})
    assert answer.status_code == 204
    assert "Name saved" in answer["HX-Trigger"]
    customer.refresh_from_db()
    assert customer.name == "Zoya Ivanova 🌸"


def test_a_name_that_is_too_long_changes_nothing_and_says_so(visit: Visit, customer: Customer) -> None:
    answer = visit("agent").post(f"/desk/customer/{customer.pk}/name", {"name": "я" * 121})
    assert answer.status_code == 409
    assert "121" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.name == "Zoya Petrova"


def test_an_e_mail_is_kept_corrected_and_removed_and_nothing_else_taken_for_one(
    visit: Visit, customer: Customer
) -> None:
    agent, address = visit("agent"), f"/desk/customer/{customer.pk}/email"
    assert "E-mail saved" in agent.post(address, {"email": " zoya@example.com "})["HX-Trigger"]
    assert 'value="zoya@example.com"' in agent.get(f"/desk/customer/{customer.pk}/").content.decode()
    for wrong in ("zoya", "zoya@", "a b@example.com", "z" * 250 + "@example.com", "x@y.z\r\nBcc: all@example.com"):
        answer = agent.post(address, {"email": wrong})
        assert answer.status_code == 409, wrong
        assert "no e-mail address" in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.email, customer.name) == ("zoya@example.com", "Zoya Petrova")
    assert "E-mail removed" in agent.post(address, {"email": ""})["HX-Trigger"]
    customer.refresh_from_db()
    assert customer.email == ""


def test_past_calls_tell_what_was_promised(visit: Visit, customer: Customer) -> None:
    for call_id, kind, body in (
        ("old.1", "PromiseMissed", {"code": "ABCD2345", "amount": 45000}),
        ("old.2", "PromiseKept", {}),
    ):
        past_call(customer, call_id)
        Fact.objects.create(uid=call_id, at=timezone.now(), kind=kind, call_id=call_id, body=body)
    page = visit("agent").get(f"/desk/customer/{customer.pk}/").content.decode()
    assert "Not answered in time: code ABCD2345 (450)" in page
    assert "The answer came in time, as promised" in page


def test_a_customers_kind_and_language_are_chosen_on_the_card(visit: Visit, customer: Customer) -> None:
    vip = CustomerKind.objects.create(name="VIP", priority=3)
    agent, address = visit("agent"), f"/desk/customer/{customer.pk}/kind"
    assert agent.post(address, {"kind": vip.pk}).status_code == 204
    assert agent.post(address, {"language": "en"}).status_code == 204
    customer.refresh_from_db()
    assert (customer.kind, customer.language) == (vip, "en")
    page = agent.get(f"/desk/customer/{customer.pk}/").content.decode()
    assert f'<option value="{vip.pk}" selected>VIP</option>' in page
    vip.is_active = False
    vip.save()
    for wrong in ({"kind": vip.pk}, {"kind": "many"}, {"language": "xx"}):
        answer = agent.post(address, wrong)
        assert answer.status_code == 409
        assert "Choose" in answer.content.decode()
    agent.post(address, {"kind": ""})
    customer.refresh_from_db()
    assert (customer.kind, customer.language) == (None, "en")


def test_a_note_of_ten_thousand_characters_is_kept_whole(visit: Visit, customer: Customer) -> None:
    text = "🙂\n" + "я" * 9_998
    answer = visit("agent").post(f"/desk/customer/{customer.pk}/notes", {"text": text.replace("\n", "\r\n")})
    assert answer.status_code == 200
    assert CustomerNote.objects.get().text == text


@pytest.mark.parametrize(("text", "words"), [("я" * 10_001, "at most 10000"), ("   \n", "Write the note first")])
def test_a_note_that_cannot_be_kept_is_refused_by_a_sentence(
    visit: Visit, customer: Customer, text: str, words: str
) -> None:
    answer = visit("agent").post(f"/desk/customer/{customer.pk}/notes", {"text": text})
    assert answer.status_code == 409
    assert words in answer.content.decode().replace(",", "")
    assert not CustomerNote.objects.exists()


def test_a_double_click_makes_one_note_and_a_colleague_may_write_the_same(visit: Visit, customer: Customer) -> None:
    address = f"/desk/customer/{customer.pk}/notes"
    for _ in range(2):
        visit("agent").post(address, {"text": "Calls in the morning"})
    assert CustomerNote.objects.count() == 1
    visit("colleague").post(address, {"text": "Calls in the morning"})
    assert CustomerNote.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zoya", True),
        ("Petr", True),
        ("112233", True),
        ("+7 900 111-22-33", True),
        ("x", False),
        ("", False),
        ("nobody", False),
        ("%", False),
    ],
)
def test_customers_are_found_by_name_or_digits(visit: Visit, customer: Customer, words: str, found: bool) -> None:
    answer = visit("agent").get("/desk/find", {"q": words}).json()
    assert bool(answer) is found
    if found:
        assert answer[0]["title"] == "Zoya Petrova"
        assert answer[0]["href"] == f"/desk/#customer-{customer.pk}"


def test_between_calls_one_sees_ones_own_calls_alone(visit: Visit, people: People, customer: Customer) -> None:
    past_call(customer, agent=people["agent"])
    assert "Zoya Petrova" in visit("agent").get("/desk/today").content.decode()
    assert "Zoya Petrova" not in visit("colleague").get("/desk/today").content.decode()


@pytest.mark.parametrize("address", ["/desk/find?q=zoya", "/desk/today", "/desk/call/x/card", "/desk/customer/1/"])
def test_an_outsider_sees_nothing(visit: Visit, customer: Customer, address: str) -> None:
    answer = visit().get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Zoya" not in answer.content.decode()


@pytest.mark.parametrize("address", ["name", "notes", "kind", "email"])
def test_an_outsider_changes_nothing(visit: Visit, customer: Customer, address: str) -> None:
    where = f"/desk/customer/{customer.pk}/{address}"
    assert visit().post(where, {"name": "x", "text": "x"}, headers={"Accept": "application/json"}).status_code == 401
    assert visit("agent").get(where).status_code == 405
    customer.refresh_from_db()
    assert customer.name == "Zoya Petrova"
    assert not CustomerNote.objects.exists()


def test_an_unknown_customer_is_not_found(visit: Visit, people: People) -> None:
    assert visit("agent").get("/desk/customer/4711/").status_code == 404
    assert visit("agent").post("/desk/customer/4711/notes", {"text": "x"}).status_code == 404


def test_no_recording_is_awaited_where_none_is_made(
    visit: Visit, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    past_call(customer, ended_at=now, arrived_at=now)
    seen = Mirror(Snapshot(1, {"system": {"recording": "off"}}))
    monkeypatch.setattr("allo.web.desk.history.mirror_now", lambda: (seen, True))
    assert "data-coming" not in visit("agent").get(f"/desk/customer/{customer.pk}/").content.decode()


@pytest.mark.parametrize(
    ("ended_ago_s", "state", "is_coming"),
    [
        (5, None, True),
        (5, RecordingState.PENDING, True),
        (5, RecordingState.READY, False),
        (5, RecordingState.FAILED, False),
        (600, None, False),
        (None, None, True),
    ],
)
def test_a_recording_that_may_still_come_is_awaited(
    visit: Visit, customer: Customer, ended_ago_s: int | None, state: RecordingState | None, is_coming: bool
) -> None:
    now = timezone.now()
    ended_at = None if ended_ago_s is None else now - timedelta(seconds=ended_ago_s)
    record = past_call(customer, ended_at=ended_at, arrived_at=now - timedelta(seconds=60))
    if state:
        Recording.objects.create(call_record=record, file="a.flac", state=state)
    page = visit("agent").get(f"/desk/customer/{customer.pk}/").content.decode()
    assert ("data-coming" in page) is is_coming
    assert ('id="past-old.1"' in page) is (ended_at is not None)
    assert "data-coming" not in visit("agent").get(f"/desk/call/old.1/card?customer={customer.pk}").content.decode()
