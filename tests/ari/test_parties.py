"""Conversations of more than two, callers who change legs, outside numbers, messages and what is played."""

import pytest

from allo.ari.client import LATE, LINK_BROKEN, Answer
from allo.ari.messages import Bridge, CallerId, Channel
from allo.ari.phones import OutgoingLine
from allo.ari.recover import Platform
from allo.core import effects as ef
from allo.core.events import CallArrived, LegEnd, LegEnded, MessageRecorded, PlaybackFinished
from tests.ari.test_carry_out import Asterisk

CALL, LEG, ASKED, OUT = "17.7", "17.7-a1", "17.7-a2", "17.7-o1"
JOIN, REMOVE = f"POST bridges/{CALL}-talk/addChannel", f"POST bridges/{CALL}-talk/removeChannel"


@pytest.fixture
def asterisk() -> Asterisk:
    """With a caller, answered, who talks to an agent."""
    one = Asterisk()
    one.translator.legs |= {CALL, LEG, ASKED}
    one.carry_out.arrived(CallArrived(CALL, "100", "+74951234567", "Ann"))
    one.do(ef.AnswerCall(CALL))
    one.do(ef.ConnectLegs(CALL, (CALL, LEG), (), "default"))
    one.lines()
    return one


def connected(asterisk: Asterisk, together: tuple[str, ...], apart: tuple[str, ...] = ()) -> list[str]:
    """What is asked for so that these hear each other."""
    asterisk.do(ef.ConnectLegs(CALL, together, apart, "default"))
    return asterisk.lines()


def test_a_conference_a_swap_and_one_who_leaves(asterisk: Asterisk) -> None:
    assert connected(asterisk, (CALL, LEG, ASKED)) == [f"{JOIN} channel={ASKED}"]
    assert connected(asterisk, (CALL, LEG), (ASKED,)) == [
        f"{REMOVE} channel={ASKED}",
        f"POST channels/{ASKED}/moh mohClass=default",
    ]
    assert connected(asterisk, (CALL, LEG), (ASKED,)) == []
    assert connected(asterisk, (LEG, ASKED), (CALL,)) == [
        f"{REMOVE} channel={CALL}",
        f"POST channels/{CALL}/moh mohClass=default",
        f"DELETE channels/{ASKED}/moh",
        f"{JOIN} channel={ASKED}",
    ]
    asterisk.do(ef.EndLeg(ASKED))
    asterisk.lines()
    assert connected(asterisk, (CALL, LEG)) == [f"DELETE channels/{CALL}/moh", f"{JOIN} channel={CALL}"]


def test_who_is_not_together_any_more_is_taken_out(asterisk: Asterisk) -> None:
    connected(asterisk, (CALL, LEG, ASKED))
    assert connected(asterisk, (CALL, LEG)) == [f"{REMOVE} channel={ASKED}"]
    asterisk.carry_out.left(LEG)
    assert connected(asterisk, (CALL, ASKED)) == [f"{JOIN} channel={ASKED}"]


def test_a_refused_caller_hears_busy(asterisk: Asterisk) -> None:
    asterisk.translator.legs.add("18.8")
    asterisk.carry_out.arrived(CallArrived("18.8", "100"))
    asterisk.do(ef.EndLeg("18.8"))
    assert asterisk.lines() == ["DELETE channels/18.8 reason_code=17"]
    asterisk.do(ef.EndLeg(CALL))
    assert asterisk.lines()[0] == f"DELETE channels/{CALL}"


# What is played


def test_what_replaces_a_prompt_stops_it_and_its_end_is_not_told(asterisk: Asterisk) -> None:
    connected(asterisk, (LEG,), (CALL,))
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    assert asterisk.lines() == [
        f"DELETE channels/{CALL}/moh",
        f"POST channels/{CALL}/play/{CALL}~1~why media=sound:allo/why",
    ]
    assert connected(asterisk, (LEG,), (CALL,)) == []  # the caller hears the words to their end
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    assert asterisk.lines() == [
        f"DELETE playbacks/{CALL}~1~why",
        f"POST channels/{CALL}/play/{CALL}~2~why media=sound:allo/why",
    ]
    assert asterisk.translator.playbacks == {f"{CALL}~2~why"}
    asterisk.do(ef.StartMusic(CALL, "jazz"))
    assert asterisk.lines() == [f"DELETE playbacks/{CALL}~2~why", f"POST channels/{CALL}/moh mohClass=jazz"]
    assert asterisk.translator.playbacks == set()
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    asterisk.lines()
    assert connected(asterisk, (CALL, LEG)) == [f"DELETE playbacks/{CALL}~3~why", f"{JOIN} channel={CALL}"]


def test_a_prompt_that_has_ended_is_not_stopped(asterisk: Asterisk) -> None:
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    asterisk.translator.playbacks.clear()  # its end has been told
    asterisk.lines()
    asterisk.do(ef.StartMusic(CALL, "jazz"))
    assert asterisk.lines() == [f"POST channels/{CALL}/moh mohClass=jazz"]


def test_a_refused_prompt_that_was_replaced_tells_nothing(asterisk: Asterisk) -> None:
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    first = asterisk.answers[-1]
    asterisk.do(ef.PlayPrompt(CALL, "because"))
    assert first is not None
    first(Answer(500))
    assert asterisk.events == []
    asterisk.answer(f"channels/{CALL}/play/{CALL}~2~because", 500)
    assert asterisk.events == [PlaybackFinished(CALL, "because")]


def test_after_a_talk_the_caller_is_spoken_to_alone(asterisk: Asterisk) -> None:
    asterisk.do(ef.EndLeg(LEG))
    asterisk.lines()
    asterisk.do(ef.PlayPrompt(CALL, "question"))
    assert asterisk.lines() == [
        f"{REMOVE} channel={CALL}",
        f"POST channels/{CALL}/play/{CALL}~1~question media=sound:allo/question",
    ]


def test_a_message_is_recorded(asterisk: Asterisk) -> None:
    asterisk.do(ef.PlayPrompt(CALL, "speak"))
    asterisk.lines()
    asterisk.do(ef.RecordMessage(CALL, f"{CALL}-v1", 90.0))
    options = f"name={CALL}-v1 format=wav maxDurationSeconds=90 ifExists=overwrite beep=true terminateOn=#"
    assert asterisk.lines() == [
        f"DELETE playbacks/{CALL}~1~speak",
        f"POST channels/{CALL}/record {options}",
    ]


@pytest.mark.parametrize(("status", "is_told"), [(500, True), (LATE, True), (404, False), (LINK_BROKEN, False)])
def test_a_message_that_cannot_be_recorded(asterisk: Asterisk, status: int, is_told: bool) -> None:
    asterisk.do(ef.RecordMessage(CALL, f"{CALL}-v1", 90.0))
    asterisk.answer(f"channels/{CALL}/record", status)
    assert asterisk.events == ([MessageRecorded(CALL, f"{CALL}-v1", 0.0)] if is_told else [])


# Outside numbers


def test_a_number_is_dialled_on_the_outgoing_line(asterisk: Asterisk) -> None:
    asterisk.carry_out.outside.line = OutgoingLine("3", "+7 495 000-00-00")
    asterisk.do(ef.DialNumber(CALL, OUT, "+7911@evil;1", 29.6))
    assert asterisk.lines() == [
        (
            f"POST channels/{OUT} endpoint=PJSIP/+79111@trunk-3 context=outside extension=s priority=1 timeout=30"
            " callerId=<+74950000000>"
        ),
        f"POST applications/allo/subscription eventSource=channel:{OUT}",
    ]
    assert OUT in asterisk.translator.legs


def test_a_number_is_dialled_as_the_line_spells_it(asterisk: Asterisk) -> None:
    asterisk.carry_out.outside.line = OutgoingLine("3", spell=lambda number: "8" + number.removeprefix("+7"))
    asterisk.do(ef.DialNumber(CALL, OUT, "+7911", 29.6))
    assert "endpoint=PJSIP/8911@trunk-3" in asterisk.lines()[0]


@pytest.mark.parametrize(
    ("line", "number"),
    [(None, "+7911"), (OutgoingLine("3"), "nobody"), (OutgoingLine("3", spell=lambda _number: ""), "+7911")],
)
def test_what_cannot_be_dialled_is_unreachable(asterisk: Asterisk, line: OutgoingLine | None, number: str) -> None:
    asterisk.carry_out.outside.line = line
    asterisk.do(ef.DialNumber(CALL, OUT, number, 30.0))
    assert asterisk.events == [LegEnded(OUT, LegEnd.UNREACHABLE, 20)]
    assert asterisk.lines() == []


@pytest.mark.parametrize("status", [500, 404, LATE])
def test_a_line_that_does_not_take_it(asterisk: Asterisk, status: int) -> None:
    asterisk.carry_out.outside.line = OutgoingLine("3")
    asterisk.do(ef.DialNumber(CALL, OUT, "+7911", 30.0))
    asterisk.answer(f"channels/{OUT}", status)
    assert asterisk.events == [LegEnded(OUT, LegEnd.UNREACHABLE, 20)]
    assert (f"DELETE channels/{OUT}" in asterisk.lines()) is (status == LATE)


def test_who_has_ended_before_we_could_follow_is_unreachable(asterisk: Asterisk) -> None:
    asterisk.carry_out.outside.line = OutgoingLine("3")
    asterisk.do(ef.DialNumber(CALL, OUT, "+7911", 30.0))
    asterisk.answer(f"channels/{OUT}", 200)
    asterisk.answer("applications/allo/subscription", 422)
    assert asterisk.events == [LegEnded(OUT, LegEnd.UNREACHABLE, 20)]


def test_an_adopted_leg_is_the_caller_in_everything(asterisk: Asterisk) -> None:
    asterisk.do(ef.EndLeg(CALL))  # who is called back has hung up
    asterisk.translator.legs.discard(CALL)
    asterisk.translator.legs.add(OUT)
    asterisk.lines()
    asterisk.do(ef.AdoptLeg(CALL, OUT))
    assert asterisk.lines() == [f"POST channels/{OUT}/variable variable=ALLO_CALL value={CALL}"]
    assert asterisk.translator.adopted == {OUT: CALL}
    assert connected(asterisk, (CALL, LEG)) == [
        f"POST bridges/{CALL}-talk type=mixing",
        f"{JOIN} channel={OUT},{LEG}",
    ]
    assert connected(asterisk, (LEG,), (CALL,)) == [
        f"{REMOVE} channel={OUT}",
        f"POST channels/{OUT}/moh mohClass=default",
    ]
    asterisk.do(ef.PlayPrompt(CALL, "why"))
    assert asterisk.lines()[-1] == f"POST channels/{OUT}/play/{CALL}~1~why media=sound:allo/why"
    asterisk.do(ef.EndLeg(CALL))
    assert asterisk.lines() == [
        f"DELETE channels/{OUT}",
        f"DELETE playbacks/{CALL}~1~why",
        f"DELETE bridges/{CALL}-talk",
    ]
    asterisk.carry_out.left(OUT)
    assert asterisk.translator.adopted == {}


def test_the_agent_sees_who_is_called_back(asterisk: Asterisk) -> None:
    asterisk.do(ef.EndLeg(CALL))
    asterisk.carry_out.caller_of = lambda _call_id: CallerId("+7911", "Иван")
    asterisk.do(ef.OfferCall(CALL, ASKED, "5", "PJSIP/agent-5"))
    [offer] = [line for line in asterisk.lines() if f"channels/{ASKED} " in line]
    assert offer.endswith('callerId="Иван" <+7911>')


def test_after_a_gap_an_adopted_leg_and_what_plays_are_known() -> None:
    asterisk = Asterisk()
    asterisk.carry_out.adopt(
        Platform(
            channels={OUT: Channel(OUT, state="Up"), LEG: Channel(LEG), f"{CALL}-snoop.1": Channel(f"{CALL}-snoop.1")},
            reachable={},
            bridges={f"{CALL}-talk": Bridge(f"{CALL}-talk", [LEG])},
            playbacks={f"{CALL}~2~why": True, f"{CALL}~3~why": False},
            adopted={CALL: OUT},
        )
    )
    assert asterisk.translator.legs == {OUT, LEG}
    assert asterisk.translator.playbacks == {f"{CALL}~2~why"}
    assert connected(asterisk, (CALL, LEG)) == [
        f"DELETE playbacks/{CALL}~2~why",
        f"DELETE channels/{OUT}/moh",
        f"{JOIN} channel={OUT}",
    ]
