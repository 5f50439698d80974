"""Do breaks come when they are needed, and fairly? What agents asked for and what they were told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.break_plan import BreakAnswer
from allo.core.facts import BreakAnswered
from allo.data.models import User
from allo.web.reports.kept_facts import NEXT_DAY, facts_of, mean, names_of, share
from allo.web.reports.table import SECONDS, SHARE, Column, Row, Segment, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.web.reports.filters import Filters

COLUMNS = [
    Column("asked", gettext_lazy("Asked for")),
    Column("granted", gettext_lazy("Granted")),
    Column("at_once", gettext_lazy("At once"), SHARE, note=gettext_lazy("granted by the first answer / granted")),
    Column("mean", gettext_lazy("Wait"), SECONDS, note=gettext_lazy("mean time from asking to the permission")),
    Column("longest", gettext_lazy("Longest wait"), SECONDS),
    Column("refused", gettext_lazy("Refused"), note=gettext_lazy("by a team leader")),
    Column("withdrawn", gettext_lazy("Taken back")),
    Column("place", gettext_lazy("Place in turn"), note=gettext_lazy("mean place when asking; 0: no line")),
]  # fmt: skip
GRANTED = {BreakAnswer.NOW, BreakAnswer.AFTER_CALL}


@dataclass(slots=True)
class Claim:
    """A break somebody asked for."""

    first: BreakAnswered
    last: BreakAnswered

    @property
    def is_granted(self) -> bool:
        """Whether the agent might go in the end."""
        return self.last.answer in GRANTED

    @property
    def wait_s(self) -> float:
        """From asking to the last answer."""
        return self.last.at - self.last.asked_at


def claims_of(filters: Filters) -> list[Claim]:
    """Return the breaks that were asked for in these days, each with its first and its last answer."""
    start, end = filters.period.start.timestamp(), filters.period.end.timestamp()
    claims: dict[tuple[str, float], Claim] = {}
    for fact in facts_of(filters, BreakAnswered, NEXT_DAY):
        if not start <= fact.asked_at < end:
            continue
        key = fact.agent_id, fact.asked_at
        claim = claims.get(key)
        if claim is None:
            claims[key] = Claim(fact, fact)
        elif not claim.is_granted:
            claim.last = fact
    return list(claims.values())


def breaks(filters: Filters) -> Table:
    """Return one row an agent: equal waits are what fairness looks like."""
    claims = claims_of(filters)
    by_agent: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_agent[claim.first.agent_id].append(claim)
    names = names_of(User, by_agent)
    longest = max((_figures(found)["mean"] or 0.0 for found in by_agent.values()), default=0.0)
    order = sorted(by_agent, key=lambda key: names.get(key, "").casefold())
    rows = [_row(names.get(key, "–"), by_agent[key], longest) for key in order]
    whole = _row(_("All together"), claims, longest) if len(rows) > 1 else None
    footnote = _("Where turns are fair, the bars are about equally long.")
    return Table(_("Agent"), COLUMNS, rows, whole, _("Mean wait"), footnote)


def _figures(claims: Iterable[Claim]) -> dict[str, float | None]:
    claims = list(claims)
    granted = [claim for claim in claims if claim.is_granted]
    waits = [claim.wait_s for claim in granted]
    return {
        "asked": len(claims),
        "granted": len(granted),
        "at_once": share(sum(claim.first.answer in GRANTED for claim in granted), len(granted)),
        "mean": mean(waits),
        "longest": max(waits, default=None),
        "refused": sum(claim.last.answer is BreakAnswer.REFUSED for claim in claims),
        "withdrawn": sum(claim.last.answer is BreakAnswer.WITHDRAWN for claim in claims),
        "place": mean([float(claim.first.place) for claim in claims]),
    }


def _row(label: str, claims: Iterable[Claim], longest: float) -> Row:
    figures = _figures(claims)
    wait = figures["mean"]
    return Row(label, figures, bar=[Segment("plain", min(wait / longest, 1.0), label)] if wait and longest else [])
