"""Asterisk compared with the engine: what is told, what is put right, and that once is enough."""

from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.ari import names
from allo.ari.messages import Bridge, Channel, Dialplan
from allo.ari.recover import Platform, Recovery, asked_about, compare
from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call_states import CallState
from allo.core.engine import Engine, Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue

AGENTS = ("5", "6", "7")
CONFIG = Config(
    queues={"q": Queue("q", "Sales", greetings=("g",), outcome_required=False, wrapup_limit_s=0.0)},
    agents={id_: Agent(id_, id_, f"PJSIP/agent-{id_}", (Membership("q"),)) for id_ in AGENTS},
    numbers={"100": NumberRoute("100", "q", "opening")},
)


def caller_channel(call_id: str, state: str = "Up", number: str = "100") -> Channel:
    """A caller in our application."""
    return Channel(call_id, state=state, dialplan=Dialplan(number, "Stasis", f"allo,inbound,{number}"))


def agent_channel(leg_id: str, state: str = "Up") -> Channel:
    """An agent's leg; in our application once it is up."""
    return Channel(leg_id, state=state, dialplan=Dialplan("", "Stasis" if state == "Up" else "", "allo,agent"))


@dataclass
class World:
    """An engine with a model of Asterisk which does what it is told."""

    engine: Engine = field(default_factory=Engine)
    channels: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, set[str]] = field(default_factory=dict)
    playing: set[str] = field(default_factory=set)
    reachable: set[str] = field(default_factory=set)
    started_at: float = 0.0
    now: float = 100.0
    is_listening: bool = True
    calls: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    def __post_init__(self) -> None:
        self.put(ev.ConfigChanged(CONFIG))

    def put(self, what: Input) -> None:
        """The engine handles an input; while nobody listens its effects are lost."""
        self.now += 1.0
        for effect in self.engine.handle(what, self.now):
            if self.is_listening:
                self.do(effect)

    def do(self, effect: ef.Effect) -> None:
        """What Asterisk does."""
        match effect:
            case ef.AnswerCall(call_id) if call_id in self.channels:
                self.channels[call_id] = caller_channel(call_id)
            case ef.PlayPrompt(call_id, prompt) if call_id in self.channels:
                self.playing.add(names.playback(call_id, prompt))
            case ef.StartMusic(call_id):
                self._leave(call_id)
            case ef.OfferCall(_, leg_id, agent_id) if agent_id in self.reachable:
                self.channels[leg_id] = agent_channel(leg_id, "Ringing")
            case ef.OfferCall(_, leg_id):
                self.put(ev.LegEnded(leg_id, ev.LegEnd.UNREACHABLE, 20))
            case ef.ConnectLegs(call_id, together, apart):
                for leg_id in apart:
                    self._leave(leg_id)
                self._join(call_id, *together)
            case ef.EndLeg(leg_id):
                self.remove(leg_id)
                self.bridges.pop(names.talk_bridge(leg_id), None)

    def _join(self, call_id: str, *legs: str) -> None:
        present = {leg for leg in legs if leg in self.channels}
        self.bridges.setdefault(names.talk_bridge(call_id), set()).update(present)

    def _leave(self, channel_id: str) -> None:
        for inside in self.bridges.values():
            inside.discard(channel_id)

    def remove(self, channel_id: str) -> None:
        """A channel goes, and with it what it heard."""
        self.channels.pop(channel_id, None)
        self._leave(channel_id)
        self.playing = {one for one in self.playing if not one.startswith(f"{channel_id}~")}

    def restart(self) -> None:
        """Asterisk is killed and starts again."""
        self.now += 1.0
        self.started_at = self.now
        self.channels.clear()
        self.bridges.clear()
        self.playing.clear()

    def platform(self) -> Platform:
        """As telephony sees it."""
        asked, _ = asked_about(self.engine.state)
        return Platform(
            started_at=self.started_at,
            channels=dict(self.channels),
            bridges={id_: Bridge(id_, sorted(inside)) for id_, inside in self.bridges.items()},
            reachable={agent: agent in self.reachable for agent in AGENTS},
            playbacks={one: one in self.playing for one in asked},
        )

    def compare(self) -> Recovery:
        """Look around."""
        return compare(self.engine.state, self.platform())

    def reconcile(self) -> None:
        """As control does it: repairs first, then events."""
        self.is_listening = True
        recovery = self.compare()
        for effect in recovery.repairs:
            self.do(effect)
        for bridge in recovery.orphan_bridges:
            self.bridges.pop(bridge, None)
        for event in recovery.events:
            self.put(event)

    # What happens in a day

    def arrive(self) -> str:
        """A caller."""
        call_id = f"{next(self.calls)}.0"
        self.channels[call_id] = caller_channel(call_id, "Ring")
        self.put(ev.CallArrived(call_id, "100"))
        return call_id

    def heard(self, call_id: str) -> None:
        """The prompts are over."""
        while (call := self.engine.state.calls.get(call_id)) and call.state is CallState.GREETED:
            self.playing.discard(names.playback(call_id, call.prompts[0]))
            self.put(ev.PlaybackFinished(call_id, call.prompts[0]))

    def work(self, agent_id: str) -> None:
        """An agent becomes ready."""
        self.reachable.add(agent_id)
        for what in (ev.DeviceUp(agent_id), rq.LogIn(agent_id), rq.GoReady(agent_id)):
            self.put(what)

    def answer(self, leg_id: str) -> None:
        """An agent accepts."""
        if leg_id in self.channels:
            self.channels[leg_id] = agent_channel(leg_id)
            self.put(ev.LegAnswered(leg_id))


def a_world(state: str) -> World:
    """One call `1.0` in a state: greeted, waiting, ringing, talking, held, lost or coming back."""
    world = World()
    world.arrive()
    if state == "greeted":
        return world
    world.heard("1.0")
    if state == "waiting":
        return world
    world.work("5")
    if state == "ringing":
        return world
    world.answer("1.0-a1")
    if state == "held":
        world.put(rq.Hold("5", "1.0"))
    if state in ("lost", "coming back"):
        world.reachable.discard("5")
        world.put(ev.DeviceDown("5"))
        world.remove("1.0-a1")
        world.put(ev.LegEnded("1.0-a1", ev.LegEnd.LOST, 44))
    if state == "coming back":
        world.reachable.add("5")
        world.put(ev.DeviceUp("5"))
    return world


STATES = ("greeted", "waiting", "ringing", "talking", "held", "lost", "coming back")


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


@pytest.mark.parametrize(("state", "leg"), [("talking", "1.0-a1"), ("held", "1.0-a1")])
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


# Whatever happened: after one reconciling there is nothing left to tell.

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["arrive", "heard", "work", "answer", "hold", "resume", "hang up", "caller leaves", "agent lost", "break"]
        ),
        st.integers(0, 5),
    ),
    max_size=30,
)
_DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "channel",
                "bridge",
                "leave",
                "answered",
                "stranger",
                "old leg",
                "phone",
                "prompt",
                "restart",
                "bridge left",
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=12,
)


def live(world: World, step: str, number: int) -> None:
    """One thing that happens in a day."""
    state = world.engine.state
    calls = list(state.calls.values())
    call = calls[number % len(calls)] if calls else None
    agent = AGENTS[number % len(AGENTS)]
    if step == "arrive":
        world.arrive()
    elif step == "work":
        world.work(agent)
    elif step == "break":
        world.put(rq.LogOut(agent))
    elif call is None:
        return
    elif step == "heard":
        world.heard(call.id)
    elif step == "answer" and (call.offers or call.back_leg_id):
        world.answer(next(iter(call.offers), call.back_leg_id))
    elif step == "caller leaves":
        world.remove(call.id)
        world.put(ev.LegEnded(call.id))
    elif call.agent_id and call.leg_id:
        if step == "agent lost":
            world.remove(call.leg_id)
            world.put(ev.LegEnded(call.leg_id, ev.LegEnd.LOST, 44))
        elif step in ("hold", "resume", "hang up"):
            wishes: dict[str, type[rq.Hold | rq.Resume | rq.HangUp]]
            wishes = {"hold": rq.Hold, "resume": rq.Resume, "hang up": rq.HangUp}
            world.put(wishes[step](call.agent_id, call.id))


def damage(world: World, what: str, number: int) -> None:
    """One thing that happens in Asterisk while nobody listens."""
    channels, bridges = list(world.channels), list(world.bridges)
    one = channels[number % len(channels)] if channels else ""
    if what == "channel" and one:
        world.remove(one)
    elif what == "bridge" and bridges:
        del world.bridges[bridges[number % len(bridges)]]
    elif what == "leave" and one:
        world._leave(one)
    elif what == "answered" and names.is_leg(one):
        world.channels[one] = agent_channel(one)
    elif what == "stranger":
        world.channels[f"77.{number}"] = caller_channel(
            f"77.{number}", ("Ring", "Up")[number % 2], ("100", "5")[number % 2]
        )
    elif what == "old leg":
        world.channels[f"66.{number}-a1"] = agent_channel(f"66.{number}-a1", ("Ringing", "Up")[number % 2])
    elif what == "phone":
        world.reachable ^= {AGENTS[number % len(AGENTS)]}
    elif what == "prompt":
        world.playing.clear()
    elif what == "bridge left":
        world.bridges[f"55.{number}-talk"] = set()
    elif what == "restart":
        world.restart()


@settings(max_examples=300, deadline=None)
@given(before=_STEPS, meanwhile=_STEPS, damages=_DAMAGE)
def test_once_is_enough(
    before: list[tuple[str, int]], meanwhile: list[tuple[str, int]], damages: list[tuple[str, int]]
) -> None:
    world = World()
    for step, number in before:
        live(world, step, number)
    world.is_listening = False
    for step, number in meanwhile:
        live(world, step, number)
    for what, number in damages:
        damage(world, what, number)
    world.reconcile()
    again = world.compare()
    assert again.events == []
    assert again.orphan_bridges == []
    assert all(isinstance(effect, ef.StartMusic) for effect in again.repairs), again.repairs
    assert set(world.engine.state.calls) <= set(world.channels)
