"""A morning with a bit of everything that a simulation can have, and its digest: engines that decide alike agree on it.

`scripts/compile` compares the source and its compiled copy by it.
"""

from __future__ import annotations

from hashlib import sha256

from allo.core.break_plan import BreakRule, Forecast
from allo.core.callers_way import Target, TargetKind, WayOut
from allo.core.model import Agent, CallbackRules, Config, Dialling, Membership, NumberRoute, Queue, Strategy
from allo.core.queue_speech import Announcing, Promise
from allo.core.skill import Requirement
from allo.sim import BreakWish, Callers, Exponential, Poisson, Run, Scenario, Shift, run
from allo.sim.durations import FOR_EVER
from allo.sim.scenario import A_DAY_S

HOURS = 3
MEAL = "meal"
ELSEWHERE = WayOut(Target(TargetKind.QUEUE, "support"), message="full")
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
    ),
    Queue("all", "All ring", strategy=Strategy.RING_ALL, outcome_required=False, wrapup_limit_s=0.0),
    Queue(
        "turn",
        "In turn",
        strategy=Strategy.ROUND_ROBIN,
        outcome_required=False,
        wrapup_limit_s=30.0,
        promise=Promise(within_s=18.0, prompt="promise", missed_prompt="missed", amount=100, daily_budget=5000),
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
    numbers = {f"10{place}": name for place, name in enumerate(names)}
    return Config(
        queues={queue.id: queue for queue in QUEUES},
        agents=agents,
        numbers={
            number: NumberRoute(number, name, "open" if name == "support" else "") for number, name in numbers.items()
        },
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
    callers = tuple(
        Callers(
            number=number,
            arrivals=Poisson([60.0, 110.0, 80.0]),
            talk=Exponential(200.0),
            patience=Exponential(150.0),
            wrapup=Exponential(20.0),
            callback_after=Exponential(60.0) if number == "100" else FOR_EVER,
            reached=0.7,
        )
        for number in centre.numbers
    )
    return Scenario(
        config=centre,
        callers=callers,
        shifts=tuple(
            Shift(id_, 10.0 * place, None if place % 2 else 9000.0) for place, id_ in enumerate(centre.agents)
        ),
        open_s=HOURS * 3600.0,
        warm_up_s=600.0,
        answer_delay=Exponential(6.0),
        prompt_s={"hello": 3.0, "hi": 4.0, "open": 5.0, "promise": 4.0},
        breaks=tuple(BreakWish(str(number), 1800.0 + 300.0 * number, MEAL, 600.0) for number in range(0, 12, 2)),
    )


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
