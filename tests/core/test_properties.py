"""What holds in the engine whatever happens: random inputs, sensible and nonsense, checked after every one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.call_states import CallState
from allo.core.engine import Engine, Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue, Strategy
from allo.core.selection import in_force, level_for, select_agents
from allo.core.skill import Requirement
from allo.core.state import State, restored
from tests.core import talking_checks
from tests.core.break_checks import FORECASTS, REASONS, RULES, check_answers, check_claims, rested
from tests.core.journey_checks import BLOCKS, DIALLING, FLOOD, MENUS, ROUTES, VOICEMAILS, check_journeys, ways
from tests.core.waiting_checks import check_silence, check_waiting, ringing, spoken, timers_of_waiting

AGENTS = ("ann", "bob", "eve")
SKILLS = {"ann": {"german": 5, "loans": 1}, "bob": {"german": 3}, "eve": {}}
QUEUES = ("sales", "support", "urgent")
INSTANTS = st.sampled_from((0.0, 0.0, 0.5, 1.0, 7.0, 16.0, 70.0, -0.25))


def config(
    revision: int,
    members: dict[str, tuple[Membership, ...]],
    queues: tuple[str, ...],
    strategy: Strategy = Strategy.LEAST_CALLS,
) -> Config:
    """Three different queues, and whoever is named in them."""
    settings_of: dict[str, Queue] = {
        "sales": Queue("sales", "Sales", greetings=("hello", "hi"), sticky_s=7, service_level_target_s=60),
        "support": Queue("support", "Support", strategy=strategy, wrapup_limit_s=0, outcome_required=False),
        "urgent": Queue(
            "urgent", "Urgent", 1, (Requirement("german", 4, 16),), wrapup_limit_s=30, outcome_required=False
        ),
    }
    return Config(
        revision,
        {id_: replace(settings_of[id_], **ways(id_, revision), **spoken(id_, revision)) for id_ in queues},
        {
            id_: Agent(id_, id_, f"PJSIP/{id_}", tuple(m for m in of if m.queue_id in queues), SKILLS[id_])
            for id_, of in members.items()
        },
        {f"10{place}": NumberRoute(f"10{place}", id_, priority=int(place == 2)) for place, id_ in enumerate(queues)}
        | ROUTES,
        voicemails=VOICEMAILS if revision % 5 else {},
        dialling=DIALLING,
        blocks=BLOCKS,
        flood=FLOOD if revision % 3 else None,
        menus=MENUS if revision % 4 else {"sub": MENUS["sub"]},
        break_reasons=REASONS[: 4 - revision % 2],
        break_rules={reason: rule for reason, rule in RULES.items() if revision % 3 or reason == "toilet"},
        secret="of the tests",
        forecasts=FORECASTS if revision % 5 else {},
        hold_reasons=talking_checks.HOLD_REASONS,
        dispositions=("sold",),
    )


MEMBERSHIPS = st.lists(
    st.builds(Membership, st.sampled_from(QUEUES), st.integers(1, 2)), unique_by=lambda m: m.queue_id, max_size=3
).map(tuple)
CONFIGS = st.builds(
    config,
    st.integers(1, 99),
    st.dictionaries(st.sampled_from(AGENTS), MEMBERSHIPS),
    st.sets(st.sampled_from(QUEUES), min_size=1).map(lambda ids: tuple(sorted(ids))),
    st.sampled_from(Strategy),
)
CALLS = [f"c{number}" for number in range(1, 40)]
LEGS = st.builds("{}-{}{}".format, st.sampled_from(CALLS[:8]), st.sampled_from("aao"), st.integers(1, 4))


def copied(state: State) -> State:
    """Written down as JSON and read again."""
    return restored(msgspec.json.decode(msgspec.json.encode(state), type=State))


class Centre(RuleBasedStateMachine):
    """The engine under random inputs, beside a copy of it that is written down and read again now and then."""

    calls = Bundle("calls")

    @initialize(members=st.fixed_dictionaries(dict.fromkeys(AGENTS, MEMBERSHIPS)))
    def open(self, members: dict[str, tuple[Membership, ...]]) -> None:
        self.engine, self.twin = Engine(), Engine()
        self.now = 1000.0
        self.started: list[str] = []
        self.ended: Counter[str] = Counter()
        self.codes: set[str] = set()
        self.say(ev.ConfigChanged(config(2, members, QUEUES)))
        for agent in AGENTS[:2]:
            for what in (ev.DeviceUp(agent), rq.LogIn(agent), rq.GoReady(agent)):
                self.say(what)

    def say(self, what: Input) -> list[ef.Effect]:
        rested_before, ringing_before = rested(self.engine.state), ringing(self.engine.state)
        effects = self.engine.handle(what, self.now)
        check_answers(self.engine.state, what, effects, rested_before)
        check_silence(effects, ringing_before)
        assert effects == self.twin.handle(what, self.now), "the same input log gives the same effects"
        for effect in effects:
            if isinstance(effect, ef.RecordFact):
                self.note(effect.fact)
            elif isinstance(effect, ef.OfferCall) and not effect.auto_answer:
                assert effect.call_id in self.engine.state.calls, "nobody is offered a call whose caller has left"
        for effect in effects:
            if isinstance(effect, ef.RecordFact) and isinstance(effect.fact, fa.OfferMade):
                check_turn_was_right(self.engine.state, effect.fact)
        answers = [effect for effect in effects if isinstance(effect, (ef.Accepted, ef.Refused))]
        assert len(answers) == isinstance(what, rq.Request)
        return effects

    def note(self, fact: fa.Fact) -> None:
        if isinstance(fact, fa.CallStarted):
            self.started.append(fact.call_id)
        elif isinstance(fact, fa.CallEnded):
            self.ended[fact.call_id] += 1
            assert fact.wait_s >= 0
            assert fact.talk_s >= 0
            assert fact.hold_s >= 0
        elif isinstance(fact, fa.PromiseMissed):
            assert fact.code not in self.codes, "no two codes are the same"
            self.codes.add(fact.code)
        elif isinstance(fact, fa.AgentStateChanged):
            assert fact.lasted_s >= 0
            if fact.current == AgentState.OFFERED:
                assert fact.previous == AgentState.READY, "wrap-up and breaks hold off the calls of every queue"

    # What happens

    @rule(seconds=INSTANTS)
    def time_passes(self, seconds: float) -> None:
        """Timers fire on their way, as the runner sees to."""
        self.now += seconds
        while due := [name for name, at in self.engine.state.timers.items() if at <= self.now]:
            self.say(ev.TimerFired(min(due, key=lambda name: (self.engine.state.timers[name], name))))

    @rule(
        target=calls,
        number=st.sampled_from(("100", "101", "102", "100", "103", "104", "105", "106", "999")),
        last_agent_id=st.sampled_from(("", *AGENTS, "nobody")),
        priority=st.sampled_from((0, 0, 2)),
        needs=st.sampled_from(((), (), (Requirement("loans", 1, 7), Requirement("german", 3)))),
        kind=st.sampled_from(("", "", "vip")),
    )
    def call(self, number: str, last_agent_id: str, priority: int, needs: tuple[Requirement, ...], kind: str) -> str:
        call_id = f"c{len(self.started) + 1}"
        event = ev.CallArrived(call_id, number, "+7911", last_agent_id=last_agent_id, priority=priority, kind=kind)
        self.say(replace(event, requirements=needs))
        return call_id

    @rule(call_id=calls)
    def prompt_ends(self, call_id: str) -> None:
        call = self.engine.state.calls.get(call_id)
        self.say(ev.PlaybackFinished(call_id, call.prompts[0] if call and call.prompts else "hello"))

    @rule(call_id=calls, length_s=st.sampled_from((0.0, 1.0, 9.0)))
    def is_recorded(self, call_id: str, length_s: float) -> None:
        call = self.engine.state.calls.get(call_id)
        message = call.message if call else None
        self.say(ev.MessageRecorded(call_id, message.recording_id if message else f"{call_id}-v1", length_s))

    @rule(call_id=calls)
    def agrees_on_callback(self, call_id: str) -> None:
        for key in "11":
            self.say(ev.KeyPressed(call_id, key))
        self.say(ev.LegEnded(call_id))

    @rule(call_id=calls)
    def callback_is_cancelled(self, call_id: str) -> None:
        self.say(rq.CancelCallback("boss", call_id))

    @rule(call_id=calls, keys=st.text("01279*#", min_size=1, max_size=3))
    def presses_keys(self, call_id: str, keys: str) -> None:
        for key in keys:
            self.say(ev.KeyPressed(call_id, key))

    @rule(call_id=consumes(calls), end=st.sampled_from(ev.LegEnd))
    def caller_leaves(self, call_id: str, end: ev.LegEnd) -> None:
        self.say(ev.LegEnded(call_id, end))
        call = self.engine.state.calls.get(call_id)
        assert call is None or call.callback is not None or call.state is CallState.VOICEMAIL

    @rule(data=st.data(), is_answered=st.booleans(), end=st.sampled_from(ev.LegEnd))
    def leg(self, data: st.DataObject, end: ev.LegEnd, *, is_answered: bool) -> None:
        """A telephone answers or hangs up: one which rings or talks, or any nonsense."""
        known = sorted(self.engine.state.legs)
        leg_id = data.draw(st.sampled_from(known) | LEGS if known else LEGS)
        self.say(ev.LegAnswered(leg_id) if is_answered else ev.LegEnded(leg_id, end))

    @rule(agent=st.sampled_from((*AGENTS, "nobody")), is_up=st.booleans())
    def device(self, agent: str, *, is_up: bool) -> None:
        self.say(ev.DeviceUp(agent) if is_up else ev.DeviceDown(agent))

    @rule(
        timer_id=st.sampled_from(("offer:c1-a1", "too_long:c1", "wrapup:ann", "lost:c1", "device:bob", "nonsense", ""))
    )
    def stray_timer(self, timer_id: str) -> None:
        self.say(ev.TimerFired(timer_id))

    @rule(changed=CONFIGS)
    def reconfigure(self, changed: Config) -> None:
        self.say(ev.ConfigChanged(changed))

    # What people ask

    @rule(agent=st.sampled_from((*AGENTS, "nobody")), kind=st.sampled_from((rq.LogIn, rq.LogOut, rq.AttachPhone)))
    def presence(self, agent: str, kind: type[rq.LogIn | rq.LogOut | rq.AttachPhone]) -> None:
        self.say(kind(agent))

    @rule(agent=st.sampled_from(AGENTS))
    def ready(self, agent: str) -> None:
        self.say(rq.GoReady(agent))

    @rule(agent=st.sampled_from(AGENTS), reason=st.sampled_from(REASONS))
    def take_break(self, agent: str, reason: str) -> None:
        self.say(rq.TakeBreak(agent, reason))

    @rule(agent=st.sampled_from((*AGENTS, "nobody")), is_granted=st.none() | st.booleans())
    def answer_break(self, agent: str, *, is_granted: bool | None) -> None:
        """A team leader answers, or the agent takes it back."""
        self.say(rq.WithdrawBreak(agent) if is_granted is None else rq.AnswerBreak("boss", agent, is_granted))

    @rule(
        queue_id=st.sampled_from((*QUEUES, "", "nowhere")),
        is_closed=st.booleans(),
        reason=st.sampled_from(("fire", "")),
    )
    def close_by_button(self, queue_id: str, reason: str, *, is_closed: bool) -> None:
        self.say(rq.SetEmergencyClosed("boss", queue_id, is_closed, reason))

    @rule(
        agent=st.sampled_from(AGENTS),
        call_id=calls,
        is_own=st.booleans(),
        kind=st.sampled_from((rq.Hold, rq.Resume, rq.HangUp, rq.Decline, rq.SetMuted, rq.FinishWrapUp)),
    )
    def about_call(self, agent: str, call_id: str, kind: type, *, is_own: bool) -> None:
        live = self.engine.state.agents.get(agent)
        about = live.call_id if is_own and live else call_id
        extra = {rq.SetMuted: (True,), rq.FinishWrapUp: ("sold",)}.get(kind, ())
        self.ask(kind(agent, about, *extra))

    @rule(data=st.data(), agent=st.sampled_from(AGENTS), call_id=calls, is_own=st.integers(0, 3))
    def about_conversation(self, data: st.DataObject, agent: str, call_id: str, is_own: int) -> None:
        """Transfers, asking, conferences, holds, pauses: mostly by whom it concerns."""
        live = self.engine.state.agents.get(agent)
        about = live.call_id if is_own and live and live.call_id else call_id
        self.ask(data.draw(talking_checks.wishes(agent, about)))

    @rule(data=st.data(), leader=st.sampled_from(AGENTS), agent=st.sampled_from(AGENTS), call_id=calls)
    def leader_asks(self, data: st.DataObject, leader: str, agent: str, call_id: str) -> None:
        self.ask(data.draw(talking_checks.leaders_wishes(leader, agent, call_id)))

    def ask(self, request: rq.Request) -> None:
        before = msgspec.json.encode(replace(self.engine.state, last_at=0))
        if isinstance(self.say(request)[0], ef.Refused):
            after = msgspec.json.encode(replace(self.engine.state, last_at=0))
            assert after == before, "a refused request changes nothing"

    @rule()
    def restart(self) -> None:
        """The twin is written down and read again; from now on it must still do the same."""
        self.twin = Engine(copied(self.twin.state))

    # What must hold

    @invariant()
    def state_is_true(self) -> None:
        if hasattr(self, "engine"):
            check(self.engine.state)
            assert all(count == 1 for count in self.ended.values()), "every call ends once"
            assert set(self.started) == set(self.ended) | set(self.engine.state.calls)

    def teardown(self) -> None:
        """Everybody leaves: nothing may remain."""
        if not hasattr(self, "engine"):
            return
        self.state_is_true()
        for call_id in list(self.engine.state.calls):
            self.say(ev.LegEnded(call_id))
        self.now += 60
        self.time_passes(0)
        for call in list(self.engine.state.calls.values()):
            self.say(ev.LegEnded(call.customer_leg_id or call.outside_leg_id))
            self.say(rq.CancelCallback("boss", call.id))
        for agent_id in list(self.engine.state.agents):
            self.say(rq.LogOut(agent_id))
            self.now += 3600
            self.time_passes(0)
        state = self.engine.state
        wrapping = [agent for agent in state.agents.values() if agent.state is AgentState.WRAP_UP]
        for agent in wrapping:
            self.say(rq.FinishWrapUp(agent.id, agent.call_id, "sold"))
        self.state_is_true()
        assert not state.calls
        assert not state.legs
        assert not state.timers
        assert not state.ready
        assert not any(state.waiting.values())
        assert {agent.state for agent in state.agents.values()} <= {AgentState.OFFLINE}


def check(state: State) -> None:
    """The state's invariants, each worked out anew from the calls and agents alone."""
    offered = [offer.agent_id for call in state.calls.values() for offer in call.offers.values()]
    talking = [call.agent_id for call in state.calls.values() if call.agent_id]
    asked = talking_checks.asked(state)
    offered += [agent_id for agent_id, as_ in asked.items() if as_ is AgentState.OFFERED]
    assert len(set(offered)) == len(offered), "at most one open offer an agent"
    assert len(set(offered + talking)) == len(offered + talking), "no agent in two calls"
    for call in state.calls.values():
        for offer in call.offers.values():
            agent = state.agents[offer.agent_id]
            assert (call.state, agent.state, agent.call_id) == (CallState.WAITING, AgentState.OFFERED, call.id)
        if call.agent_id:
            agent = state.agents[call.agent_id]
            assert (agent.state, agent.call_id) == (AgentState.ON_CALL, call.id)
    talking += [agent_id for agent_id, as_ in asked.items() if as_ is AgentState.ON_CALL]
    assert len(set(offered + talking)) == len(offered + talking), "no agent in two calls"
    for agent in state.agents.values():
        assert (agent.state is AgentState.OFFERED) == (agent.id in offered)
        assert (agent.state is AgentState.ON_CALL) == (agent.id in talking)
    check_indexes(state)
    for call in state.calls.values():
        if call.state is CallState.WAITING and not call.offers:
            assert not select_agents(state, call, state.last_at), "a call waits although somebody is free for it"


def check_turn_was_right(state: State, made: fa.OfferMade) -> None:
    """No more urgent call that this agent could have taken still waits and rings nowhere; and they could take this."""
    offered = state.calls.get(made.call_id)
    configured = state.config.agents.get(made.agent_id)
    if offered and configured:
        for membership in configured.memberships:
            passed_over = [
                call.id
                for call in state.waiting.get(membership.queue_id, [])
                if not call.offers and call.order < offered.order and level_for(state, call, configured) is not None
            ]
            assert not passed_over, f"{made.call_id} was offered before {passed_over}"
        if offered.queue_id in state.config.queues and not offered.reserved_for:
            assert all(configured.skills.get(need.skill, 0) >= need.at_least for need in in_force(offered))
        assert offered.reserved_for in {"", made.agent_id}


def check_indexes(state: State) -> None:
    legs = {
        leg_id: call.id
        for call in state.calls.values()
        for leg_id in (call.leg_id, call.back_leg_id, call.outside_leg_id, call.customer_leg_id, *call.offers)
        if leg_id
    }
    legs |= dict(talking_checks.legs_of_parties(state))
    assert state.legs == legs
    waiting = sorted((c for c in state.calls.values() if c.state is CallState.WAITING), key=lambda c: c.order)
    for queue_id, line in state.waiting.items():
        assert [id(call) for call in line] == [id(call) for call in waiting if call.queue_id == queue_id]
    assert sum(map(len, state.waiting.values())) == len(waiting)
    ready = {a.id: a for a in state.agents.values() if a.state is AgentState.READY and a.device_up}
    assert state.ready.keys() == ready.keys()
    assert all(state.ready[id_] is agent for id_, agent in ready.items())
    idle = [agent.idle_since_at for agent in state.ready.values()]
    assert idle == sorted(idle), "longest idle first"
    expected = {f"offer:{leg_id}" for call in state.calls.values() for leg_id in call.offers}
    for call in state.calls.values():
        if call.state is CallState.WAITING and any(n.relax_after_s > call.relaxed_s for n in call.requirements):
            expected.add(f"widen:{call.id}")
        if call.reserved_for or call.not_for:
            assert call.state is CallState.WAITING
            expected.add(f"reserved:{call.id}")
    assert state.reserved == {call.id: call.reserved_for for call in state.calls.values() if call.reserved_for}
    for agent_id in state.reserved.values():
        whom = state.agents[agent_id]
        assert whom.state not in (AgentState.OFFLINE, AgentState.NOT_READY), "nobody waits in vain"
        assert whom.next_state is AgentState.READY, "nobody waits in vain"
    expected |= {f"lost:{call.id}" for call in state.calls.values() if call.state is CallState.LOST}
    for agent in state.agents.values():
        if agent.state is AgentState.WRAP_UP and state.queues[agent.queue_id].wrapup_limit_s > 0:
            expected.add(f"wrapup:{agent.id}")
        if agent.state is AgentState.READY and not agent.device_up:
            expected.add(f"device:{agent.id}")
    if state.break_claims:
        expected.add("breaks:review")
    check_claims(state)
    check_waiting(state)
    expected |= {timer for call in state.calls.values() for timer in timers_of_waiting(state, call)}
    expected |= check_journeys(state)
    expected |= talking_checks.check_parties(state)
    assert state.timers.keys() == expected


Centre.TestCase.settings = settings(max_examples=150, stateful_step_count=50)
TestCentre = Centre.TestCase
