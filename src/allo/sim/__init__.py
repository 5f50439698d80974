"""Runs of the routing engine without a clock: what would happen with these callers and those agents?

    from allo.sim import one_queue, replicate, run

    day = one_queue(calls_per_hour=1600, talk_s=180, patience_s=120, agents=80, hours=10)
    run(day, seed=1).total.service_level            one day
    replicate(day, replications=20, seed=1)         the mean of many, with confidence intervals

It is the very `allo.core.engine.Engine` of the live centre; only the instants, the inputs and the carrying out of
effects come from here. Larger centres are a `Scenario`: a whole `Config`, several streams of `Callers`, `Shift`s,
and `Act`s for whatever else people ask of the engine.
"""

from allo.sim.arrivals import AtInstants, Poisson
from allo.sim.durations import Constant, Exponential, Listed, LogNormal, Sampled
from allo.sim.estimates import Estimate, estimate, replicate, runs
from allo.sim.figures import Figures
from allo.sim.played import Run
from allo.sim.scenario import Act, BreakWish, Callers, Scenario, ScenarioError, Shift, one_queue
from allo.sim.simulation import run

__all__ = [
    "Act",
    "AtInstants",
    "BreakWish",
    "Callers",
    "Constant",
    "Estimate",
    "Exponential",
    "Figures",
    "Listed",
    "LogNormal",
    "Poisson",
    "Run",
    "Sampled",
    "Scenario",
    "ScenarioError",
    "Shift",
    "estimate",
    "one_queue",
    "replicate",
    "run",
    "runs",
]
