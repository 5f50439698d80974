"""Callers' ways through a busy centre, at random: most inputs are sensible, so that rare combinations are reached.

The same invariants as in `test_properties`, on longer days: menus, overflow, call-backs, voicemail, outside numbers.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.call_states import CallState
from allo.core.engine import Engine, Input
from allo.core.model import Membership
from tests.core.test_properties import AGENTS, QUEUES, check, config, copied

NUMBERS = ("100", "100", "101", "102", "103", "104", "105", "106", "999")
EVERYWHERE = tuple(Membership(queue_id) for queue_id in QUEUES)
DAYS, STEPS = 40, 400


class Walk:
    """One random day."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.engine, self.twin = Engine(), Engine()
        self.now = 1000.0
        self.started = 0
        self.ended: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.dialled: Counter[str] = Counter()
        self.say(ev.ConfigChanged(config(2 + 2 * seed, dict.fromkeys(AGENTS, EVERYWHERE), QUEUES)))
        for agent in AGENTS:
            for what in (ev.DeviceUp(agent), rq.LogIn(agent), rq.GoReady(agent)):
                self.say(what)

    def say(self, what: Input) -> None:
        before = {id_: call.state for id_, call in self.engine.state.calls.items()}
        effects = self.engine.handle(what, self.now)
        assert effects == self.twin.handle(what, self.now)
        for effect in effects:
            if isinstance(effect, ef.DialNumber):
                assert self.engine.state.config.may_dial(effect.number)
                self.dialled[effect.call_id] += 1
                rules = self.engine.state.config.dialling
                assert self.dialled[effect.call_id] <= rules.most_a_call
                assert sum("-o" in leg_id for leg_id in self.engine.state.legs) <= rules.most_at_once
            elif isinstance(effect, ef.OfferCall):
                call = self.engine.state.calls[effect.call_id]
                assert call.callback is None or not call.callback.is_parked
            elif isinstance(effect, ef.RecordFact):
                self.note(effect.fact)
        for id_, state in before.items():
            assert id_ in self.engine.state.calls or self.ended[id_] == 1, f"{id_} ({state}) vanished"
        check(self.engine.state)

    def note(self, fact: fa.Fact) -> None:
        self.reached[type(fact).__name__] += 1
        if isinstance(fact, fa.CallEnded):
            self.ended[fact.call_id] += 1
            self.reached[f"{fact.outcome} by {fact.end_reason}"] += 1
            assert min(fact.wait_s, fact.talk_s, fact.hold_s) >= 0
        elif isinstance(fact, fa.FlowedOut):
            self.reached[f"flow {fact.reason}"] += 1
        elif isinstance(fact, fa.CallbackTried):
            self.reached[f"try {fact.outcome}"] += 1

    def step(self) -> None:
        doings = (
            (6, self.time_passes),
            (4, self.call),
            (8, self.prompt_ends),
            (8, self.key),
            (2, self.caller_leaves),
            (8, self.leg_answers),
            (4, self.leg_ends),
            (3, self.recorded),
            (6, self.agent),
            (1, self.leader),
            (0.3, self.reconfigured),
        )
        weights, actions = zip(*doings, strict=True)
        self.random.choices(actions, weights)[0]()

    def time_passes(self, seconds: float | None = None) -> None:
        self.now += self.random.choice((0.5, 1.0, 5.0, 16.0)) if seconds is None else seconds
        timers = self.engine.state.timers
        while due := [name for name, at in timers.items() if at <= self.now]:
            self.say(ev.TimerFired(min(due, key=lambda name: (timers[name], name))))

    def call(self) -> None:
        self.started += 1
        caller = self.random.choice(("+7911", "+7922", "", "+1900"))
        kind = self.random.choice(("", "vip"))
        self.say(ev.CallArrived(f"c{self.started}", self.random.choice(NUMBERS), caller, kind=kind))

    def some_call(self) -> str:
        return self.random.choice([*self.engine.state.calls, "c0"])

    def prompt_ends(self) -> None:
        call = self.engine.state.calls.get(self.some_call())
        if call is not None and call.prompts:
            self.say(ev.PlaybackFinished(call.id, call.prompts[0]))

    def key(self) -> None:
        call_id = self.some_call()
        for _ in range(self.random.choice((1, 2, 3))):
            self.say(ev.KeyPressed(call_id, self.random.choice("1111279*#")))

    def caller_leaves(self) -> None:
        self.say(ev.LegEnded(self.some_call(), self.random.choice(list(ev.LegEnd))))

    def some_leg(self) -> str:
        return self.random.choice([*self.engine.state.legs, "c1-a1", "c2-o1"])

    def leg_answers(self) -> None:
        self.say(ev.LegAnswered(self.some_leg()))

    def leg_ends(self) -> None:
        self.say(ev.LegEnded(self.some_leg(), self.random.choice(list(ev.LegEnd))))

    def recorded(self) -> None:
        call = self.engine.state.calls.get(self.some_call())
        if call is not None and call.message is not None:
            self.say(ev.MessageRecorded(call.id, call.message.recording_id, self.random.choice((1.0, 9.0, 9.0))))

    def agent(self) -> None:
        agent = self.engine.state.agents.get(self.random.choice(AGENTS))
        if agent is None:
            return
        requests: list[Input] = [rq.GoReady(agent.id), rq.GoReady(agent.id), rq.TakeBreak(agent.id, "lunch")]
        if agent.state is AgentState.OFFLINE:
            requests = [rq.LogIn(agent.id)]
        elif agent.call_id:
            requests = [
                rq.HangUp(agent.id, agent.call_id),
                rq.FinishWrapUp(agent.id, agent.call_id, "sold"),
                rq.FinishWrapUp(agent.id, agent.call_id, "sold"),
                rq.Hold(agent.id, agent.call_id),
                rq.LogOut(agent.id),
            ]
        self.say(self.random.choice(requests))

    def leader(self) -> None:
        queue_id, is_closed = self.random.choice((*QUEUES, "")), self.random.random() < 0.1
        self.say(rq.SetEmergencyClosed("boss", queue_id, is_closed, "fire"))
        self.say(rq.CancelCallback("boss", self.some_call()))

    def reconfigured(self) -> None:
        queues = tuple(queue for queue in QUEUES if self.random.random() < 0.8) or QUEUES[:1]
        members = {agent: EVERYWHERE for agent in AGENTS if self.random.random() < 0.9}
        self.say(ev.ConfigChanged(config(self.random.randrange(60), members, queues)))
        self.twin = Engine(copied(self.twin.state))

    def close(self) -> None:
        """The evening: everybody leaves, and nothing remains."""
        for call_id in list(self.engine.state.calls):
            self.say(ev.LegEnded(call_id))
        self.time_passes(60)
        for call in list(self.engine.state.calls.values()):
            self.say(ev.LegEnded(call.customer_leg_id or call.outside_leg_id))
            self.say(rq.CancelCallback("boss", call.id))
        for call in list(self.engine.state.calls.values()):
            if call.state is CallState.DIALLING:
                self.say(rq.HangUp(call.agent_id, call.id))
                self.say(rq.CancelCallback("boss", call.id))
        assert not self.engine.state.calls
        assert not self.engine.state.legs
        assert sum(self.ended.values()) == self.started


def walked(seed: int) -> Counter[str]:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    walk.close()
    return walk.reached


def test_days_in_which_everything_happens() -> None:
    reached = sum((walked(seed) for seed in range(DAYS)), Counter[str]())
    for what in (
        "answered by caller_hung_up",
        "rejected by blocked",
        "not_reached by callback_cancelled",
        "flow full",
        "flow too_long",
        "flow emergency",
        "flow closed",
        "CallSlowed",
        "MenuLeft",
        "MessageLeft",
        "CallbackAgreed",
        "try answered",
        "forwarded by caller_hung_up",
    ):
        assert reached[what], f"{what} was not reached: {sorted(reached.items())}"
