"""A leader beside a conversation, and words for an agent alone, as requests to Asterisk."""

from typing import Any

import pytest

from allo.ari import names
from allo.ari.messages import Channel, Message, Playback
from allo.ari.supervise import Supervision
from allo.core.effects import SuperviseLeg
from tests.ari.requests import Requests

CALL, AGENT, LEADER = "17.7", "17.7-a1", "17.7-a2"
LISTENS = SuperviseLeg(CALL, LEADER, AGENT, is_heard=False)
WHISPERS = SuperviseLeg(CALL, LEADER, AGENT, is_heard=True)


@pytest.fixture
def asterisk() -> Requests:
    """Remembers what is asked of it."""
    return Requests()


@pytest.fixture
def supervision(asterisk: Requests, monkeypatch: pytest.MonkeyPatch) -> Supervision:
    """With snoops `17.7-snoop.1`, `.2` and so on."""
    numbers = iter(range(1, 100))
    monkeypatch.setattr(names, "new_snoop", lambda call_id: f"{call_id}-snoop.{next(numbers)}")
    return Supervision(asterisk.send)


def about(type_: str, number: int, **more: Any) -> Message:
    """A message about the n-th snoop."""
    return Message(type_, channel=Channel(f"{CALL}-snoop.{number}"), **more)


def snoop(number: int, spy: str, whisper: str) -> str:
    """The request for the n-th snoop."""
    return f"POST channels/{AGENT}/snoop/{CALL}-snoop.{number} spy={spy} whisper={whisper} app=allo appArgs=snoop"


def test_a_leader_listens_then_whispers_and_leaves(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    assert asterisk.lines() == [f"POST bridges/{CALL}-lead type=mixing", snoop(1, "both", "none")]
    assert supervision.take(about("StasisStart", 1))
    asterisk.answer(f"bridges/{CALL}-lead/addChannel", 204)
    assert asterisk.lines() == [f"POST bridges/{CALL}-lead/addChannel channel={CALL}-snoop.1,{LEADER}"]
    supervision.supervise(LISTENS)
    assert asterisk.lines() == []
    supervision.supervise(WHISPERS)
    assert asterisk.lines() == [f"DELETE channels/{CALL}-snoop.1", snoop(2, "both", "out")]
    assert supervision.take(about("StasisEnd", 1))
    assert supervision.take(about("StasisStart", 2))
    assert asterisk.lines() == [f"POST bridges/{CALL}-lead/addChannel channel={CALL}-snoop.2"]
    supervision.left(AGENT)
    assert asterisk.lines() == []
    supervision.left(LEADER)
    assert asterisk.lines() == [f"DELETE channels/{CALL}-snoop.2", f"DELETE bridges/{CALL}-lead"]
    supervision.left(LEADER)
    assert asterisk.lines() == []


def test_a_leader_who_steps_in_is_taken_out_first(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    supervision.take(about("StasisStart", 1))
    asterisk.answer(f"bridges/{CALL}-lead/addChannel", 204)
    asterisk.lines()
    supervision.stops_for(CALL, [CALL, AGENT])
    assert asterisk.lines() == []
    supervision.stops_for(CALL, [CALL, AGENT, LEADER])
    assert asterisk.lines() == [
        f"POST bridges/{CALL}-lead/removeChannel channel={LEADER}",
        f"DELETE channels/{CALL}-snoop.1",
        f"DELETE bridges/{CALL}-lead",
    ]


@pytest.mark.parametrize("how", ["ends", "refused"])
def test_a_snoop_that_is_gone_is_made_anew_when_asked_again(
    supervision: Supervision, asterisk: Requests, how: str
) -> None:
    supervision.supervise(LISTENS)
    if how == "ends":
        supervision.take(about("StasisStart", 1))
        supervision.take(about("ChannelDestroyed", 1))
    else:
        asterisk.answer(f"channels/{AGENT}/snoop/{CALL}-snoop.1", 404)
    asterisk.lines()
    supervision.supervise(LISTENS)
    assert asterisk.lines()[-1] == snoop(2, "both", "none")


def test_another_leader_begins_anew(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    asterisk.lines()
    supervision.supervise(SuperviseLeg(CALL, f"{CALL}-a3", AGENT, is_heard=False))
    assert asterisk.lines() == [
        f"DELETE channels/{CALL}-snoop.1",
        f"DELETE bridges/{CALL}-lead",
        f"POST bridges/{CALL}-lead type=mixing",
        snoop(2, "both", "none"),
    ]


def test_a_late_snoop_nobody_waits_for_is_removed(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    supervision.stop(CALL)
    asterisk.lines()
    supervision.take(about("StasisStart", 1))
    assert asterisk.lines() == [f"DELETE channels/{CALL}-snoop.1"]


def test_words_for_the_agent_alone(supervision: Supervision, asterisk: Requests) -> None:
    supervision.whisper(CALL, AGENT, "sound:a,sound:b")
    assert asterisk.lines() == [snoop(1, "none", "out")]
    supervision.take(about("StasisStart", 1))
    words = f"{CALL}-snoop.1~words"
    assert asterisk.lines() == [f"POST channels/{CALL}-snoop.1/play/{words} media=sound:a,sound:b"]
    assert supervision.take(Message("PlaybackStarted", playback=Playback(words)))
    assert asterisk.lines() == []
    assert supervision.take(Message("PlaybackFinished", playback=Playback(words)))
    assert asterisk.lines() == [f"DELETE channels/{CALL}-snoop.1"]


def test_words_that_cannot_be_said_leave_nothing(supervision: Supervision, asterisk: Requests) -> None:
    supervision.whisper(CALL, AGENT, "sound:a")
    supervision.take(about("StasisStart", 1))
    asterisk.answer(f"channels/{CALL}-snoop.1/play/{CALL}-snoop.1~words", 500)
    assert asterisk.lines()[-1] == f"DELETE channels/{CALL}-snoop.1"


def test_messages_about_others_are_not_taken(supervision: Supervision) -> None:
    for other in (CALL, AGENT, f"{CALL}-o1"):
        assert not supervision.take(Message("StasisStart", channel=Channel(other)))
    assert not supervision.take(Message("PlaybackFinished", playback=Playback(names.playback(CALL, "g"))))
    assert not supervision.take(Message("PeerStatusChange"))


def test_after_a_broken_link_nothing_is_remembered(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    supervision.forget()
    asterisk.lines()
    supervision.supervise(LISTENS)
    assert asterisk.lines() == [f"POST bridges/{CALL}-lead type=mixing", snoop(2, "both", "none")]


def test_a_leader_who_is_in_place_since_before_stays_there(supervision: Supervision, asterisk: Requests) -> None:
    supervision.seated(CALL, LEADER)
    supervision.supervise(LISTENS)
    supervision.take(about("StasisStart", 1))
    assert asterisk.lines()[-1] == f"POST bridges/{CALL}-lead/addChannel channel={CALL}-snoop.1"


def test_a_leader_who_cannot_be_joined_yet_is_tried_again(supervision: Supervision, asterisk: Requests) -> None:
    supervision.supervise(LISTENS)
    supervision.take(about("StasisStart", 1))
    join = f"bridges/{CALL}-lead/addChannel"
    for _ in range(3):
        asterisk.answer(join, 409)
        assert asterisk.requests[-1][1] == join
    asterisk.answer(join, 204)
    supervision.stop(CALL)
    asterisk.answer(join, 409)
    assert asterisk.requests[-1][0] == "DELETE"


def test_the_bridge_of_a_leader_who_is_in_place_goes_when_they_take_the_call_over(
    supervision: Supervision, asterisk: Requests
) -> None:
    supervision.seated(CALL, LEADER)
    supervision.stops_for(CALL, [CALL, AGENT])
    assert asterisk.lines() == []
    supervision.stops_for(CALL, [CALL, LEADER])
    assert asterisk.lines() == [
        f"POST bridges/{CALL}-lead/removeChannel channel={LEADER}",
        f"DELETE bridges/{CALL}-lead",
    ]


@pytest.mark.parametrize("leg_id", [LEADER, CALL])
def test_the_bridge_of_a_leader_who_is_in_place_goes_with_them(
    supervision: Supervision, asterisk: Requests, leg_id: str
) -> None:
    supervision.seated(CALL, LEADER)
    supervision.left(AGENT)
    assert asterisk.lines() == []
    supervision.left(leg_id)
    assert asterisk.lines() == [f"DELETE bridges/{CALL}-lead"]
    supervision.left(leg_id)
    assert asterisk.lines() == []
