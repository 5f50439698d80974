"""Asterisk compared with the engine: what is told and what is put right."""

from dataclasses import replace

import pytest

from allo.ari.messages import Channel, Dialplan
from allo.ari.recover import Recovery, compare
from allo.core import effects as ef
from allo.core import events as ev
from tests.ari.recover_world import World, a_world, agent_channel, caller_channel

STATES = ("greeted", "waiting", "ringing", "talking", "held", "told why", "lost", "coming back")


@pytest.mark.parametrize("state", STATES)
def test_when_all_is_well_nothing_is_told(state: str) -> None:
    recovery = a_world(state).compare()
    assert recovery.events == []
    assert recovery.orphan_bridges == []
    music = [ef.StartMusic("1.0", "default")] if state in ("waiting", "ringing", "lost", "coming back") else []
    assert recovery.repairs == music


@pytest.mark.parametrize("state", STATES)
def test_a_caller_who_left_unseen_hung_up(state: str) -> None:
    world = a_world(state)
    world.remove("1.0")
    assert world.compare().events[-1] == ev.LegEnded("1.0", ev.LegEnd.NORMAL, 16)


@pytest.mark.parametrize("state", STATES)
def test_a_call_older_than_asterisk_ended_with_it(state: str) -> None:
    world = a_world(state)
    world.restart()
    assert world.compare().events == [ev.LegEnded("1.0", ev.LegEnd.PLATFORM, 41)]


@pytest.mark.parametrize(("state", "leg"), [("talking", "1.0-a1"), ("held", "1.0-a1"), ("told why", "1.0-a1")])
def test_a_talking_agent_who_went_unseen_is_lost(state: str, leg: str) -> None:
    world = a_world(state)
    world.remove(leg)
    recovery = world.compare()
    assert recovery.events == [ev.LegEnded(leg, ev.LegEnd.LOST, 41)]
    assert recovery.repairs == []


@pytest.mark.parametrize(("state", "leg", "back"), [("ringing", "1.0-a1", False), ("coming back", "1.0-a2", True)])
def test_what_should_ring_and_does_not_rings_again(state: str, leg: str, back: bool) -> None:
    world = a_world(state)
    world.remove(leg)
    recovery = world.compare()
    assert recovery.events == []
    assert ef.OfferCall("1.0", leg, "5", "PJSIP/agent-5", back) in recovery.repairs


@pytest.mark.parametrize(("state", "leg"), [("ringing", "1.0-a1"), ("coming back", "1.0-a2")])
def test_but_not_at_a_telephone_that_is_away(state: str, leg: str) -> None:
    world = a_world(state)
    world.remove(leg)
    world.reachable.clear()
    assert world.compare().events == [ev.DeviceDown("5"), ev.LegEnded(leg, ev.LegEnd.UNREACHABLE, 20)]


@pytest.mark.parametrize(("state", "leg"), [("ringing", "1.0-a1"), ("coming back", "1.0-a2")])
def test_an_unseen_acceptance(state: str, leg: str) -> None:
    world = a_world(state)
    world.channels[leg] = agent_channel(leg)
    recovery = world.compare()
    assert (recovery.events, recovery.repairs) == ([ev.LegAnswered(leg)], [])


def test_a_leg_that_is_up_but_not_yet_ours_is_waited_for() -> None:
    world = a_world("ringing")
    world.channels["1.0-a1"] = replace_application(agent_channel("1.0-a1"))
    assert world.compare().events == []


def replace_application(channel: Channel) -> Channel:
    """The same channel elsewhere in the dialplan."""
    return Channel(channel.id, state=channel.state, dialplan=Dialplan("100", "Playback", "allo/prompts/en/please-wait"))


@pytest.mark.parametrize(
    ("state", "inside", "repair"),
    [
        ("talking", set(), ef.ConnectLegs("1.0", ("1.0", "1.0-a1"), (), "default")),
        ("talking", {"1.0"}, ef.ConnectLegs("1.0", ("1.0", "1.0-a1"), (), "default")),
        ("talking", {"1.0-a1"}, ef.ConnectLegs("1.0", ("1.0", "1.0-a1"), (), "default")),
        ("talking", {"1.0", "1.0-a1"}, None),
        ("held", {"1.0", "1.0-a1"}, ef.ConnectLegs("1.0", ("1.0-a1",), ("1.0",), "default")),
        ("held", {"1.0"}, ef.ConnectLegs("1.0", ("1.0-a1",), ("1.0",), "default")),
        ("held", set(), ef.ConnectLegs("1.0", ("1.0-a1",), ("1.0",), "default")),
        ("held", {"1.0-a1"}, None),
    ],
)
def test_who_should_hear_whom(state: str, inside: set[str], repair: ef.Effect | None) -> None:
    world = a_world(state)
    world.bridges["1.0-talk"] = inside
    assert world.compare() == Recovery([], [repair] if repair else [], [])
    del world.bridges["1.0-talk"]
    assert len(world.compare().repairs) == 1


def test_a_call_that_nobody_has_answered_is_answered() -> None:
    world = a_world("greeted")
    world.channels["1.0"] = caller_channel("1.0", "Ring")
    world.playing.clear()
    assert world.compare() == Recovery([], [ef.AnswerCall("1.0"), ef.PlayPrompt("1.0", "opening")], [])


def test_a_prompt_that_ended_unseen() -> None:
    world = a_world("greeted")
    world.playing.clear()
    assert world.compare() == Recovery([ev.PlaybackFinished("1.0", "opening")], [], [])


def test_who_was_told_why_on_hold_hears_music_afterwards() -> None:
    world = a_world("told why")
    world.playing.clear()
    assert world.compare() == Recovery([], [ef.StartMusic("1.0", "default")], [])
    assert compare(world.engine.state, replace(world.platform(), playbacks={})) == Recovery()


def test_a_prompt_about_which_nobody_has_asked_goes_on() -> None:
    world = a_world("greeted")
    assert compare(world.engine.state, replace(world.platform(), playbacks={})) == Recovery()


def test_strangers() -> None:
    world = World()
    world.channels = {
        "9.1": caller_channel("9.1", "Ring", "200"),
        "9.2": caller_channel("9.2"),
        "9.3": replace_application(caller_channel("9.3")),
        "9.2-a1": agent_channel("9.2-a1"),
        "8.1-a4": agent_channel("8.1-a4", "Ringing"),
        "snoop": Channel("snoop"),
    }
    world.bridges = {"9.2-talk": {"9.2", "9.2-a1"}, "7.7-talk": set(), "not-ours": {"x"}}
    recovery = world.compare()
    assert recovery.events == [ev.CallArrived("9.1", "200")]
    assert recovery.repairs == [ef.EndLeg("9.2"), ef.EndLeg("9.2-a1"), ef.EndLeg("8.1-a4")]
    assert recovery.orphan_bridges == ["9.2-talk", "7.7-talk"]


def test_what_live_events_tell_is_left_to_them() -> None:
    world = a_world("talking")
    world.remove("1.0")
    world.remove("1.0-a1")
    world.channels["9.1"] = caller_channel("9.1")
    fresh = replace(world.platform(), fresh=frozenset({"1.0", "1.0-a1", "9.1"}))
    assert compare(world.engine.state, fresh) == Recovery()


def test_telephones_that_came_and_went() -> None:
    world = a_world("waiting")
    world.work("6")
    world.reachable = {"7"}
    events = world.compare().events
    assert events == [ev.DeviceDown("5"), ev.DeviceDown("6"), ev.DeviceUp("7")] or events == [
        ev.DeviceDown("6"),
        ev.DeviceUp("7"),
    ]
