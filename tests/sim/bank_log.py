"""Days of the Technion's "Anonymous Bank" call log (Guedj and Mandelbaum), as scenarios.

Dropped: phantoms, callers who left inside the voice menu (they never entered a queue), calls that no named agent
took. Each kind of call is a queue; an agent serves the kinds they served on that day.

What the log does not say is read from the pauses between an agent's calls. One in which callers waited whom they
could have served was no idleness: up to `WRAPUP_S` it was work after the call, beyond that a break. The bank's head
start of 90 seconds for important customers has no counterpart in the engine and is left out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.sim import AtInstants, Callers, Exponential, Listed, Sampled, Scenario, Shift

LOG = Path(__file__).parents[3] / "shared/data/anonymous_bank_1999_02.tsv"
GLANCE_S, WRAPUP_S = 5.0, 120.0
OPEN_S = 86_400.0


@dataclass(frozen=True)
class LoggedCall:
    """One caller who entered a queue or went straight to an agent; seconds of the day."""

    kind: str
    entered_s: float
    wait_s: float
    agent: str
    """"" for one who gave up."""
    began_s: float
    ended_s: float


@dataclass(frozen=True)
class LoggedDay:
    """What happened on one day."""

    calls: list[LoggedCall]

    @property
    def abandonment(self) -> float:
        return sum(not call.agent for call in self.calls) / len(self.calls)

    @property
    def wait_s(self) -> float:
        """The mean wait of all, answered or not."""
        return sum(call.wait_s for call in self.calls) / len(self.calls)

    @property
    def patience_s(self) -> float:
        """Mean patience, if exponential: the maximum likelihood under censoring (the answered might have waited on)."""
        return sum(call.wait_s for call in self.calls) / sum(not call.agent for call in self.calls)

    def talks(self, kind: str) -> list[float]:
        """How long the answered talked."""
        return [call.ended_s - call.began_s for call in self.calls if call.kind == kind and call.agent]


def read(date: str) -> LoggedDay:
    """The calls of a day (yymmdd) or of all days whose date begins so, in order of the time of day."""
    return LoggedDay(sorted((call for day in read_days(date).values() for call in day.calls), key=_entered_s))


def read_days(month: str) -> dict[str, LoggedDay]:
    """Each day whose date begins so, in order."""
    rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    with LOG.open(encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["date"].startswith(month):
                rows[row["date"]].append(row)
    return {date: LoggedDay(sorted(_calls(rows[date]), key=_entered_s)) for date in sorted(rows)}


def _entered_s(call: LoggedCall) -> float:
    return call.entered_s


def _calls(rows: list[dict[str, str]]) -> Iterator[LoggedCall]:
    for row in rows:
        wait_s = float(row["q_time"])
        entered_s = _seconds(row["q_start"]) or _seconds(row["vru_exit"])
        if row["outcome"] == "HANG" and wait_s > 0:
            yield LoggedCall(row["type"], entered_s, wait_s, "", 0.0, 0.0)
        elif row["outcome"] == "AGENT" and row["server"] != "NO_SERVER":
            began_s, ended_s = _seconds(row["ser_start"]), _seconds(row["ser_exit"])
            if ended_s >= began_s > 0:
                yield LoggedCall(row["type"], entered_s, wait_s, row["server"], began_s, ended_s)


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60 + int(seconds)


def scenario_of(day: LoggedDay) -> Scenario:
    """The day's callers and crew. Who gave up then might talk now: as long as some other caller of the kind did."""
    stream = np.random.default_rng(1)
    kinds = sorted({call.kind for call in day.calls})
    served: defaultdict[str, set[str]] = defaultdict(set)
    for call in day.calls:
        if call.agent:
            served[call.agent].add(call.kind)
    config = Config(
        queues={
            kind: Queue(kind, kind, wrapup_limit_s=2 * WRAPUP_S, outcome_required=False, short_abandon_s=0)
            for kind in kinds
        },
        agents={
            name: Agent(name, name, name, tuple(Membership(kind) for kind in sorted(of))) for name, of in served.items()
        },
        numbers={kind: NumberRoute(kind, kind) for kind in kinds},
    )
    wrapups = [pause for name, of in served.items() for pause in _pauses_while_callers_wait(day, name, of)]
    wrapup = Sampled([pause for pause in wrapups if pause <= WRAPUP_S])
    callers = []
    for kind in kinds:
        calls = [call for call in day.calls if call.kind == kind]
        talks = [call.ended_s - call.began_s if call.agent else float(stream.choice(day.talks(kind))) for call in calls]
        arrivals = AtInstants([call.entered_s for call in calls])
        callers.append(Callers(kind, arrivals, Listed(talks), Exponential(day.patience_s), wrapup))
    shifts = [shift for name, of in served.items() for shift in _shifts(day, name, of)]
    return Scenario(config, tuple(callers), tuple(shifts), OPEN_S)


def _talks(day: LoggedDay, agent: str) -> list[tuple[float, float]]:
    """From when to when the agent talked, overlaps joined."""
    talks: list[tuple[float, float]] = []
    for began_s, ended_s in sorted((call.began_s, call.ended_s) for call in day.calls if call.agent == agent):
        if talks and began_s <= talks[-1][1]:
            talks[-1] = (talks[-1][0], max(ended_s, talks[-1][1]))
        else:
            talks.append((began_s, ended_s))
    return talks


def _waits(day: LoggedDay, kinds: set[str]) -> list[tuple[float, float]]:
    return [(call.entered_s, call.entered_s + call.wait_s) for call in day.calls if call.kind in kinds]


def _pauses_while_callers_wait(day: LoggedDay, agent: str, kinds: set[str]) -> Iterator[float]:
    """Pauses at whose beginning somebody waited already."""
    waits = _waits(day, kinds)
    for (_, ended_s), (next_s, _) in pairwise(_talks(day, agent)):
        if any(start < ended_s < end for start, end in waits):
            yield next_s - ended_s


def _shifts(day: LoggedDay, agent: str, kinds: set[str]) -> Iterator[Shift]:
    """When the agent was there: from the first call to the last, breaks left out."""
    waits = _waits(day, kinds)
    talks = _talks(day, agent)
    from_s = talks[0][0]
    for (_, ended_s), (next_s, _) in pairwise(talks):
        if next_s - ended_s > WRAPUP_S and _longest_inside(waits, ended_s, next_s) > GLANCE_S:
            yield Shift(agent, from_s, ended_s)
            from_s = next_s
    yield Shift(agent, from_s, talks[-1][1])


def _longest_inside(waits: list[tuple[float, float]], from_s: float, to_s: float) -> float:
    return max((min(end, to_s) - max(start, from_s) for start, end in waits), default=0.0)
