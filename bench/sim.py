"""The simulator against a plain SimPy model of the same day: 16,000 calls in 10 hours, 80 agents.

    python bench/sim.py [--rounds 7] [--agents 80]

Both get the same arrivals, talk times and patiences, and count service level and abandonment. SimPy plays callers
and one resource; Allo the whole engine of the live centre, with every fact it would write. Rounds alternate, in one
process; times are of the processor, so that a busy machine disturbs both alike. Prints the median of the rounds'
ratios, and both figures beside the exact Erlang A ones.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import simpy

from allo import compiled

compiled.use()  # before anything imports the engine

from allo.sim import AtInstants, Callers, Listed, Scenario, Shift, run
from allo.sim.erlang import Erlang
from allo.sim.scenario import one_queue_config

CALLS, HOURS, TALK_S, PATIENCE_S, TARGET_S = 16_000, 10, 180.0, 120.0, 20.0


@dataclass(frozen=True)
class Day:
    """One day's callers: second of arrival, talk and patience of each."""

    arrivals: list[float]
    talks: list[float]
    patiences: list[float]

    @staticmethod
    def drawn(seed: int) -> Day:
        """A Poisson day of exactly as many calls."""
        stream = np.random.default_rng(seed)
        return Day(
            np.sort(stream.uniform(0, HOURS * 3600, CALLS)).tolist(),
            stream.exponential(TALK_S, CALLS).tolist(),
            stream.exponential(PATIENCE_S, CALLS).tolist(),
        )


@dataclass(frozen=True)
class Answer:
    """What a simulation says of the day."""

    service_level: float
    abandonment: float


def with_allo(day: Day, agents: int) -> Answer:
    """The day through the engine."""
    callers = Callers("100", AtInstants(day.arrivals), Listed(day.talks), Listed(day.patiences))
    shifts = tuple(Shift(str(number)) for number in range(1, agents + 1))
    total = run(Scenario(one_queue_config(agents, TARGET_S), (callers,), shifts, HOURS * 3600)).total
    assert total.service_level is not None
    assert total.abandonment is not None
    return Answer(total.service_level, total.abandonment)


def with_simpy(day: Day, agents: int) -> Answer:
    """The day as SimPy's documentation models impatient customers at a counter."""
    environment = simpy.Environment()
    crew = simpy.Resource(environment, agents)
    in_time = given_up = 0

    def call(talk_s: float, patience_s: float) -> Iterator[Any]:
        nonlocal in_time, given_up
        entered_at = environment.now
        with crew.request() as agent:
            first = yield agent | environment.timeout(patience_s)
            if agent in first:
                in_time += environment.now - entered_at <= TARGET_S
                yield environment.timeout(talk_s)
            else:
                given_up += 1

    def arrivals() -> Iterator[Any]:
        for at, talk_s, patience_s in zip(day.arrivals, day.talks, day.patiences, strict=True):
            yield environment.timeout(at - environment.now)
            environment.process(call(talk_s, patience_s))

    environment.process(arrivals())
    environment.run()
    return Answer(in_time / CALLS, given_up / CALLS)


def timed(play: Callable[[Day, int], Answer], day: Day, agents: int) -> tuple[float, Answer]:
    """Seconds of the processor, and the answer."""
    gc.collect()
    began = time.process_time()
    answer = play(day, agents)
    return time.process_time() - began, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--agents", type=int, default=80)
    wanted = parser.parse_args()
    print(compiled.remark())
    rows = []
    for seed in range(wanted.rounds):
        day = Day.drawn(seed)
        plays = [with_allo, with_simpy] if seed % 2 else [with_simpy, with_allo]
        found = {play: timed(play, day, wanted.agents) for play in plays}
        (allo_s, allo), (simpy_s, peer) = found[with_allo], found[with_simpy]
        rows.append((allo_s, simpy_s, allo, peer))
        print(
            f"round {seed + 1}: Allo {allo_s:.3f} s, SimPy {simpy_s:.3f} s, ratio {allo_s / simpy_s:.2f};"
            f" service level {allo.service_level:.4f} and {peer.service_level:.4f},"
            f" abandonment {allo.abandonment:.4f} and {peer.abandonment:.4f}"
        )
    allo_s, simpy_s = (median(row[place] for row in rows) for place in (0, 1))
    print(f"median ratio Allo / SimPy: {median(row[0] / row[1] for row in rows):.2f}")
    for name, seconds in (("Allo", allo_s), ("SimPy", simpy_s)):
        print(f"{name}: median {seconds:.3f} s, {CALLS / seconds:,.0f} calls a second")
    for name, pick in (("Allo", 2), ("SimPy", 3)):
        levels = [row[pick].service_level for row in rows]
        shares = [row[pick].abandonment for row in rows]
        print(f"{name}: service level {np.mean(levels):.4f}, abandonment {np.mean(shares):.4f}")
    exact = Erlang(CALLS / HOURS, TALK_S, wanted.agents, PATIENCE_S)
    print(f"Erlang A: service level {exact.service_level(TARGET_S):.4f}, abandonment {exact.abandonment:.4f}")


if __name__ == "__main__":
    main()
