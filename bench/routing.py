"""How long does choosing take in a large, full centre? 250 agents, 20 queues, 500 waiting calls, skills.

    python bench/routing.py [--decisions 2000]

Timed one by one: which call for a freed agent (500 wait), which agent for a call that has just come (all 250 are
free), both pure reads of the state; and the whole of `Engine.handle` for an arrival at the full centre. The peer, timed
between them in the same run: ten pops and pushes of a heap of 500. Prints the median and the 99th percentile, in µs of
processor time and as ratios to the peer's median.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import product
from random import Random

from allo.core.engine import Engine
from allo.core.events import CallArrived, ConfigChanged, DeviceUp, LegEnded
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.core.requests import GoReady, LogIn
from allo.core.selection import select_agents, select_call
from allo.core.skill import Requirement

AGENTS, QUEUES, WAITING = 250, 20, 500
LANGUAGES = ("en", "ru", "de", "fr", "es")
QUEUES_OF_AN_AGENT, HEAP_STEPS = 4, 10


def config(random: Random) -> Config:
    """Agents of four queues each, on two levels, who speak two languages of five; every queue in every language."""
    queues = {f"q{place}": Queue(f"q{place}", f"Queue {place}", priority=place % 3) for place in range(QUEUES)}
    agents = {}
    for place in range(AGENTS):
        served = random.sample(sorted(queues), QUEUES_OF_AN_AGENT)
        memberships = tuple(Membership(queue, 1 + random.randrange(2)) for queue in served)
        skills = {language: random.randint(1, 10) for language in random.sample(LANGUAGES, 2)}
        agents[f"a{place}"] = Agent(f"a{place}", f"Agent {place}", f"PJSIP/a{place}", memberships, skills)
    numbers = {
        f"{queue}-{language}": NumberRoute(
            f"{queue}-{language}", queue, requirements=(Requirement(language, at_least=4, relax_after_s=600),)
        )
        for queue, language in product(queues, LANGUAGES)
    }
    return Config(queues=queues, agents=agents, numbers=numbers)


def centre(random: Random, calls: int, *, is_staffed: bool) -> Engine:
    """With so many calls; and everybody Ready, or nobody."""
    engine, routed_by = Engine(), config(random)
    engine.handle(ConfigChanged(routed_by), 0.0)
    numbers = sorted(routed_by.numbers)
    for place in range(calls):
        engine.handle(CallArrived(f"c{place}", random.choice(numbers)), 1.0 + place * 0.1)
    if is_staffed:
        for agent_id in routed_by.agents:
            for what in (DeviceUp(agent_id), LogIn(agent_id), GoReady(agent_id)):
                engine.handle(what, 100.0)
    return engine


def timed(decide: Callable[[], object]) -> float:
    """Microseconds."""
    began = time.thread_time_ns()
    decide()
    return (time.thread_time_ns() - began) / 1000


def of(times: list[float], share: float) -> float:
    """A percentile."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=2000)
    wanted = parser.parse_args()
    random = Random(7)
    full, empty = centre(random, WAITING, is_staffed=False), centre(random, 0, is_staffed=True)
    assert len(full.state.calls) == WAITING
    assert len(empty.state.ready) == AGENTS
    agents, numbers = list(full.state.agents.values()), sorted(full.state.config.numbers)
    newcomers = centre(random, WAITING, is_staffed=False).state.calls
    heap = [random.random() for _ in range(WAITING)]
    heapify(heap)

    def peer() -> None:
        for _ in range(HEAP_STEPS):
            heappush(heap, heappop(heap) + 0.5)

    times: dict[str, list[float]] = {"peer": [], "a call for an agent": [], "an agent for a call": [], "an arrival": []}
    gc.disable()
    for place in range(wanted.decisions):
        agent, call = random.choice(agents), random.choice(list(newcomers.values()))
        times["peer"].append(timed(peer))
        times["a call for an agent"].append(timed(partial(select_call, full.state, agent, 200.0)))
        times["an agent for a call"].append(timed(partial(select_agents, empty.state, call, 200.0)))
        arrived = CallArrived(f"n{place}", random.choice(numbers))
        times["an arrival"].append(timed(partial(full.handle, arrived, 200.0)))
        full.handle(LegEnded(arrived.call_id), 200.0)
        full.touched.clear()
    gc.enable()
    unit = of(times["peer"], 0.5)
    for name, measured in times.items():
        p50, p99 = of(measured, 0.5), of(measured, 0.99)
        print(f"{name:20} p50 {p50:7.1f} µs = {p50 / unit:5.2f} of the peer; p99 {p99:7.1f} µs = {p99 / unit:5.2f}")


if __name__ == "__main__":
    main()
