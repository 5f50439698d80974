"""Do callers reach the right person at once? Agents' parts of calls, kept to the end or passed on; and their holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.facts import HoldEnded, HoldLimitReached, HoldStarted
from allo.data.models import CallPart, PartEnd
from allo.web.reports.kept_facts import NEXT_DAY, facts_of, mean, share
from allo.web.reports.shares import people_of
from allo.web.reports.story_words import hold_reason
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Segment, Table, stacked

if TYPE_CHECKING:
    from allo.web.reports.filters import Filters

PASSED = (PartEnd.AGENT, PartEnd.QUEUE, PartEnd.NUMBER, PartEnd.ANOTHER)
TRANSFER_COLUMNS = [
    Column(
        "parts", gettext_lazy("Talks"), note=gettext_lazy("an agent’s parts of calls; a call passed on has several")
    ),
    Column("passed", gettext_lazy("Passed on")),
    Column("passed_share", gettext_lazy("Share"), SHARE, note=gettext_lazy("passed on / talks")),
    Column("agent", gettext_lazy("To a colleague")),
    Column("queue", gettext_lazy("To a queue")),
    Column("number", gettext_lazy("To an outside number")),
    Column("consulted", gettext_lazy("After asking"), note=gettext_lazy("passed on to somebody who was asked before")),
    Column("taken_over", gettext_lazy("Taken over"), note=gettext_lazy("by a team leader")),
    Column("talk", gettext_lazy("Talk"), SECONDS, note=gettext_lazy("talk time / talks")),
]
HOLD_COLUMNS = [
    Column("holds", gettext_lazy("Holds")),
    Column("share", gettext_lazy("Share"), SHARE, note=gettext_lazy("holds with this reason / all holds")),
    Column("mean", gettext_lazy("Mean"), SECONDS, note=gettext_lazy("time on hold / holds that are over")),
    Column("longest", gettext_lazy("Longest"), SECONDS),
    Column("reminded", gettext_lazy("Too long"), note=gettext_lazy("the limit was reached and the agent reminded")),
]


def transfers(filters: Filters) -> Table:
    """Return one row an agent."""
    period = filters.period
    parts = CallPart.objects.filter(started_at__gte=period.start, started_at__lt=period.end).exclude(ended_by="")
    if filters.queue is not None:
        parts = parts.filter(queue=filters.queue)
    found: defaultdict[int | None, Counter[str]] = defaultdict(Counter)
    talk: defaultdict[int | None, float] = defaultdict(float)
    rows = parts.order_by().values_list("agent_id", "ended_by", "is_consulted", "talk_s")
    for agent_id, ended_by, is_consulted, talk_s in rows.iterator(chunk_size=5000):
        found[agent_id][ended_by] += 1
        found[agent_id]["consulted"] += is_consulted
        talk[agent_id] += talk_s
    people = people_of(filters, [key for key in found if key is not None])
    names = {key: str(people[key]) if key in people else "–" for key in found}
    order = sorted((key for key in found if key is None or key in people), key=lambda key: names[key].casefold())
    lines = [_agent_row(names[key], found[key], talk[key]) for key in order]
    whole: Counter[str] = sum((found[key] for key in order), Counter())
    sum_row = _agent_row(_("All together"), whole, sum(talk[key] for key in order)) if len(lines) > 1 else None
    return Table(_("Agent"), TRANSFER_COLUMNS, lines, sum_row, _("Kept, passed on"))


def _agent_row(label: str, counts: Counter[str], talk_s: float) -> Row:
    parts = sum(counts[end] for end in PartEnd.values)
    passed = sum(counts[end] for end in PASSED)
    figures: dict[str, float | None] = {
        "parts": parts,
        "passed": passed,
        "passed_share": share(passed, parts),
        "agent": counts[PartEnd.AGENT] + counts[PartEnd.ANOTHER],
        "queue": counts[PartEnd.QUEUE],
        "number": counts[PartEnd.NUMBER],
        "consulted": counts["consulted"],
        "taken_over": counts[PartEnd.LEADER],
        "talk": share(talk_s, parts),
    }
    return Row(label, figures, bar=bar_of([("in-time", parts - passed, _("Kept")), ("late", passed, _("Passed on"))]))


def bar_of(parts: list[tuple[str, float, str]]) -> list[Segment]:
    """Return counts (kind, count, label) as a bar that is full."""
    whole = sum(count for _kind, count, _label in parts)
    return stacked((kind, count / whole, label) for kind, count, label in parts) if whole else []


@dataclass(slots=True)
class _Holds:
    count: int = 0
    reminded: int = 0
    seconds: list[float] = field(default_factory=list)


def holds(filters: Filters) -> Table:
    """Return one row a reason, the most frequent first; a hold belongs to the reason and day with which it began."""
    found: defaultdict[str, _Holds] = defaultdict(_Holds)
    reasons: dict[tuple[str, str], str] = {}
    calls = _calls_of_queue(filters)
    happened: list[HoldStarted | HoldEnded | HoldLimitReached] = [*facts_of(filters, HoldStarted)]
    happened += [*facts_of(filters, HoldLimitReached, NEXT_DAY), *facts_of(filters, HoldEnded, NEXT_DAY)]
    for fact in sorted(happened, key=lambda fact: fact.at):
        place = fact.call_id, fact.agent_id
        if calls is not None and fact.call_id not in calls:
            continue
        if isinstance(fact, HoldStarted):
            reasons[place] = fact.reason
            found[fact.reason].count += 1
        elif place in reasons:
            if isinstance(fact, HoldEnded):
                found[reasons.pop(place)].seconds.append(fact.held_s)
            else:
                found[reasons[place]].reminded += 1
    total = sum(one.count for one in found.values())
    most = max((one.count for one in found.values()), default=0)
    order = sorted(found, key=lambda reason: (-found[reason].count, reason))
    rows = [_hold_row(reason, found[reason], total, most) for reason in order]
    return Table(_("Reason"), HOLD_COLUMNS, rows, None, _("How often"))


def _calls_of_queue(filters: Filters) -> set[str] | None:
    """Return the calls that were talked in the chosen queue; None: all."""
    if filters.queue is None:
        return None
    talked = CallPart.objects.filter(queue=filters.queue, started_at__lt=filters.period.end)
    talked = talked.exclude(ended_at__lt=filters.period.start)
    return set(talked.order_by().values_list("call_record__call_id", flat=True))


def _hold_row(reason: str, held: _Holds, total: int, most: int) -> Row:
    label = hold_reason(reason) or _("No reason given")
    figures: dict[str, float | None] = {
        "holds": held.count,
        "share": share(held.count, total),
        "mean": mean(held.seconds),
        "longest": max(held.seconds, default=None),
        "reminded": held.reminded,
    }
    return Row(label, figures, bar=[Segment("plain", held.count / most, label)] if most else [])
