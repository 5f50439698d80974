"""Each agent's own part of a call: passed on, asked before, taken over, lost; and what customers are owed, once."""

from __future__ import annotations

from typing import Any

import pytest

from allo.core import facts as fa
from allo.core.break_plan import BreakAnswer
from allo.core.effects import SendMessage
from allo.data.call_parts import CallParts, Part
from allo.data.ledger import Entry, write_facts
from allo.data.models import CallRecord, CompensationCode, Customer, Fact, OutgoingMessage, Recording
from tests.data.lives import NOON

ANSWERED = fa.CallAnswered(100.0, "c1", "10", "1", 5.0)


def ended(at: float, talk_s: float, hold_s: float = 0.0, agent_id: str = "1") -> fa.CallEnded:
    reason = fa.EndReason.CALLER_HUNG_UP
    times = (NOON, NOON, NOON, 5.0, talk_s, hold_s)
    return fa.CallEnded(at, "c1", "10", agent_id, "100", "+7999", fa.Outcome.ANSWERED, reason, 16, *times)


def passed_on(at: float, kind: str, to: str, talk_s: float, *, is_consulted: bool = False) -> fa.CallTransferred:
    return fa.CallTransferred(at, "c1", "10", "1", kind, to, is_consulted, talk_s, 0.0)


def parts(*told: fa.Fact) -> list[Part]:
    call = CallParts()
    for fact in told:
        call.add(fact)
    return call.parts


def test_a_plain_call_has_one_part_and_its_wrap_up() -> None:
    found = parts(ANSWERED, ended(130.0, 20.0, 10.0), fa.WrapUpEnded(140.0, "c1", "10", "1", "", 10.0))
    assert found == [Part("1", "10", 100.0, 130.0, 20.0, 10.0, 10.0, "call")]


def test_a_colleague_takes_a_call_that_was_passed_on() -> None:
    found = parts(
        ANSWERED,
        passed_on(110.0, "agent", "2", 10.0),
        fa.CallTaken(115.0, "c1", "10", "2", 5.0),
        fa.WrapUpEnded(118.0, "c1", "10", "1", "", 8.0),
        ended(135.0, 30.0, agent_id="2"),
        fa.WrapUpEnded(140.0, "c1", "10", "2", "", 5.0),
    )
    assert found == [
        Part("1", "10", 100.0, 110.0, 10.0, 0.0, 8.0, "agent"),
        Part("2", "10", 115.0, 135.0, 20.0, 0.0, 5.0, "call"),
    ]


@pytest.mark.parametrize(("kind", "is_consulted"), [("agent", True), ("leader", False)])
def test_who_was_asked_or_takes_over_goes_on_at_once(kind: str, is_consulted: bool) -> None:
    found = parts(ANSWERED, passed_on(110.0, kind, "2", 10.0, is_consulted=is_consulted), ended(125.0, 25.0))
    assert [(one.agent_id, one.started_at, one.talk_s, one.ended_by) for one in found] == [
        ("1", 100.0, 10.0, kind),
        ("2", 110.0, 15.0, "call"),
    ]


@pytest.mark.parametrize("kind", ["queue", "number", "another"])
def test_nobody_has_a_part_until_somebody_is_there(kind: str) -> None:
    found = parts(ANSWERED, passed_on(110.0, kind, "20", 10.0), ended(150.0, 10.0))
    assert [(one.agent_id, one.talk_s, one.ended_by) for one in found] == [("1", 10.0, kind)]


def test_a_lost_agent_who_does_not_come_back_has_the_time_until_then() -> None:
    found = parts(
        ANSWERED,
        fa.HoldEnded(108.0, "c1", "1", 3.0),
        fa.AgentLost(110.0, "c1", "1"),
        fa.AgentBack(112.0, "c1", "1", 2.0),
        fa.AgentLost(120.0, "c1", "1"),
        fa.CallRequeued(140.0, "c1", "10"),
        fa.CallTaken(150.0, "c1", "10", "2", 30.0),
        fa.CallTransferred(160.0, "c1", "10", "2", "queue", "20", False, 25.0, 3.0),
        fa.CallTaken(170.0, "c1", "20", "3", 10.0),
        ended(175.0, 30.0, 3.0, "3"),
    )
    assert [(one.agent_id, one.talk_s, one.hold_s, one.ended_at, one.ended_by) for one in found] == [
        ("1", 15.0, 3.0, 120.0, "lost"),
        ("2", 10.0, 0.0, 160.0, "queue"),
        ("3", 5.0, 0.0, 175.0, "call"),
    ]


def test_an_agent_who_comes_back_has_one_part() -> None:
    lost = (fa.AgentLost(110.0, "c1", "1"), fa.AgentBack(115.0, "c1", "1", 5.0))
    assert parts(ANSWERED, *lost, ended(125.0, 20.0)) == [Part("1", "10", 100.0, 125.0, 20.0, 0.0, 0.0, "call")]


def test_facts_about_something_else_change_nothing() -> None:
    break_ = fa.BreakAnswered(1.0, "1", "5", "meal", 1.0, BreakAnswer.NOW, 0.0, 0, "")
    assert parts(break_, fa.HoldEnded(1.0, "c1", "1", 1.0), ended(2.0, 0.0)) == []


# In the database


def entries(*told: fa.Fact | SendMessage) -> list[Entry]:
    return [Entry(place, f"e-{place}-0", what) for place, what in enumerate(told)]


@pytest.fixture
def started(db: Any) -> fa.CallStarted:
    return fa.CallStarted(NOON, "c1", "100", "+79991234567", "", "")


MISSED = fa.PromiseMissed(NOON + 20, "c1", "10", "NGSQ6488", 450, "nobody_answered")
MESSAGE = SendMessage("c1", "4", "+79991234567", "", "5", (("code", "NGSQ6488"), ("amount", "450")), "ru")


def test_a_missed_promise_issues_its_code_to_the_customer_once(started: fa.CallStarted) -> None:
    for _ in range(2):
        write_facts(entries(started, MISSED))
    write_facts([Entry(9, "another-uid", MISSED)])
    code = CompensationCode.objects.get()
    assert (code.code, code.amount, code.call_id, code.used_at) == ("NGSQ6488", 450, "c1", None)
    assert code.customer == Customer.objects.get()
    assert Fact.objects.filter(kind="PromiseMissed").count() == 2, "facts are kept as they came"


def test_a_message_is_written_down_once_and_is_no_fact(started: fa.CallStarted) -> None:
    customer = Customer.objects.create(phone="+79991234567")
    to_her = SendMessage("c1", "4", "+79991234567", str(customer.pk), "5", MESSAGE.values, "ru")
    assert write_facts(entries(started, to_her, to_her)) == {"c1": str(customer.pk)}
    write_facts([Entry(7, "another-uid", to_her)])
    message = OutgoingMessage.objects.get()
    assert (message.state, message.to, message.customer) == ("waiting", "+79991234567", customer)
    assert message.values == {"code": "NGSQ6488", "amount": "450"}
    assert [fact.kind for fact in Fact.objects.all()] == ["CallStarted"]


def test_a_message_to_a_customer_who_is_gone_has_none(started: fa.CallStarted) -> None:
    write_facts(entries(started, SendMessage("c1", "4", "+7999", "12345", "5", (), "ru")))
    assert OutgoingMessage.objects.get().customer is None


def test_what_a_caller_spoke_alone_is_expected_with_its_call(started: fa.CallStarted) -> None:
    told = entries(
        started,
        fa.MessageLeft(NOON + 30, "c1", "2", "c1-v1", 12.5),
        fa.SurveyCommented(NOON + 60, "c1", "10", "1", "c1-s1", 0.0),
    )
    for start in (0, 0, 1):
        write_facts(told[start:])
    found = Recording.objects.order_by("spoken_id").values_list("spoken_id", "spoken_kind", "duration_s", "state")
    assert list(found) == [("c1-s1", "comment", 0.0, "pending"), ("c1-v1", "voicemail", 12.5, "pending")]
    assert {one.call for one in Recording.objects.all()} == {CallRecord.objects.get()}
