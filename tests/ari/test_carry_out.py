"""Effects as requests to Asterisk, and what comes back when they fail."""

from dataclasses import dataclass, field

import pytest

from allo.ari.carry_out import CarryOut
from allo.ari.client import LATE, LINK_BROKEN, Answer
from allo.ari.messages import Bridge, CallerId, Channel, Dialplan
from allo.ari.recover import Platform
from allo.ari.translate import Translator
from allo.core import effects as ef
from allo.core.events import CallArrived, Event, LegEnd, LegEnded, PlaybackFinished
from allo.core.facts import CallStarted
from tests.ari.requests import Requests

CALL, LEG = "1795632338.7", "1795632338.7-a1"
JOIN = f"bridges/{CALL}-talk/addChannel"
FAILURES = (LATE, 400, 404, 409, 422, 500, 503)


@dataclass
class Asterisk(Requests):
    """Requests of a `CarryOut`, and what it tells."""

    events: list[Event] = field(default_factory=list)
    translator: Translator = field(default_factory=Translator)

    def __post_init__(self) -> None:
        self.carry_out = CarryOut(self.send, self.translator, self.events.append, self.media)
        self.do = self.carry_out.carry_out

    def media(self, prompt: str, _language: str) -> str:
        """A prompt's sound."""
        if prompt == "gone":
            raise LookupError(prompt)
        return f"sound:allo/{prompt}"


@pytest.fixture
def asterisk() -> Asterisk:
    """With one call whose agent's leg rings."""
    one = Asterisk()
    one.translator.legs |= {CALL, LEG}
    one.carry_out.arrived(CallArrived(CALL, "100", "+74951234567", 'Ann "<Smith>"'))
    return one


def test_a_whole_call_in_order(asterisk: Asterisk) -> None:
    for effect in (
        ef.AnswerCall(CALL),
        ef.PlayPrompt(CALL, "welcome"),
        ef.StartMusic(CALL, "default"),
        ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"),
        ef.ConnectLegs(CALL, (CALL, LEG), (), "default"),
        ef.ConnectLegs(CALL, (LEG,), (CALL,), "jazz"),
        ef.ConnectLegs(CALL, (CALL, LEG), (), "default"),
        ef.EndLeg(LEG),
        ef.EndLeg(CALL),
    ):
        asterisk.do(effect)
    shown = 'callerId="Ann Smith" <+74951234567>'
    assert asterisk.lines() == [
        f"POST channels/{CALL}/answer",
        f"POST channels/{CALL}/play/{CALL}~1~welcome media=sound:allo/welcome",
        f"DELETE playbacks/{CALL}~1~welcome",
        f"POST channels/{CALL}/moh mohClass=default",
        f"POST channels/{LEG} endpoint=PJSIP/agent-5 app=allo appArgs=agent timeout=180 {shown}",
        f"POST bridges/{CALL}-talk type=mixing",
        f"DELETE channels/{CALL}/moh",
        f"POST {JOIN} channel={CALL},{LEG}",
        f"POST bridges/{CALL}-talk/removeChannel channel={CALL}",
        f"POST channels/{CALL}/moh mohClass=jazz",
        f"DELETE channels/{CALL}/moh",
        f"POST {JOIN} channel={CALL}",
        f"DELETE channels/{LEG}",
        f"DELETE channels/{CALL}",
        f"DELETE bridges/{CALL}-talk",
    ]
    assert asterisk.carry_out.calls == {}
    assert asterisk.events == []


def test_a_second_wish_for_the_same_sends_nothing(asterisk: Asterisk) -> None:
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    asterisk.lines()
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    assert asterisk.lines() == []


def test_the_phone_learns_of_its_call(asterisk: Asterisk) -> None:
    asterisk.do(ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5", auto_answer=True))
    assert asterisk.requests[0][3] == {
        "variables": {
            "PJSIP_HEADER(add,X-Allo-Call)": CALL,
            "PJSIP_HEADER(add,X-Allo-Leg)": LEG,
            "PJSIP_HEADER(add,X-Allo-Auto-Answer)": "yes",
        }
    }


@pytest.mark.parametrize(
    ("caller", "want"),
    [
        (CallerId("", ""), "<anonymous>"),
        (CallerId("+7495", ""), "<+7495>"),
        (CallerId("", "Пётр"), '"Пётр" <anonymous>'),
        (CallerId('1"2<3>\\4', '\\"; a <b>'), '"; a b" <1234>'),
    ],
)
def test_callers_as_they_are_shown(asterisk: Asterisk, caller: CallerId, want: str) -> None:
    asterisk.carry_out.arrived(CallArrived(CALL, "100", caller.number, caller.name))
    asterisk.do(ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"))
    assert asterisk.requests[0][2]["callerId"] == want


def test_what_is_not_telephony_is_ignored(asterisk: Asterisk) -> None:
    for effect in (
        ef.StartTimer("t", 1.0),
        ef.CancelTimer("t"),
        ef.Accepted(),
        ef.RecordFact(CallStarted(1.0, CALL, "100", "", "", "q")),
    ):
        asterisk.do(effect)
    assert asterisk.lines() == []


# Failures


@pytest.mark.parametrize("status", FAILURES)
def test_an_agent_who_cannot_be_rung(asterisk: Asterisk, status: int) -> None:
    asterisk.do(ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"))
    asterisk.answer(f"channels/{LEG}", status)
    assert asterisk.events == [LegEnded(LEG, LegEnd.UNREACHABLE, 20)]
    assert LEG not in asterisk.translator.legs
    ended = [line for line in asterisk.lines() if line.startswith("DELETE")]
    assert ended == ([f"DELETE channels/{LEG}"] if status == LATE else [])


def test_an_offer_that_ended_meanwhile_is_told_once(asterisk: Asterisk) -> None:
    asterisk.do(ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"))
    asterisk.translator.legs.discard(LEG)
    asterisk.answer(f"channels/{LEG}", 500)
    assert asterisk.events == []


def test_a_prompt_without_a_sound(asterisk: Asterisk) -> None:
    asterisk.do(ef.PlayPrompt(CALL, "gone"))
    assert asterisk.events == [PlaybackFinished(CALL, "gone")]
    assert asterisk.lines() == []


@pytest.mark.parametrize("status", FAILURES)
def test_a_prompt_that_cannot_be_played(asterisk: Asterisk, status: int) -> None:
    asterisk.do(ef.PlayPrompt(CALL, "welcome"))
    asterisk.answer(f"channels/{CALL}/play/{CALL}~1~welcome", status)
    gone = status in (404, 409, 422)
    assert asterisk.events == ([] if gone else [PlaybackFinished(CALL, "welcome")])


@pytest.mark.parametrize("status", FAILURES)
def test_legs_that_cannot_be_joined_are_tried_once_more(asterisk: Asterisk, status: int) -> None:
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    asterisk.lines()
    asterisk.do(ef.ConnectLegs(CALL, (LEG,), (CALL,), "default"))
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    asterisk.answer(JOIN, status)
    assert asterisk.lines()[-2:] == [f"POST bridges/{CALL}-talk type=mixing", f"POST {JOIN} channel={CALL},{LEG}"]
    assert asterisk.events == []


@pytest.mark.parametrize("status", FAILURES)
def test_legs_that_still_cannot_be_joined(asterisk: Asterisk, status: int) -> None:
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    asterisk.answer(JOIN, status)
    asterisk.answer(JOIN, status)
    if status in (404, 409, 422):
        assert asterisk.events == []  # somebody is leaving: their end tells
    else:
        assert asterisk.events == [LegEnded(LEG, LegEnd.LOST, 20)]
        assert asterisk.lines()[-1] == f"DELETE channels/{LEG}"
        asterisk.do(ef.StartMusic(CALL, "default"))
        assert asterisk.lines() == [f"POST channels/{CALL}/moh mohClass=default"]


@pytest.mark.parametrize("status", FAILURES)
def test_who_left_meanwhile_is_not_joined_again(asterisk: Asterisk, status: int) -> None:
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    asterisk.translator.legs.discard(LEG)
    count = len(asterisk.requests)
    asterisk.answer(JOIN, status)
    assert len(asterisk.requests) == count
    assert asterisk.events == []


def test_a_leg_that_is_gone_at_the_hang_up(asterisk: Asterisk) -> None:
    asterisk.do(ef.EndLeg(LEG))
    asterisk.answer(f"channels/{LEG}", 404)
    assert asterisk.events == [LegEnded(LEG, LegEnd.NORMAL, 16)]
    asterisk.do(ef.EndLeg(LEG))
    assert asterisk.lines() == [f"DELETE channels/{LEG}"]


@pytest.mark.parametrize(
    "effect",
    [
        ef.AnswerCall(CALL),
        ef.PlayPrompt(CALL, "welcome"),
        ef.StartMusic(CALL, "default"),
        ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"),
        ef.ConnectLegs(CALL, (CALL, LEG), (), "default"),
        ef.ConnectLegs(CALL, (LEG,), (CALL,), "default"),
        ef.EndLeg(LEG),
    ],
)
def test_a_broken_link_says_nothing_since_reconciling_will(asterisk: Asterisk, effect: ef.Effect) -> None:
    asterisk.do(effect)
    for on_answer in list(asterisk.answers):
        assert on_answer is not None
        on_answer(Answer(LINK_BROKEN))
    assert asterisk.events == []


@pytest.mark.parametrize("status", FAILURES)
@pytest.mark.parametrize("effect", [ef.AnswerCall(CALL), ef.StartMusic(CALL, "default")])
def test_other_failures_change_nothing(asterisk: Asterisk, effect: ef.Effect, status: int) -> None:
    asterisk.do(effect)
    on_answer = asterisk.answers[0]
    assert on_answer is not None
    on_answer(Answer(status, "why"))
    assert asterisk.events == []


# After a gap


def test_what_is_there_is_taken_over() -> None:
    asterisk = Asterisk()
    caller = Channel(
        CALL, caller=CallerId("79990000001", "Ann"), dialplan=Dialplan("100", "Stasis", "allo,inbound,100")
    )
    asterisk.carry_out.adopt(
        Platform(
            started_at=0.0,
            channels={CALL: caller, LEG: Channel(LEG), "new": Channel("new")},
            bridges={f"{CALL}-talk": Bridge(f"{CALL}-talk", [CALL, LEG]), "other": Bridge("other", ["z"])},
            reachable={},
            fresh=frozenset({"new"}),
        )
    )
    assert asterisk.translator.legs == {CALL, LEG}
    asterisk.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    assert asterisk.lines() == []
    asterisk.do(ef.OfferCall(CALL, f"{CALL}-a2", "5", "PJSIP/agent-5"))
    assert '"Ann" <79990000001>' in asterisk.lines()[0]


def test_what_is_offered_while_somebody_looks_around_is_fresh(asterisk: Asterisk) -> None:
    asterisk.carry_out.fresh = set()
    asterisk.do(ef.OfferCall(CALL, LEG, "5", "PJSIP/agent-5"))
    assert asterisk.carry_out.fresh == {LEG}
