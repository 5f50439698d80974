"""The outcome of a call: the draft is never lost, and becomes the outcome only when control has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from allo.core.requests import FinishWrapUp
from allo.data.models import CallOutcome, CallRecord, Disposition, WrapUpDraft
from tests.web.asked_control import AskedControl

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

DRAFT, OUTCOME = "/desk/call/c.1/draft", "/desk/call/c.1/outcome"


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> AskedControl:
    double = AskedControl()
    monkeypatch.setattr("allo.web.desk.outcomes.control", double)
    return double


@pytest.fixture
def solved(db: None) -> Disposition:
    return Disposition.objects.create(name="Solved")


def test_what_is_typed_comes_back_to_its_author_alone(visit: Visit, solved: Disposition) -> None:
    answer = visit("agent").post(DRAFT, {"note": "half a\r\nsentence 🙂", "disposition": str(solved.pk)})
    assert answer.status_code == 204
    form = visit("agent").get(OUTCOME).content.decode()
    assert "half a\nsentence 🙂" in form
    assert "checked" in form
    assert "sentence" not in visit("colleague").get(OUTCOME).content.decode()


def test_finishing_asks_control_then_records(
    visit: Visit, people: People, solved: Disposition, control: AskedControl
) -> None:
    answer = visit("agent").post(OUTCOME, {"note": "Paid", "disposition": str(solved.pk)})
    assert answer.status_code == 204
    assert control.asked == [FinishWrapUp(people["agent"].agent_id, "c.1", str(solved.pk))]
    recorded = CallOutcome.objects.get()
    assert (recorded.call_id, recorded.agent, recorded.disposition, recorded.note) == (
        "c.1",
        people["agent"],
        solved,
        "Paid",
    )
    assert not WrapUpDraft.objects.exists()


@pytest.mark.parametrize(("refuses", "is_away", "code"), [("no_outcome", False, 409), ("", True, 503)])
def test_a_refusal_keeps_the_draft(
    visit: Visit, solved: Disposition, control: AskedControl, refuses: str, is_away: bool, code: int
) -> None:
    control.refuses, control.is_away = refuses, is_away
    answer = visit("agent").post(OUTCOME, {"note": "Paid", "disposition": ""})
    assert answer.status_code == code
    assert answer.json()["sentence"].endswith(".")
    assert WrapUpDraft.objects.get().note == "Paid"
    assert not CallOutcome.objects.exists()


def test_finishing_twice_records_once(visit: Visit, solved: Disposition) -> None:
    for _ in range(2):
        assert visit("agent").post(OUTCOME, {"note": "Paid", "disposition": str(solved.pk)}).status_code == 204
    assert CallOutcome.objects.count() == 1


@pytest.mark.parametrize("address", [DRAFT, OUTCOME])
def test_a_note_that_is_too_long_is_refused_and_control_is_not_asked(
    visit: Visit, people: People, control: AskedControl, address: str
) -> None:
    answer = visit("agent").post(address, {"note": "я" * 10_001})
    assert answer.status_code == 409
    assert answer.json()["code"] == "too_long"
    assert "10001" in answer.json()["sentence"].replace(",", "")
    assert control.asked == []
    assert visit("agent").post(address, {"note": "🙂" * 10_000}).status_code == 204


@pytest.mark.parametrize("chosen", ["", "x", "-1", "999999", "٣", "9" * 400, "1; drop"])
def test_an_outcome_that_does_not_exist_is_none(
    visit: Visit, people: People, control: AskedControl, chosen: str
) -> None:
    assert visit("agent").post(OUTCOME, {"note": "", "disposition": chosen}).status_code == 204
    assert control.asked[0].disposition == ""


def test_an_outcome_that_was_removed_is_not_offered_any_more(visit: Visit, solved: Disposition) -> None:
    solved.is_active = False
    solved.save()
    assert "Solved" not in visit("agent").get(OUTCOME).content.decode()


def test_what_was_left_of_an_earlier_call_is_recorded_with_the_next(
    visit: Visit, people: People, solved: Disposition
) -> None:
    visit("agent").post("/desk/call/old.1/draft", {"note": "left behind", "disposition": str(solved.pk)})
    visit("agent").post("/desk/call/other.1/draft", {"note": "of a call that goes on", "disposition": ""})
    now = timezone.now()
    CallRecord.objects.create(call_id="old.1", agent=people["agent"], arrived_at=now, ended_at=now)
    CallRecord.objects.create(call_id="other.1", agent=people["agent"], arrived_at=now)
    visit("agent").get(OUTCOME)
    assert CallOutcome.objects.get().note == "left behind"
    assert WrapUpDraft.objects.get().call_id == "other.1"


@pytest.mark.parametrize("address", [DRAFT, OUTCOME])
def test_an_outsider_writes_nothing(visit: Visit, people: People, control: AskedControl, address: str) -> None:
    answer = visit().post(address, {"note": "x"}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert not WrapUpDraft.objects.exists()
    assert control.asked == []


@pytest.mark.parametrize("call_id", ["x" * 65, "a b", "<b>"])
def test_what_cannot_be_the_id_of_a_call_is_not_found(visit: Visit, people: People, call_id: str) -> None:
    for address in ("draft", "outcome"):
        assert visit("agent").post(f"/desk/call/{call_id}/{address}", {"note": "x"}).status_code == 404
    assert visit("agent").get(f"/desk/call/{call_id}/card").status_code == 404
