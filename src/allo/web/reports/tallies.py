"""From the ledger's projections to the core's tallies: which calls and seconds count where.

Holds no definition of a figure: `core.metrics` counts. Calls belong to the interval in which they entered their
queue, or in which a queue sent them on; agents' time to the intervals through which it lasted. Ready time counts for
every queue an agent serves, time with a call for that call's queue, as in the live figures. Time of queues and of the
centre is people's time: a call that an automatic agent answers is answered, but occupancy says how busy people are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q
from django.utils import timezone

from allo.core.agent_states import AgentState
from allo.core.facts import CallEnded, EndReason, FlowedOut, Outcome, WrapUpEnded
from allo.core.metrics import CallTally, TimeTally
from allo.data.models import AgentInterval, CallRecord, Membership, Queue, User
from allo.web.reports.kept_facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from allo.web.reports.filters import Filters
    from allo.web.reports.periods import Period, Steps

KeyT = TypeVar("KeyT")
Stretch = tuple[int, str, int | None, float, float]


class CallRow:
    """What reports read of a call."""

    FIELDS = (
        "entered_at", "queue_id", "agent_id", "disposition_id", "outcome", "wait_s", "talk_s", "hold_s", "wrapup_s",
        "queue__service_level_target_s", "queue__short_abandon_s", "call_id", "is_callback",
    )  # fmt: skip
    __slots__ = ("agent_id", "disposition_id", "ended", "entered_at", "queue_id", "short_s", "target_s", "wrapup")

    def __init__(self, values: tuple) -> None:  # type: ignore[type-arg]
        entered_at, queue_id, agent_id, disposition_id, outcome, wait_s, talk_s, hold_s, wrapup_s, *rest = values
        target_s, short_s, call_id, is_callback = rest
        self.entered_at: float = entered_at.timestamp()
        self.queue_id: int | None = queue_id
        self.agent_id: int | None = agent_id
        self.disposition_id: int | None = disposition_id
        self.target_s: float = target_s or 0.0
        self.short_s: float = short_s or 0.0
        queue, agent = str(queue_id or ""), str(agent_id or "")
        self.ended = CallEnded(
            0.0, call_id, queue, agent, "", "", Outcome(outcome), EndReason.CALLER_HUNG_UP, 0, 0.0,
            self.entered_at, 0.0, wait_s, talk_s, hold_s, is_callback,
        )  # fmt: skip
        self.wrapup = WrapUpEnded(0.0, call_id, queue, agent, "", wrapup_s) if wrapup_s else None

    def give_to(self, agent_id: int | None, talk_s: float, hold_s: float, wrapup_s: float) -> None:
        """Make it the share of one of the call's agents."""
        agent = str(agent_id or "")
        self.agent_id = agent_id
        self.ended = replace(self.ended, agent_id=agent, talk_s=talk_s, hold_s=hold_s)
        about = self.ended.call_id, self.ended.queue_id
        self.wrapup = WrapUpEnded(0.0, *about, agent, "", wrapup_s) if wrapup_s else None

    def count_in(self, tally: CallTally) -> None:
        """Add this call to a tally."""
        tally.add_call(self.ended, self.target_s, self.short_s)
        if self.wrapup is not None:
            tally.add_wrapup(self.wrapup)


def calls_of(filters: Filters) -> QuerySet[CallRecord]:
    """Return the ended calls that entered a queue in the period, as far as the reader may see them."""
    period = filters.period
    calls = CallRecord.objects.filter(entered_at__gte=period.start, entered_at__lt=period.end).exclude(outcome="")
    if filters.queue is not None:
        calls = calls.filter(queue=filters.queue)
    if filters.agent is not None:
        calls = calls.filter(agent=filters.agent)
    return calls


def tally_calls(calls: QuerySet[CallRecord], key: Callable[[CallRow], KeyT | None]) -> dict[KeyT, CallTally]:
    """Count calls by ``key``; calls whose key is None are left out."""
    found: defaultdict[KeyT, CallTally] = defaultdict(CallTally)
    for values in calls.order_by().values_list(*CallRow.FIELDS).iterator(chunk_size=5000):
        row = CallRow(values)
        place = key(row)
        if place is not None:
            row.count_in(found[place])
    return dict(found)


def tally_flows(found: dict[KeyT, CallTally], filters: Filters, key: Callable[[FlowedOut], KeyT | None]) -> None:
    """Add the calls that queues did not keep; they are no agent's."""
    if filters.agent is not None:
        return
    targets = dict(Queue.objects.values_list("pk", "service_level_target_s"))
    for flow in facts_of(filters, FlowedOut):
        place = key(flow)
        if place is not None:
            target_s = targets.get(int(flow.queue_id), 0.0)
            found.setdefault(place, CallTally()).add_flow_out(flow, target_s)


def total(tallies: Iterable[CallTally]) -> CallTally:
    """Return the sum of tallies."""
    whole = CallTally()
    for one in tallies:
        whole.add(one)
    return whole


def total_time(tallies: Iterable[TimeTally]) -> TimeTally:
    """Return the sum of agents' time."""
    whole = TimeTally()
    for one in tallies:
        whole.add(one)
    return whole


def intervals_of(start: datetime, end: datetime, agent_id: int | None = None) -> list[Stretch]:
    """Return (agent, state, queue, start, end) of stretches that touch the period, cut to it; open ones end now."""
    now = timezone.now()
    touching = AgentInterval.objects.filter(started_at__lt=min(end, now)).filter(
        Q(ended_at__gt=start) | Q(ended_at__isnull=True)
    )
    if agent_id is not None:
        touching = touching.filter(agent=agent_id)
    since, until = start.timestamp(), min(end, now).timestamp()
    rows = touching.order_by().values_list("agent_id", "state", "queue_id", "started_at", "ended_at")
    return [
        (agent, state, queue, max(began.timestamp(), since), min(ended.timestamp() if ended else until, until))
        for agent, state, queue, began, ended in rows.iterator(chunk_size=5000)
    ]


def time_by_agent(filters: Filters) -> dict[int, TimeTally]:
    """Add up each agent's seconds by state."""
    found: defaultdict[int, TimeTally] = defaultdict(TimeTally)
    agent = filters.agent.pk if filters.agent else None
    for agent_id, state, _queue, start, end in intervals_of(filters.period.start, filters.period.end, agent):
        found[agent_id].add_seconds(state, end - start)
    return dict(found)


def time_by_step(filters: Filters, steps: Steps) -> dict[int, TimeTally]:
    """Add up the seconds of the people who serve the chosen queue (or any) by step."""
    found: defaultdict[int, TimeTally] = defaultdict(TimeTally)
    wanted = filters.queue.pk if filters.queue else None
    members = _members()
    for agent_id, state, queue_id, start, end in _of_people(filters.period):
        if wanted is None or wanted in _queues(agent_id, state, queue_id, members):
            for place, seconds in steps.cut(start, end):
                found[place].add_seconds(state, seconds)
    return dict(found)


def time_by_queue(filters: Filters) -> dict[int, TimeTally]:
    """Add up people's seconds by queue."""
    found: defaultdict[int, TimeTally] = defaultdict(TimeTally)
    members = _members()
    for agent_id, state, queue_id, start, end in _of_people(filters.period):
        for queue in _queues(agent_id, state, queue_id, members):
            found[queue].add_seconds(state, end - start)
    return dict(found)


def _of_people(period: Period) -> Iterator[Stretch]:
    automatic = set(User.objects.filter(is_automatic=True).values_list("pk", flat=True))
    return (stretch for stretch in intervals_of(period.start, period.end) if stretch[0] not in automatic)


def _members() -> dict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for agent_id, queue_id in Membership.objects.values_list("user_id", "queue_id"):
        found[agent_id].add(queue_id)
    return dict(found)


def _queues(agent_id: int, state: str, queue_id: int | None, members: dict[int, set[int]]) -> set[int]:
    if state == AgentState.READY.value:
        return members.get(agent_id, set())
    return {queue_id} if queue_id else set()
