"""What holds for every scenario: nobody is lost, the same seed gives the same run, and a run can be played again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from allo.core import facts as fa
from allo.core.engine import Engine
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue, Strategy
from allo.sim import Callers, Constant, Exponential, LogNormal, Poisson, Sampled, Scenario, Shift, run
from allo.sim.durations import FOR_EVER, Duration

QUEUES = ("a", "b", "c")
DURATIONS = st.one_of(
    st.builds(Constant, st.floats(0, 60)),
    st.builds(Exponential, st.floats(0.5, 60)),
    st.builds(LogNormal, st.floats(1, 60), st.floats(1, 60)),
    st.builds(Sampled, st.lists(st.sampled_from((0.0, 1.0, 15.0, 100.0)), min_size=1)),
)
PATIENCE: st.SearchStrategy[Duration] = st.one_of(DURATIONS, st.just(FOR_EVER))


def queue(id_: str) -> st.SearchStrategy[Queue]:
    return st.builds(
        Queue,
        id=st.just(id_),
        name=st.just(id_),
        priority=st.integers(0, 1),
        strategy=st.sampled_from(Strategy),
        wrapup_limit_s=st.sampled_from((0.0, 20.0)),
        outcome_required=st.booleans(),
        greetings=st.sampled_from(((), ("hello",))),
    )


MEMBERSHIPS = st.lists(
    st.builds(Membership, st.sampled_from(QUEUES), st.integers(1, 2)), unique_by=lambda one: one.queue_id
).map(tuple)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A few queues, a few agents with one or two shifts, at most about sixty calls."""
    names = [f"agent {number}" for number in range(draw(st.integers(0, 4)))]
    config = Config(
        queues={id_: draw(queue(id_)) for id_ in QUEUES},
        agents={name: Agent(name, name, name, draw(MEMBERSHIPS)) for name in names},
        numbers={id_: NumberRoute(id_, id_) for id_ in QUEUES},
        dispositions=("done",),
    )
    callers = st.builds(
        Callers,
        number=st.sampled_from(QUEUES),
        arrivals=st.builds(Poisson, st.lists(st.floats(0, 120), min_size=1, max_size=3), st.just(200.0)),
        talk=DURATIONS,
        patience=PATIENCE,
        wrapup=DURATIONS,
    )
    shifts: list[Shift] = []
    for name in names:
        leaves_s = draw(st.floats(0, 400))
        shifts.append(Shift(name, draw(st.floats(0, leaves_s)), leaves_s))
        if draw(st.booleans()):
            shifts.append(Shift(name, leaves_s + draw(st.sampled_from((0.0, 50.0)))))
    return Scenario(
        config,
        tuple(draw(st.lists(callers, min_size=1, max_size=3))),
        tuple(shifts),
        open_s=600.0,
        answer_delay=draw(DURATIONS),
        prompt_s={"hello": draw(st.floats(0, 10))},
    )


@settings(max_examples=150)
@given(scenarios(), st.integers(0, 2**32))
def test_every_run(scenario: Scenario, seed: int) -> None:
    played = run(scenario, seed, keep_log=True)
    started = [fact.call_id for fact in played.facts if isinstance(fact, fa.CallStarted)]
    ended = [fact.call_id for fact in played.facts if isinstance(fact, fa.CallEnded)]
    assert len(set(started)) == len(started)
    assert len(set(ended)) == len(ended)
    assert set(ended) <= set(started)
    assert len(started) == len(ended) + played.unfinished, "nobody is lost"
    outcomes = {fact.outcome for fact in played.facts if isinstance(fact, fa.CallEnded)}
    assert outcomes <= {fa.Outcome.ANSWERED, fa.Outcome.ABANDONED}
    calls = played.total.calls
    assert calls.entered == calls.answered + calls.abandoned
    assert calls.entered == sum(figures.calls.entered for figures in played.by_queue().values())

    instants = [turn.at for turn in played.log]
    assert instants == sorted(instants)
    again = run(scenario, seed)
    assert again.facts == played.facts, "the same seed, the same facts"
    fresh = Engine()
    for turn in played.log:
        assert fresh.handle(turn.what, turn.at) == turn.effects, "the log replays to identical effects"


@settings(max_examples=30)
@given(scenarios(), st.integers(0, 2**32))
def test_more_agents_get_the_same_callers(scenario: Scenario, seed: int) -> None:
    """The callers of a seed do not depend on who answers: differences between crews are not differences of luck."""
    alone = Scenario(scenario.config, scenario.callers, (), scenario.open_s, prompt_s=scenario.prompt_s)

    def arrivals(of: Scenario) -> list[tuple[float, str, str]]:
        facts = run(of, seed).facts
        return [(f.at, f.call_id, f.number) for f in facts if isinstance(f, fa.CallStarted)]

    assert arrivals(alone) == arrivals(scenario)
