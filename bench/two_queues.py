"""Two queues with the same agents: the most urgent call first, against the queue that is listed first.

    python bench/two_queues.py [--replications 20]

A queue of Asterisk's app_queue knows nothing of the others: which of two full queues gets a freed agent depends on
their order, as listed (or by `weight`). In the engine that order is a higher `priority` of the whole queue listed
first, so both runs are the same engine, callers, talks and patiences, and differ in one number of the configuration.
Prints the service level of both queues, its mean of all days and the half width of a 95 % interval.
"""

from __future__ import annotations

import argparse

from allo import compiled

compiled.use()  # before anything imports the engine

from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.sim import Callers, Exponential, LogNormal, Poisson, Run, Scenario, Shift, replicate

AGENTS, HOURS, WARM_UP_S = 30, 8, 1800.0
SALES, SUPPORT = "sales", "support"
TARGETS_S = {SALES: 20.0, SUPPORT: 60.0}
TALKS = {SALES: LogNormal(150.0, 150.0), SUPPORT: LogNormal(240.0, 240.0)}
PATIENCE = Exponential(240.0)
LOADS = {"0.90": (360.0, 180.0), "0.97": (388.0, 194.0), "1.05": (420.0, 210.0)}
"""Calls an hour in sales and support, by the share of the agents' time that all of them would need."""


def day(calls_per_hour: tuple[float, float], first: str) -> Scenario:
    """`first` is the queue listed first; "" is the most urgent call, whatever its queue."""
    queues = {
        id_: Queue(
            id_,
            id_.title(),
            priority=int(id_ == first),
            wrapup_limit_s=0,
            outcome_required=False,
            service_level_target_s=target_s,
            short_abandon_s=0,
        )
        for id_, target_s in TARGETS_S.items()
    }
    names = [str(number) for number in range(1, AGENTS + 1)]
    memberships = tuple(Membership(id_) for id_ in queues)
    config = Config(
        queues=queues,
        agents={name: Agent(name, name, name, memberships) for name in names},
        numbers={id_: NumberRoute(id_, id_) for id_ in queues},
    )
    callers = tuple(
        Callers(id_, Poisson([rate]), TALKS[id_], PATIENCE) for id_, rate in zip(queues, calls_per_hour, strict=True)
    )
    shifts = tuple(Shift(name) for name in names)
    return Scenario(config, callers, shifts, HOURS * 3600.0 + WARM_UP_S, WARM_UP_S)


def level_of(queue_id: str, played: Run) -> float:
    """Its service level."""
    return played.by_queue()[queue_id].service_level or 0.0


def worse_of_both(played: Run) -> float:
    """The service level of the queue which is served worse."""
    return min(level_of(queue_id, played) for queue_id in TARGETS_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=20)
    wanted = parser.parse_args()
    print(compiled.remark())
    print("| load | order | sales in 20 s | support in 60 s | the worse of both | abandoned |")
    print("|---|---|---|---|---|---|")
    for load, rates in LOADS.items():
        for first, name in ((SALES, "sales first"), (SUPPORT, "support first"), ("", "most urgent")):
            found = replicate(
                day(rates, first),
                replications=wanted.replications,
                measures={
                    SALES: lambda played: level_of(SALES, played),
                    SUPPORT: lambda played: level_of(SUPPORT, played),
                    "worse": worse_of_both,
                    "abandoned": lambda played: played.total.abandonment,
                },
            )
            cells = [f"{100 * one.mean:.1f} ± {100 * one.half_width():.1f} %" for one in found.values()]
            print(f"| {load} | {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
