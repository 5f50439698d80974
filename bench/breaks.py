"""Breaks on a day of 80 agents: at will, and by the rule that grants them when the service level holds.

    python bench/breaks.py [--days 6]

13,100 calls in ten hours with two peaks; talks of three minutes, patience of two, goal 80 % in 20 s. Every agent wants
a meal of 30 minutes around noon and two breaks of 15, and would go when it suits them: most at the same hours. The
same callers and wishes are played without any rule and by rules with different longest waits; the forecast is the
true rate. Prints, of all days: the service level; half hours below the goal and the worst of them; how long agents
waited for their breaks; how unequal that was between them (the standard deviation of an agent's total); and how many
breaks began before that of somebody who had asked for the same and had worked longer since the last one.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field, replace
from statistics import fmean, pstdev

import numpy as np

from allo import compiled

compiled.use()  # before anything imports the engine

from allo.core.break_plan import BreakAnswer, BreakKind, BreakRule, Forecast
from allo.core.facts import AgentStateChanged, BreakAnswered
from allo.sim import BreakWish, Callers, Exponential, Poisson, Run, Scenario, Shift, run
from allo.sim.scenario import A_DAY_S, one_queue_config

AGENTS, HOURS, TALK_S, PATIENCE_S, GOAL = 80, 10, 180.0, 120.0, 0.8
CALLS_PER_HOUR = (1000.0, 1300.0, 1550.0, 1600.0, 1350.0, 1150.0, 1250.0, 1500.0, 1350.0, 1050.0)
HALF_HOUR_S = 1800.0


@dataclass(frozen=True)
class Break:
    """One that everybody takes: how long, and when most want it."""

    reason: str
    lasts_s: float
    around_h: float
    spread_h: float
    kind: BreakKind = BreakKind.OTHER


BREAKS = (
    Break("morning", 900, 2.0, 0.6),
    Break("meal", 1800, 4.0, 0.6, BreakKind.MEAL),
    Break("afternoon", 900, 7.2, 0.6),
)
REASONS = frozenset(one.reason for one in BREAKS)


def wishes(seed: int) -> tuple[BreakWish, ...]:
    """When each agent wants each break."""
    stream = np.random.default_rng(seed)
    found = []
    for one in BREAKS:
        hours = np.clip(stream.normal(one.around_h, one.spread_h, AGENTS), 0.5, HOURS - 1.0)
        found += [
            BreakWish(str(number), 3600 * float(hour), one.reason, one.lasts_s) for number, hour in enumerate(hours, 1)
        ]
    return tuple(found)


def day(seed: int, longest_wait_s: float | None) -> Scenario:
    """A day whose breaks are granted after so long in any case; None: there is no rule."""
    forecast = Forecast(A_DAY_S, 3600.0, CALLS_PER_HOUR, TALK_S, PATIENCE_S)
    rules = {}
    if longest_wait_s is not None:
        rules = {one.reason: BreakRule(one.reason, one.kind, one.lasts_s, longest_wait_s) for one in BREAKS}
    config = replace(
        one_queue_config(AGENTS),
        break_reasons=tuple(one.reason for one in BREAKS),
        break_rules=rules,
        forecasts={"queue": forecast},
    )
    callers = Callers("100", Poisson(CALLS_PER_HOUR), Exponential(TALK_S), Exponential(PATIENCE_S))
    shifts = tuple(Shift(str(number)) for number in range(1, AGENTS + 1))
    return Scenario(config, (callers,), shifts, HOURS * 3600.0, breaks=wishes(seed))


@dataclass(frozen=True)
class Taken:
    """A break that came about; `rested_at` is the end of the agent's one before, 0 for none."""

    agent_id: str
    reason: str
    asked_at: float
    granted_at: float
    wait_s: float
    rested_at: float
    is_overdue: bool


@dataclass
class Days:
    """What came of all days."""

    levels: list[float] = field(default_factory=list)
    half_hours: list[float] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    inequalities_s: list[float] = field(default_factory=list)
    granted: int = 0
    out_of_turn: int = 0
    never: int = 0

    def add(self, played: Run) -> None:
        """One more day."""
        self.levels.append(played.total.service_level or 0.0)
        self.half_hours += [one.service_level or 0.0 for one in played.by_interval(HALF_HOUR_S).values()]
        taken = taken_breaks(played)
        totals: dict[str, float] = defaultdict(float)
        for one in taken:
            totals[one.agent_id] += one.wait_s
        self.waits_s += [one.wait_s for one in taken]
        self.inequalities_s.append(pstdev(totals.values()))
        self.granted += len(taken)
        self.never += len(played.scenario.breaks) - len(taken)
        self.out_of_turn += sum(is_out_of_turn(one, taken) for one in taken)

    def cells(self) -> list[str]:
        """A row of the table."""
        missed = fmean(level < GOAL for level in self.half_hours)
        waits_min = np.asarray(self.waits_s) / 60
        return [
            f"{100 * fmean(self.levels):.1f} %",
            f"{100 * missed:.0f} %",
            f"{100 * min(self.half_hours):.0f} %",
            f"{waits_min.mean():.1f}",
            f"{np.percentile(waits_min, 90):.0f}",
            f"{waits_min.max():.0f}",
            f"{fmean(self.inequalities_s) / 60:.1f}",
            f"{100 * self.out_of_turn / self.granted:.0f} %",
            f"{self.never}",
        ]


def taken_breaks(played: Run) -> list[Taken]:
    """From the facts; a break without a rule is asked for when it is wished, or when the one before is over."""
    wished = {(wish.agent_id, wish.reason): A_DAY_S + wish.at_s for wish in played.scenario.breaks}
    granted: dict[tuple[str, str], BreakAnswered] = {}
    back_at: dict[str, float] = defaultdict(float)
    taken = []
    for fact in played.facts:
        if isinstance(fact, BreakAnswered) and fact.answer in (BreakAnswer.NOW, BreakAnswer.AFTER_CALL):
            granted[fact.agent_id, fact.reason] = fact
        elif isinstance(fact, AgentStateChanged):
            if fact.previous_reason in REASONS:
                back_at[fact.agent_id] = fact.at
            if fact.reason in REASONS:
                answer = granted.get((fact.agent_id, fact.reason))
                asked_at = max(wished[fact.agent_id, fact.reason], back_at[fact.agent_id])
                if answer is not None:
                    asked_at = answer.asked_at
                granted_at = answer.at if answer is not None else asked_at
                is_overdue = answer is not None and answer.because == "waited_long_enough"
                rested_at = back_at[fact.agent_id]
                taken.append(
                    Taken(fact.agent_id, fact.reason, asked_at, granted_at, fact.at - asked_at, rested_at, is_overdue)
                )
    return taken


def is_out_of_turn(one: Taken, taken: list[Taken]) -> bool:
    """Whether somebody had asked for the same before this was granted, got it later, and had worked longer."""
    return not one.is_overdue and any(
        other.reason == one.reason
        and other.asked_at < one.granted_at < other.granted_at
        and other.rested_at < one.rested_at
        for other in taken
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=6)
    wanted = parser.parse_args()
    print(compiled.remark())
    print(
        "| breaks | service level | half hours below 80 % | the worst | mean wait, min | p90 | longest |"
        " inequality, min | out of turn | never |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, longest_wait_s in (
        ("at will", None),
        ("by the rule, 20 minutes at most", 1200.0),
        ("by the rule, an hour at most", 3600.0),
        ("by the rule, two hours at most", 7200.0),
    ):
        days = Days()
        for seed in range(1, wanted.days + 1):
            days.add(run(day(seed, longest_wait_s), seed))
        print(f"| {name} | {' | '.join(days.cells())} |", flush=True)


if __name__ == "__main__":
    main()
