"""Do the expected waits that callers are told come true?

    python -m bench.waits [--days 3]

In simulations of several loads, with even days and uneven ones; in simulations of days of the bank's February log; and
for the real waits of that log, the whole month, without any simulation (`../shared/data`; left out where it is
absent): how many callers were told an expected wait, for how many of those whose wait came out all that was told held,
and how wide the intervals were. The aim is 85 %; where that cannot be had nothing is to be said.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace

from allo import compiled

compiled.use()  # before anything imports the engine

from allo.core.facts import Fact
from allo.core.queue_speech import Announcing
from allo.sim import Callers, Exponential, LogNormal, Poisson, Scenario, Shift, run, runs
from allo.sim.durations import Duration
from allo.sim.scenario import one_queue_config
from allo.sim.told import Told, told_waits
from tests.sim.bank_log import LOG, read, scenario_of
from tests.sim.bank_waits import told_by_the_log

ANNOUNCING = Announcing(first_s=10.0, every_s=45.0)
HOURS, TALK_S = 10, 180.0
BANK_DAYS = ("990202", "990203", "990210", "990211", "990216", "990221")
CENTRES = (
    (10, 0.95, 300.0, False),
    (10, 1.10, 300.0, True),
    (30, 1.00, 300.0, True),
    (80, 1.00, 120.0, False),
    (80, 1.10, 300.0, True),
    (80, 1.30, 600.0, True),
)
"""Agents, load, mean patience, and whether talks vary much and staff changes."""


def announcing(scenario: Scenario) -> Scenario:
    """The same, with queues that tell callers how long it will take."""
    queues = {id_: replace(queue, announcing=ANNOUNCING) for id_, queue in scenario.config.queues.items()}
    prompt_s = {**scenario.prompt_s, "say:position": 2.0, "say:wait": 3.0}
    return replace(scenario, config=replace(scenario.config, queues=queues), prompt_s=prompt_s)


def centre(agents: int, load: float, patience_s: float, *, is_uneven: bool) -> Scenario:
    """A day; an uneven one has long talks among short ones, a peak, and a tenth of the agents away for two hours."""
    rate = 3600 * load * agents / TALK_S
    talk: Duration = LogNormal(TALK_S, 1.3 * TALK_S) if is_uneven else Exponential(TALK_S)
    shape = (0.8, 0.9, 1.1, 1.2, 1.1, 0.9, 0.9, 1.0, 1.1, 0.9) if is_uneven else (1.0,)
    callers = Callers("100", Poisson([rate * share for share in shape]), talk, Exponential(patience_s))
    shifts = []
    for number in range(1, agents + 1):
        if is_uneven and number % 10 == 0:
            shifts += [Shift(str(number), 0.0, 4 * 3600.0), Shift(str(number), 6 * 3600.0)]
        else:
            shifts.append(Shift(str(number)))
    return announcing(Scenario(one_queue_config(agents), (callers,), tuple(shifts), HOURS * 3600.0))


def facts_of(scenario: Scenario, days: int) -> Iterator[Fact]:
    """All days, one after the other; the engine begins each without a memory."""
    for played in runs(scenario, days):
        yield from played.facts


def row(name: str, facts: Iterable[Fact], calls: int) -> str:
    """Of the table."""
    return table_row(name, told_waits(facts), calls)


def table_row(name: str, told: Told, calls: int) -> str:
    """How the callers fared."""
    coverage = "" if told.coverage is None else f"{100 * told.coverage:.1f} %"
    width = "" if told.width_min is None else f"{told.width_min:.1f}"
    return f"| {name} | {calls:,} | {told.callers:,} | {told.came_out:,} | {coverage} | {width} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=3)
    wanted = parser.parse_args()
    print(compiled.remark())
    print("| day | calls | told a wait | came out | held | width, min |")
    print("|---|---|---|---|---|---|")
    for agents, load, patience_s, is_uneven in CENTRES:
        name = f"{agents} agents, load {load:.2f}, patience {patience_s:.0f} s{', uneven' if is_uneven else ''}"
        facts = list(facts_of(centre(agents, load, patience_s, is_uneven=is_uneven), wanted.days))
        print(row(name, facts, sum(type(fact).__name__ == "CallEntered" for fact in facts)), flush=True)
    everything: list[Fact] = []
    calls = 0
    for date in BANK_DAYS if LOG.exists() else ():
        day = read(date)
        facts = run(announcing(scenario_of(day))).facts
        calls += len(day.calls)
        everything += facts
        print(row(f"the bank, {date}", facts, len(day.calls)), flush=True)
    if everything:
        print(row("the bank, simulated, together", everything, calls))
        print(table_row("the bank, as it was, the month", told_by_the_log("9902"), len(read("9902").calls)))


if __name__ == "__main__":
    main()
