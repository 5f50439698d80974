"""Calls of agents: a call that was passed on is each of its agents' call, with the agent's own seconds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Exists, OuterRef, Q

from allo.core.metrics import CallTally
from allo.data.models import CallPart, User
from allo.web.reports import tallies
from allo.web.reports.tallies import CallRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from allo.web.reports.filters import Filters

KeyT = TypeVar("KeyT")
Seconds = tuple[float, float, float]


def of_agent(agent: User) -> Q:
    """Calls which the agent took, or took part in."""
    return Q(agent=agent) | Q(Exists(CallPart.objects.filter(call_record=OuterRef("pk"), agent=agent)))


def people_of(filters: Filters, keys: Iterable[int]) -> dict[int, User]:
    """Return those of the agents whom a report of people shows: automatic ones only where they are asked for."""
    people = User.objects.all() if filters.with_automatic else User.objects.people()
    return people.in_bulk(list(keys))


def automatic_ids() -> set[str]:
    """Return automatic agents by the ids that facts have."""
    return {str(pk) for pk in User.objects.filter(is_automatic=True).values_list("pk", flat=True)}


def tally_agents(filters: Filters, key: Callable[[CallRow], KeyT | None]) -> dict[KeyT, CallTally]:
    """Count the calls of the chosen agent, or of all agents, each agent's share by ``key``."""
    only = filters.agent
    calls = tallies.calls_of(replace(filters, agent=None))
    if only is not None:
        calls = calls.filter(of_agent(only))
    passed_on = _passed_on(filters)
    found: defaultdict[KeyT, CallTally] = defaultdict(CallTally)
    for values in calls.order_by().values_list(*CallRow.FIELDS).iterator(chunk_size=5000):
        row = CallRow(values)
        shares = passed_on.get(row.ended.call_id, {})
        for agent_id, seconds in shares.items():
            _count(CallRow(values), agent_id, seconds, only, key, found)
        if not shares:
            _count(row, row.agent_id, None, only, key, found)
    return dict(found)


def _count(
    row: CallRow,
    agent_id: int | None,
    seconds: Seconds | None,
    only: User | None,
    key: Callable[[CallRow], KeyT | None],
    found: defaultdict[KeyT, CallTally],
) -> None:
    if only is not None and agent_id != only.pk:
        return
    if seconds is not None:
        row.give_to(agent_id, *seconds)
    place = key(row)
    if place is not None:
        row.count_in(found[place])


def _passed_on(filters: Filters) -> dict[str, dict[int | None, Seconds]]:
    """Return the agents' seconds (talk, hold, wrap-up) of the calls that have several parts."""
    period = filters.period
    several = CallPart.objects.filter(
        place=2, call_record__entered_at__gte=period.start, call_record__entered_at__lt=period.end
    )
    parts = CallPart.objects.filter(call_record__in=several.values("call_record"))
    found: defaultdict[str, dict[int | None, Seconds]] = defaultdict(dict)
    for call_id, agent_id, *seconds in parts.order_by("place").values_list(
        "call_record__call_id", "agent_id", "talk_s", "hold_s", "wrapup_s"
    ):
        talk_s, hold_s, wrapup_s = found[call_id].get(agent_id, (0.0, 0.0, 0.0))
        found[call_id][agent_id] = (talk_s + seconds[0], hold_s + seconds[1], wrapup_s + seconds[2])
    return dict(found)
