"""A morning with a bit of everything that the engine can do, and its digest: engines that decide alike agree on it.

`scripts/compile` compares the source and its compiled copy by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256

from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.break_plan import BreakRule, Forecast
from allo.core.call import Call, ConsultState
from allo.core.call_states import CallState
from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.engine import Input
from allo.core.events import DeviceDown, DeviceUp, LegEnd, LegEnded
from allo.core.model import (
    Agent,
    Block,
    CallbackRules,
    Config,
    Dialling,
    FloodRule,
    HoldReason,
    Membership,
    NumberRoute,
    PartyKind,
    Queue,
    Strategy,
    SupervisionMode,
)
from allo.core.queue_speech import Announcing, Promise, Question, Survey
from allo.core.skill import Requirement
from allo.core.state import State
from allo.sim import Act, BreakWish, Callers, Constant, Exponential, Poisson, Run, Scenario, Shift, run
from allo.sim.durations import FOR_EVER
from allo.sim.scenario import A_DAY_S

HOURS = 3
MEAL = "meal"
LEADER = "leader"
ELSEWHERE = WayOut(Target(TargetKind.QUEUE, "support"), message="full")
BOX = Target(TargetKind.VOICEMAIL, "box")
MENU = Menu(
    "menu",
    "which",
    {"1": KeyChoice(Target(TargetKind.QUEUE, "sales"), reason="buy"), "2": KeyChoice(BOX, language="ru")},
    (Branch(Target(TargetKind.QUEUE, "turn"), kinds=("vip",)),),
    otherwise=Target(TargetKind.NUMBER, "+15550"),
)
QUEUES = (
    Queue(
        "sales",
        "Sales",
        priority=1,
        wrapup_limit_s=90.0,
        greetings=("hello", "hi"),
        sticky_s=5.0,
        callback=CallbackRules(offer_after_s=30.0),
        announcing=Announcing(first_s=15.0, comfort_after_s=100.0, comfort_message="sorry"),
        longest_wait_s=400.0,
        when_too_long=ELSEWHERE,
    ),
    Queue(
        "support",
        "Support",
        strategy=Strategy.LEAST_CALLS,
        most_waiting=20,
        requirements=(Requirement("en", 3, relax_after_s=30.0),),
        when_closed=WayOut(BOX),
        survey=Survey((Question("good", "good", "12"), Question("mark", "mark")), comment_prompt="comment"),
    ),
    Queue("all", "All ring", strategy=Strategy.RING_ALL, outcome_required=False, wrapup_limit_s=0.0),
    Queue(
        "turn",
        "In turn",
        strategy=Strategy.ROUND_ROBIN,
        outcome_required=False,
        wrapup_limit_s=30.0,
        promise=Promise(
            within_s=18.0, prompt="promise", missed_prompt="missed", amount=100, daily_budget=5000, channel="sms"
        ),
    ),
    Queue(
        "load",
        "By load",
        strategy=Strategy.LEAST_OCCUPIED,
        outcome_required=False,
        whisper=True,
        most_waiting=2,
        when_full=ELSEWHERE,
    ),
)


def config() -> Config:
    """Five queues that differ in everything, thirty agents who are in most of them."""
    names = [queue.id for queue in QUEUES]
    agents = {}
    for number in range(30):
        places = [(place, name) for place, name in enumerate(names) if (number + place) % 3]
        memberships = tuple(Membership(name, 1 + (number + place) % 2) for place, name in places)
        agents[str(number)] = Agent(
            str(number), f"Agent {number}", f"PJSIP/{number}", memberships, {"en": number % 10 + 1}
        )
    agents[LEADER] = Agent(LEADER, "Leader", "PJSIP/leader")
    numbers = {f"10{place}": name for place, name in enumerate(names)}
    routes = {
        number: NumberRoute(number, name, "open" if name == "support" else "", when_anonymous=WayOut(BOX))
        for number, name in numbers.items()
    }
    routes["200"] = NumberRoute("200", target=Target(TargetKind.MENU, "menu"))
    return Config(
        queues={queue.id: queue for queue in QUEUES},
        agents=agents,
        numbers=routes,
        menus={"menu": MENU},
        voicemails={"box": Voicemail("box", "speak", "support")},
        blocks={"+1666": Block("+1666", "they know why")},
        flood=FloodRule(within_s=600.0, slow_beyond=2, refuse_beyond=5),
        hold_reasons={"ask": HoldReason("ask", limit_s=30.0)},
        break_reasons=(MEAL,),
        break_rules={MEAL: BreakRule(MEAL, longest_wait_s=1200.0)},
        forecasts={name: Forecast(A_DAY_S, 3600.0, (60.0, 110.0, 80.0), 200.0, 150.0) for name in names},
        dispositions=("sold", "not sold"),
        dialling=Dialling(allowed=("+1*",)),
        secret="known to the test alone",
    )


def scenario() -> Scenario:
    """More callers than the agents can serve in the middle, slow answers, shifts that end, breaks by the rule."""
    centre = config()
    agents = [id_ for id_ in centre.agents if id_ != LEADER]
    return Scenario(
        config=centre,
        callers=tuple(callers()),
        shifts=tuple(Shift(id_, 10.0 * place, None if place % 2 else 9000.0) for place, id_ in enumerate(agents)),
        open_s=HOURS * 3600.0,
        warm_up_s=600.0,
        answer_delay=Exponential(6.0),
        prompt_s={"hello": 3.0, "hi": 4.0, "open": 5.0, "promise": 4.0, "which": 6.0, "speak": 3.0, "mark": 4.0},
        breaks=tuple(BreakWish(str(number), 1800.0 + 300.0 * number, MEAL, 600.0) for number in range(0, 12, 2)),
        acts=tuple(acts()),
    )


def callers() -> Iterator[Callers]:
    """Many for each queue, and a few of every other sort."""
    for place, queue in enumerate(QUEUES):
        yield Callers(
            number=f"10{place}",
            arrivals=Poisson([60.0, 110.0, 80.0]),
            talk=Exponential(200.0),
            patience=Exponential(150.0),
            wrapup=Exponential(20.0),
            callback_after=Exponential(60.0) if queue.callback else FOR_EVER,
            reached=0.7,
            last_agents=("3", "4", "5") if queue.sticky_s else (),
            surveyed=0.5,
            message=Exponential(10.0),
        )
    few, talk, patience = Poisson([12.0]), Exponential(60.0), Exponential(150.0)
    yield Callers("200", few, talk, patience, keys=("9", "1"))
    yield Callers("200", few, talk, patience, keys=("2",), message=Constant(20.0), reached=0.5)
    yield Callers("200", few, talk, patience, kind="vip", priority=2)
    yield Callers("200", few, talk, patience)
    yield Callers("102", few, talk, patience, hides_number=True)
    yield Callers("102", Poisson([40.0]), talk, patience, phone="+1777")
    yield Callers("103", few, talk, patience, phone="+1666")
    yield Callers("101", few, talk, patience, requirements=(Requirement("en", 9, relax_after_s=60.0),))


Make = Callable[[str, str], Input]
"""Of an agent and their call."""


def acts() -> Iterator[Act]:
    """What agents and a leader do by hand, again and again, each in whatever talk is there."""
    yield Act(1.0, lambda _: DeviceUp(LEADER))
    yield Act(5000.0, lambda _: rq.SetEmergencyClosed(LEADER, "support", is_closed=True, reason="fire"))
    yield Act(6200.0, lambda _: rq.SetEmergencyClosed(LEADER, "support", is_closed=False))
    yield Act(6300.0, lambda _: rq.ForceState(LEADER, "7", AgentState.NOT_READY, MEAL))
    yield Act(6900.0, lambda _: rq.ForceState(LEADER, "7", AgentState.READY))
    by_the_agent: list[Make] = [
        lambda agent_id, call_id: rq.Hold(agent_id, call_id, "ask"),
        lambda agent_id, call_id: rq.SetMuted(agent_id, call_id, is_muted=True),
        lambda agent_id, call_id: rq.PauseRecording(agent_id, call_id, is_paused=True),
        rq.CallForHelp,
        rq.CoolOff,
        lambda agent_id, call_id: rq.Transfer(agent_id, call_id, PartyKind.QUEUE, "turn"),
        lambda agent_id, call_id: rq.Transfer(agent_id, call_id, PartyKind.NUMBER, "+15551"),
        lambda agent_id, call_id: rq.ConsultParty(agent_id, call_id, PartyKind.QUEUE, "all"),
        lambda agent_id, call_id: rq.ConsultParty(agent_id, call_id, PartyKind.NUMBER, "+15552"),
    ]
    by_the_leader: list[Make] = [
        lambda _, call_id: rq.Supervise(LEADER, call_id, SupervisionMode.LISTEN),
        lambda _, call_id: rq.Supervise(LEADER, call_id, SupervisionMode.WHISPER),
        lambda _, call_id: rq.Supervise(LEADER, call_id, SupervisionMode.BARGE),
        lambda _, call_id: rq.TakeOver(LEADER, call_id),
    ]
    about_the_asked: list[Make] = [rq.JoinParties, rq.CompleteTransfer, rq.DropParty]
    yield Act(2000.0, lambda state: _lost(state, is_dead=False))  # the page is loaded anew
    yield Act(4000.0, _in_a_talk(lambda agent_id, _: DeviceDown(agent_id)))  # the computer is off for a while
    yield Act(4001.0, lambda state: _lost(state, is_dead=True))
    yield Act(
        4060.0, lambda state: next((DeviceUp(id_) for id_, one in state.agents.items() if not one.device_up), None)
    )
    for place in range(100):
        at_s = 300.0 + 90.0 * place
        yield Act(at_s, _in_a_talk(by_the_agent[place % len(by_the_agent)]))
        yield Act(at_s + 20.0, _of_the_asked(about_the_asked[place // len(by_the_agent) % 3]))
        yield Act(at_s + 40.0, _led(by_the_leader[place % len(by_the_leader)]))
        yield Act(at_s + 85.0, lambda state: rq.FinishWrapUp(LEADER, state.agents[LEADER].call_id, "sold"))


def _lost(state: State, *, is_dead: bool) -> Input | None:
    """The first agent in a talk whose telephone is there (or is not) loses their leg."""
    for call in state.calls.values():
        if call.state is CallState.TALKING and state.agents[call.agent_id].device_up is not is_dead:
            return LegEnded(call.leg_id, LegEnd.LOST)
    return None


def _in_a_talk(make: Make) -> Callable[[State], Input | None]:
    return _first(lambda call: call.state is CallState.TALKING and call.agent_id != LEADER, make)


def _of_the_asked(make: Make) -> Callable[[State], Input | None]:
    return _first(lambda call: call.consult is not None and call.consult.state is ConsultState.TALKING, make)


def _led(make: Make) -> Callable[[State], Input | None]:
    """In the talk where the leader is already, or in any."""
    there, any_talk = _first(lambda call: call.supervision is not None, make), _in_a_talk(make)
    return lambda state: there(state) or any_talk(state)


def _first(is_fit: Callable[[Call], bool], make: Make) -> Callable[[State], Input | None]:
    def act(state: State) -> Input | None:
        call = next(filter(is_fit, state.calls.values()), None)
        return make(call.agent_id, call.id) if call is not None else None

    return act


def played() -> Run:
    """It, with everything that the engine was told and asked for."""
    return run(scenario(), seed=3, keep_log=True)


def digest() -> str:
    """Of every input, effect, fact and figure."""
    found = played()
    seen = sha256()
    for turn in found.log:
        seen.update(repr((turn.at, turn.what, turn.effects)).encode())
    for fact in found.facts:
        seen.update(repr(fact).encode())
    seen.update(repr((found.total, found.by_queue(), found.by_agent(), found.by_interval(1800.0))).encode())
    return f"{len(found.log)} inputs, {len(found.facts)} facts, {seen.hexdigest()[:16]}"
