"""What an agent asks of control from the desk: always for themselves, refused by a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from allo.core import requests as rq
from allo.core.model import PartyKind
from allo.data.models import HomeCountry
from allo.web.refusals import SENTENCES
from tests.web.asked_control import AskedControl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import People, Visit


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedControl]:
    double = AskedControl()
    monkeypatch.setattr("allo.web.desk.asking.control", double)
    cache.clear()
    yield double
    cache.clear()


def test_each_request_is_made_in_the_name_of_who_is_signed_in(
    visit: Visit, people: People, control: AskedControl
) -> None:
    me, page = people["agent"].agent_id, visit("agent")
    form = {"call": "c.1", "reason": "2", "kind": "queue", "to": "4", "agent_id": people["colleague"].agent_id}
    expected = {
        "log-in": rq.LogIn(me),
        "log-out": rq.LogOut(me),
        "ready": rq.GoReady(me),
        "break": rq.TakeBreak(me, "2"),
        "attach": rq.AttachPhone(me),
        "decline": rq.Decline(me, "c.1"),
        "withdraw-break": rq.WithdrawBreak(me),
        "hold": rq.Hold(me, "c.1", "2"),
        "cool-off": rq.CoolOff(me, "c.1"),
        "give-away": rq.CoolOff(me, "c.1", with_another=True),
        "consult": rq.ConsultParty(me, "c.1", PartyKind.QUEUE, "4"),
        "transfer": rq.Transfer(me, "c.1", PartyKind.QUEUE, "4"),
        "join": rq.JoinParties(me, "c.1"),
        "complete": rq.CompleteTransfer(me, "c.1"),
        "drop": rq.DropParty(me, "c.1"),
        "pause-recording": rq.PauseRecording(me, "c.1", is_paused=True),
        "resume-recording": rq.PauseRecording(me, "c.1", is_paused=False),
        "help": rq.CallForHelp(me, "c.1"),
        "resume": rq.Resume(me, "c.1"),
        "hang-up": rq.HangUp(me, "c.1"),
        "mute": rq.SetMuted(me, "c.1", is_muted=True),
        "unmute": rq.SetMuted(me, "c.1", is_muted=False),
    }
    for what, request in expected.items():
        answer = page.post(f"/desk/ask/{what}", form)
        assert (answer.status_code, answer.content) == (204, b"")
        assert control.asked.pop() == request


@pytest.mark.parametrize("code", sorted(set(SENTENCES) - {"control_away"}))
def test_a_refusal_is_a_sentence(visit: Visit, control: AskedControl, code: str) -> None:
    control.refuses = code
    answer = visit("agent").post("/desk/ask/hold", {"call": "c.1"})
    assert answer.status_code == 409
    said = answer.json()
    assert said == {"code": code, "sentence": str(SENTENCES[code])}
    assert said["sentence"].endswith(".")


def test_a_code_that_pages_do_not_know_yet_is_a_sentence_too(visit: Visit, control: AskedControl) -> None:
    control.refuses = "quite_new"
    assert "cannot be done right now" in visit("agent").post("/desk/ask/ready").json()["sentence"]


def test_while_control_is_away_the_page_may_ask_again(visit: Visit, control: AskedControl) -> None:
    control.is_away = True
    for address in ("/desk/ask/ready", "/desk/phone"):
        answer = visit("agent").post(address)
        assert answer.status_code == 503
        assert "try again in a few seconds" in answer.json()["sentence"]


def test_an_unknown_request_is_an_old_page(visit: Visit, control: AskedControl) -> None:
    answer = visit("agent").post("/desk/ask/dance")
    assert answer.status_code == 404
    assert "Reload" in answer.json()["sentence"]
    assert control.asked == []


def test_absurd_input_reaches_control_cut_off(visit: Visit, control: AskedControl) -> None:
    visit("agent").post("/desk/ask/hold", {"call": "x" * 5000})
    assert len(control.asked[0].call_id) == 64
    visit("agent").post("/desk/ask/break", {"reason": "x" * 5000})
    assert len(control.asked[1].reason) <= 64


@pytest.mark.parametrize("address", ["/desk/ask/ready", "/desk/phone"])
def test_nobody_and_a_link_ask_nothing(visit: Visit, control: AskedControl, address: str) -> None:
    assert visit().post(address, headers={"Accept": "application/json"}).status_code == 401
    assert visit("agent").get(address).status_code == 405
    assert control.asked == []


def test_a_page_gets_its_own_account(visit: Visit, people: People, control: AskedControl) -> None:
    answer = visit("agent").post("/desk/phone", {"page": "p1"})
    assert set(answer.json()) == {"username", "password", "uri", "ws_url"}
    assert answer.json()["ws_url"].endswith("/ws")
    assert "no-store" in answer["Cache-Control"]
    assert control.asked == [("phone", people["agent"].agent_id)]


def test_a_page_whose_phone_was_taken_by_another_computer_does_not_take_it_back(
    visit: Visit, control: AskedControl
) -> None:
    page = visit("agent")
    page.post("/desk/phone", {"page": "p1"})
    page.post("/desk/phone", {"page": "p2"})
    answer = page.post("/desk/phone", {"page": "p1", "renew": "yes"})
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert page.post("/desk/phone", {"page": "p2", "renew": "yes"}).status_code == 200
    assert page.post("/desk/phone", {"page": "p1"}).status_code == 200, "chosen again by a person"
    assert visit("colleague").post("/desk/phone", {"page": "p1", "renew": "yes"}).status_code == 200


def test_a_number_typed_as_at_home_is_asked_for_in_its_one_spelling(
    visit: Visit, people: People, control: AskedControl
) -> None:
    HomeCountry.objects.create(pk=1, code="RU")
    me, page = people["agent"].agent_id, visit("agent")
    for to, meant in (("8 (916) 123-45-67", "+79161234567"), ("810 44 20 7946 0000", "+442079460000"), ("112", "112")):
        assert page.post("/desk/ask/transfer", {"call": "c.1", "kind": "number", "to": to}).status_code == 204
        assert control.asked[-1] == rq.Transfer(me, "c.1", PartyKind.NUMBER, meant)
