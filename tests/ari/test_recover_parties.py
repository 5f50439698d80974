"""The same for consults, leaders, outside numbers, call-backs, messages and pauses of the recording."""

from dataclasses import replace

import pytest

from allo.ari.messages import Channel
from allo.ari.recover import Platform, Recovery, compare
from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.callers_way import Target, TargetKind, Voicemail
from allo.core.model import CallbackRules, NumberRoute, PartyKind, SupervisionMode
from tests.ari.recover_world import CONFIG, LEADER, World, a_world, agent_channel, caller_channel

CALL, LEG, ASKED, LEAD = "1.0", "1.0-a1", "1.0-a2", "1.0-a2"


def consulting(kind: PartyKind = PartyKind.AGENT, *, is_there: bool = True) -> World:
    """The caller is on hold, the agent asks agent 6, or a number."""
    world = a_world("talking")
    world.work("6")
    world.put(rq.ConsultParty("5", CALL, kind, "6" if kind is PartyKind.AGENT else "+7911"))
    if is_there:
        world.answer(ASKED if kind is PartyKind.AGENT else "1.0-o1")
    return world


def supervised(mode: SupervisionMode, *, is_there: bool = True) -> World:
    """A leader is in the conversation."""
    world = a_world("talking")
    world.reachable.add(LEADER)
    world.put(ev.DeviceUp(LEADER))
    world.put(rq.Supervise(LEADER, CALL, mode))
    if is_there:
        world.answer(LEAD)
    return world


@pytest.mark.parametrize("kind", list(PartyKind)[::2])
def test_a_consult_goes_on(kind: PartyKind) -> None:
    assert consulting(kind).compare() == Recovery()
    assert consulting(kind, is_there=False).compare() == Recovery()


def test_who_is_asked_answered_left_or_must_ring_again_unseen() -> None:
    world = consulting(is_there=False)
    world.channels[ASKED] = agent_channel(ASKED)
    assert world.compare().events == [ev.LegAnswered(ASKED)]
    world.remove(ASKED)
    assert world.compare().repairs == [ef.OfferCall(CALL, ASKED, "6", "PJSIP/agent-6")]
    world = consulting()
    world.remove(ASKED)
    assert world.compare().events == [ev.LegEnded(ASKED, ev.LegEnd.NORMAL, 16)]


def test_an_outside_number_is_not_dialled_twice() -> None:
    world = consulting(PartyKind.NUMBER, is_there=False)
    world.remove("1.0-o1")
    assert world.compare() == Recovery([ev.LegEnded("1.0-o1", ev.LegEnd.UNREACHABLE, 20)])
    world = consulting(PartyKind.NUMBER, is_there=False)
    world.channels["1.0-o1"] = agent_channel("1.0-o1")
    assert world.compare().events == [ev.LegAnswered("1.0-o1")]


def test_whoever_is_in_the_talk_and_should_not_is_taken_out() -> None:
    world = consulting()
    world.bridges["1.0-talk"].add(CALL)
    assert world.compare().repairs == [ef.ConnectLegs(CALL, (LEG, ASKED), (CALL,), "default")]


@pytest.mark.parametrize("mode", [SupervisionMode.LISTEN, SupervisionMode.WHISPER])
def test_who_listens_or_whispers_is_put_there_anew(mode: SupervisionMode) -> None:
    recovery = supervised(mode).compare()
    assert recovery.events == []
    assert recovery.repairs == [ef.SuperviseLeg(CALL, LEAD, LEG, mode is SupervisionMode.WHISPER)]
    assert recovery.orphan_channels == ["1.0-snoop.1"]
    assert recovery.orphan_bridges == []


def test_who_has_stepped_in_is_in_the_talk() -> None:
    world = supervised(SupervisionMode.BARGE)
    assert world.compare() == Recovery()
    world._leave(LEAD)
    assert world.compare().repairs == [ef.ConnectLegs(CALL, (CALL, LEG, LEAD), (), "default")]


def test_a_leader_who_left_or_should_come_in_unseen() -> None:
    world = supervised(SupervisionMode.BARGE)
    world.remove(LEAD)
    assert world.compare().events == [ev.LegEnded(LEAD, ev.LegEnd.NORMAL, 16)]
    world = supervised(SupervisionMode.LISTEN, is_there=False)
    world.remove(LEAD)
    assert world.compare().repairs == [ef.OfferCall(CALL, LEAD, LEADER, f"PJSIP/agent-{LEADER}", auto_answer=True)]


def test_what_a_call_that_ended_has_left() -> None:
    world = World()
    for id_ in ("9.1-o1", "9.1-a2"):
        world.channels[id_] = agent_channel(id_)
    world.channels["9.1-snoop.ab"] = Channel("9.1-snoop.ab", state="Up")
    world.bridges = {"9.1-lead": {"9.1-snoop.ab", "9.1-a2"}}
    recovery = world.compare()
    assert recovery.repairs == [ef.EndLeg("9.1-o1"), ef.EndLeg("9.1-a2")]
    assert (recovery.orphan_channels, recovery.orphan_bridges) == (["9.1-snoop.ab"], ["9.1-lead"])


@pytest.mark.parametrize(("is_paused", "mark"), [(True, ""), (True, "1"), (False, "1"), (False, "")])
def test_a_pause_of_the_recording(is_paused: bool, mark: str) -> None:
    world = a_world("talking")
    if is_paused:
        world.put(rq.PauseRecording("5", CALL, True))
    world.channels[CALL] = Channel(
        CALL, state="Up", dialplan=world.channels[CALL].dialplan, channelvars={"ALLO_PAUSED": mark}
    )
    repairs = [ef.SetRecording(CALL, is_on=not is_paused)] if is_paused or mark else []
    assert world.compare().repairs == repairs


# Callers who are not on the line

RULES = CallbackRules()


def called_back(state: str) -> World:
    """A caller who has agreed on a call-back and hung up: waiting, dialling or talking."""
    world = World()
    queue = replace(CONFIG.queues["q"], callback=RULES, greetings=())
    numbers = {"100": NumberRoute("100", "q")}
    world.put(ev.ConfigChanged(replace(CONFIG, queues={"q": queue}, numbers=numbers)))
    world.channels[CALL] = caller_channel(CALL)
    world.put(ev.CallArrived(CALL, "100", "+7911"))
    world.put(ev.KeyPressed(CALL, "1"))
    world.put(ev.KeyPressed(CALL, "1"))
    world.remove(CALL)
    world.put(ev.LegEnded(CALL))
    if state != "waiting":
        world.work("5")
        world.answer(LEG)
    if state == "talking":
        world.answer("1.0-o1")
        world.bridges["1.0-talk"] = {"1.0-o1", LEG}
    return world


def seen(world: World) -> Platform:
    """With the mark of an adopted leg."""
    return replace(world.platform(), adopted={CALL: "1.0-o1"} if "1.0-o1" in world.channels else {})


@pytest.mark.parametrize("state", ["waiting", "dialling", "talking"])
def test_a_call_back_goes_on_without_its_caller(state: str) -> None:
    world = called_back(state)
    platform = seen(world) if state == "talking" else world.platform()
    assert compare(world.engine.state, platform) == Recovery()


def test_a_customer_who_hung_up_unseen() -> None:
    world = called_back("talking")
    world.remove("1.0-o1")
    platform = replace(world.platform(), adopted={CALL: "1.0-o1"})
    assert compare(world.engine.state, platform).events == [ev.LegEnded("1.0-o1", ev.LegEnd.NORMAL, 16)]


def test_a_customer_who_is_held_and_heard_again() -> None:
    world = called_back("talking")
    world.bridges["1.0-talk"] = {LEG}
    assert compare(world.engine.state, seen(world)).repairs == [ef.ConnectLegs(CALL, (CALL, LEG), (), "default")]


def test_a_customer_who_answered_or_not_unseen() -> None:
    world = called_back("dialling")
    world.channels["1.0-o1"] = agent_channel("1.0-o1")
    assert world.compare().events == [ev.LegAnswered("1.0-o1")]
    world.remove("1.0-o1")
    assert world.compare().events == [ev.LegEnded("1.0-o1", ev.LegEnd.UNREACHABLE, 20)]


# Messages


def speaking() -> World:
    """A caller who speaks a message."""
    world = World()
    numbers = {"100": NumberRoute("100", target=Target(TargetKind.VOICEMAIL, "v"))}
    world.put(ev.ConfigChanged(replace(CONFIG, numbers=numbers, voicemails={"v": Voicemail("v", "g", limit_s=60.0)})))
    world.channels[CALL] = caller_channel(CALL)
    world.put(ev.CallArrived(CALL, "100"))
    world.put(ev.PlaybackFinished(CALL, "g"))
    return world


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_message_that_was_spoken_unseen(is_gone: bool) -> None:
    world = speaking()
    if is_gone:
        world.remove(CALL)
        world.put(ev.LegEnded(CALL))
    platform = replace(world.platform(), messages={"1.0-v1": 4.5})
    recovery = compare(world.engine.state, platform)
    assert recovery == Recovery([ev.MessageRecorded(CALL, "1.0-v1", 4.5)])


def test_a_message_that_is_being_spoken_goes_on_and_one_that_never_began_begins() -> None:
    world = speaking()
    assert compare(world.engine.state, replace(world.platform(), messages={"1.0-v1": None})) == Recovery()
    assert world.compare() == Recovery([], [ef.RecordMessage(CALL, "1.0-v1", 60.0)])


def test_words_that_ended_unseen_while_waiting() -> None:
    world = speaking()
    world.put(ev.MessageRecorded(CALL, "1.0-v1", 9.0))
    world.playing.clear()
    assert world.compare() == Recovery([ev.PlaybackFinished(CALL, "system:message_thanks")])
