"""The figures of a run, from its facts and by the centre's own definitions (`core.metrics`).

A call counts when it entered its queue inside the window, whenever it ended, and where a queue sent it on inside;
agents' time counts as far as it lies inside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import TypeVar

from allo.core.facts import AgentStateChanged, CallEnded, Fact, FlowedOut, WrapUpEnded
from allo.core.metrics import CallTally, TimeTally
from allo.core.model import Queue

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Window:
    """From here (included) to there (not)."""

    from_at: float
    to_at: float

    def __contains__(self, at: float) -> bool:
        return self.from_at <= at < self.to_at


@dataclass(slots=True)
class Figures:
    """Calls and agents' time of one queue, agent, interval or run."""

    calls: CallTally = field(default_factory=CallTally)
    time: TimeTally = field(default_factory=TimeTally)

    @property
    def service_level(self) -> float | None:
        """See `core.metrics`."""
        return self.calls.service_level()

    @property
    def abandonment(self) -> float | None:
        """See `core.metrics`."""
        return self.calls.abandonment

    @property
    def asa_s(self) -> float | None:
        """See `core.metrics`."""
        return self.calls.asa_s

    @property
    def aht_s(self) -> float | None:
        """See `core.metrics`."""
        return self.calls.aht_s

    @property
    def occupancy(self) -> float | None:
        """See `core.metrics`."""
        return self.time.occupancy


def tally_all(facts: Iterable[Fact], queues: Mapping[str, Queue], window: Window) -> Figures:
    """Everything together."""
    return _tally(facts, queues, window, lambda _: 0, lambda _: 0, lambda _: 0)[0]


def tally_by_queue(facts: Iterable[Fact], queues: Mapping[str, Queue], window: Window) -> dict[str, Figures]:
    """By queue id, also for queues without calls; agents' time belongs to no queue."""
    found = _tally(facts, queues, window, lambda call: call.queue_id, of_flow=lambda flow: flow.queue_id)
    return {id_: found[id_] for id_ in queues}


def tally_by_agent(facts: Iterable[Fact], queues: Mapping[str, Queue], window: Window) -> dict[str, Figures]:
    """By agent id; calls nobody answered are nobody's."""
    found = _tally(facts, queues, window, lambda call: call.agent_id, lambda change: change.agent_id)
    found.pop("", None)
    return dict(found)


def tally_by_interval(
    facts: Sequence[Fact], queues: Mapping[str, Queue], window: Window, interval_s: float
) -> dict[float, Figures]:
    """By the beginnings of intervals, counted from the window's; an agent's time is cut where an interval ends."""

    def begins_at(at: float) -> float:
        return window.from_at + floor((at - window.from_at) / interval_s) * interval_s

    found = _tally(
        facts, queues, window, lambda call: begins_at(call.entered_at), of_flow=lambda flow: begins_at(flow.at)
    )
    for change in facts:
        if type(change) is AgentStateChanged:
            at = begins_at(max(change.since_at, window.from_at))
            while at < min(change.at, window.to_at):
                piece = Window(max(at, window.from_at), min(at + interval_s, window.to_at))
                found[at].time.add_seconds(change.previous, _inside(change, piece))
                at += interval_s
    return dict(sorted(found.items()))


def _tally(
    facts: Iterable[Fact],
    queues: Mapping[str, Queue],
    window: Window,
    of_call: Callable[[CallEnded], Key],
    of_time: Callable[[AgentStateChanged], Key] | None = None,
    of_flow: Callable[[FlowedOut], Key] | None = None,
) -> defaultdict[Key, Figures]:
    found: defaultdict[Key, Figures] = defaultdict(Figures)
    tallies: dict[str, CallTally] = {}
    for fact in facts:
        if type(fact) is AgentStateChanged:
            if of_time is not None:
                found[of_time(fact)].time.add_seconds(fact.previous, _inside(fact, window))
        elif type(fact) is CallEnded:
            if fact.entered_at in window:
                queue = queues[fact.queue_id]
                tally = tallies[fact.call_id] = found[of_call(fact)].calls
                tally.add_call(fact, queue.service_level_target_s, queue.short_abandon_s)
        elif type(fact) is WrapUpEnded and fact.call_id in tallies:
            tallies[fact.call_id].add_wrapup(fact)
        elif type(fact) is FlowedOut and of_flow is not None and fact.at in window:
            found[of_flow(fact)].calls.add_flow_out(fact, queues[fact.queue_id].service_level_target_s)
    return found


def _inside(change: AgentStateChanged, window: Window) -> float:
    if change.since_at >= window.from_at and change.at <= window.to_at:
        return change.lasted_s
    return max(0.0, min(change.at, window.to_at) - max(change.since_at, window.from_at))
