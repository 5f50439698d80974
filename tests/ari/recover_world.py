"""An engine with a model of Asterisk, for comparing the two."""

from dataclasses import dataclass, field
from itertools import count

from allo.ari import names
from allo.ari.messages import Bridge, Channel, Dialplan
from allo.ari.recover import Platform, Recovery, asked_about, compare
from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call_states import CallState
from allo.core.engine import Engine, Input
from allo.core.model import Agent, Config, Dialling, HoldReason, Membership, NumberRoute, Queue

AGENTS = ("5", "6", "7")
LEADER = "8"
CONFIG = Config(
    queues={"q": Queue("q", "Sales", greetings=("g",), outcome_required=False, wrapup_limit_s=0.0)},
    agents={id_: Agent(id_, id_, f"PJSIP/agent-{id_}", (Membership("q"),)) for id_ in AGENTS}
    | {LEADER: Agent(LEADER, LEADER, f"PJSIP/agent-{LEADER}")},
    numbers={"100": NumberRoute("100", "q", "opening")},
    dialling=Dialling(("+7*",)),
    hold_reasons={"told": HoldReason("told", "looking")},
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
    beside: dict[str, str] = field(default_factory=dict)
    """Leaders' legs that are beside a conversation, and its call."""
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
            case ef.DialNumber(_, leg_id):
                self.channels[leg_id] = agent_channel(leg_id, "Ringing")
            case ef.ConnectLegs(call_id, together, apart):
                for leg_id in apart:
                    self._leave(leg_id)
                self.bridges.pop(names.talk_bridge(call_id), None)
                self._join(call_id, *together)
            case ef.SuperviseLeg(call_id, leg_id, beside) if beside in self.channels:
                snoop = f"{call_id}-snoop.1"
                self.channels[snoop] = Channel(snoop, state="Up")
                self.bridges[names.lead_bridge(call_id)] = {snoop, leg_id}
                self.beside[leg_id] = call_id
            case ef.EndLeg(leg_id):
                self.remove(leg_id)
                self.bridges.pop(names.talk_bridge(leg_id), None)
                if leg_id in self.beside:
                    self.remove(f"{self.beside[leg_id]}-snoop.1")
                    self.bridges.pop(names.lead_bridge(self.beside.pop(leg_id)), None)

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
            reachable={agent: agent in self.reachable for agent in (*AGENTS, LEADER)},
            playbacks={one: one in self.playing for one in asked},
        )

    def compare(self) -> Recovery:
        """Look around."""
        return compare(self.engine.state, self.platform())

    def reconcile(self) -> None:
        """As control does it: repairs first, then events."""
        self.is_listening = True
        recovery = self.compare()
        for bridge in recovery.orphan_bridges:
            self.bridges.pop(bridge, None)
        for channel in recovery.orphan_channels:
            self.remove(channel)
        for effect in recovery.repairs:
            self.do(effect)
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
    """One call `1.0` in a state: greeted, waiting, ringing, talking, held, told why, lost or coming back."""
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
    if state == "told why":
        world.put(rq.Hold("5", "1.0", "told"))
    if state in ("lost", "coming back"):
        world.reachable.discard("5")
        world.put(ev.DeviceDown("5"))
        world.remove("1.0-a1")
        world.put(ev.LegEnded("1.0-a1", ev.LegEnd.LOST, 44))
    if state == "coming back":
        world.reachable.add("5")
        world.put(ev.DeviceUp("5"))
    return world
