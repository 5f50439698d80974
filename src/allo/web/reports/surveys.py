"""How do callers rate us? Surveys by queue or agent; and greetings: how long callers stay after them, how they rate.

Marks of any scale are told on one to 5. Which keys a question had is known from the queue's survey as it is set up.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.core.facts import GreetingPlayed, SurveyAnswered, SurveyCommented, SurveyStarted
from allo.data.models import CallRecord, CallResult, Greeting, GreetingKind, Queue, QueueSurvey, User
from allo.web.reports.kept_facts import NEXT_DAY, facts_of, mean, names_of, share
from allo.web.reports.shares import automatic_ids
from allo.web.reports.table import MARK, SECONDS, SHARE, Column, Row, Segment, Table
from allo.web.reports.transfers import bar_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.web.reports.filters import Filters

BEST = 5
YES_NO = "12"
MARK_COLUMNS = [
    Column("mark", gettext_lazy("Mark"), MARK, note=gettext_lazy("mean of all marks, on a scale to 5")),
    Column("yes", gettext_lazy("Yes"), SHARE, note=gettext_lazy("yes / answers to questions for yes or no")),
]
COLUMNS = [
    Column("asked", gettext_lazy("Asked")),
    Column("answered", gettext_lazy("Answered"), note=gettext_lazy("callers who answered at least one question")),
    Column("answered_share", gettext_lazy("Share"), SHARE, note=gettext_lazy("answered / asked")),
    *MARK_COLUMNS,
    Column("comments", gettext_lazy("Spoken comments")),
]
GREETING_COLUMNS = [
    Column("heard", gettext_lazy("Heard"), note=gettext_lazy("calls in which it was played")),
    Column("early", gettext_lazy("Left during it"), SHARE, note=gettext_lazy("left before the queue / heard")),
    Column(
        "gone", gettext_lazy("Left while waiting"), SHARE, note=gettext_lazy("abandoned / calls that entered the queue")
    ),
    Column("stayed", gettext_lazy("Stayed"), SECONDS, note=gettext_lazy("mean wait of those who left while waiting")),
    *MARK_COLUMNS,
]


@dataclass(slots=True)
class _Found:
    asked: int = 0
    answered: set[str] = field(default_factory=set)
    marks: list[float] = field(default_factory=list)
    yes: list[float] = field(default_factory=list)
    comments: int = 0

    def add(self, fact: SurveyAnswered, keys: str) -> None:
        """Count an answer."""
        self.answered.add(fact.call_id)
        if keys == YES_NO:
            self.yes.append(float(fact.key == "1"))
        elif fact.key.isdecimal():
            best = 10 if "0" in keys else len(keys)
            self.marks.append((int(fact.key) or 10) * BEST / best)


def surveys(filters: Filters, *, by_agent: bool) -> Table:
    """Return one row a queue, or one an agent."""
    found: defaultdict[str, _Found] = defaultdict(_Found)
    keys = _keys()

    def whose(fact: SurveyStarted | SurveyAnswered | SurveyCommented) -> str:
        return fact.agent_id if by_agent else fact.queue_id

    asked: set[str] = set()
    for started in facts_of(filters, SurveyStarted):
        found[whose(started)].asked += 1
        asked.add(started.call_id)
    for answered in facts_of(filters, SurveyAnswered, NEXT_DAY):
        if answered.call_id in asked:
            found[whose(answered)].add(answered, keys.get((answered.queue_id, answered.question), "12345"))
    for commented in facts_of(filters, SurveyCommented, NEXT_DAY):
        found[whose(commented)].comments += commented.call_id in asked
    names = names_of(User if by_agent else Queue, found)
    hidden = set() if filters.with_automatic or not by_agent else automatic_ids()
    order = sorted(found.keys() - hidden, key=lambda key: names.get(key, "").casefold())
    rows = [_row(names.get(key, "–"), [found[key]]) for key in order]
    whole = _row(_("All together"), [found[key] for key in order]) if len(rows) > 1 else None
    return Table(_("Agent") if by_agent else _("Queue"), COLUMNS, rows, whole, _("The mark"))


def _keys() -> dict[tuple[str, str], str]:
    found = {}
    for survey in QueueSurvey.objects.all():
        for question, keys in (
            (survey.first_question_id, survey.first_keys),
            (survey.second_question_id, survey.second_keys),
        ):
            found[str(survey.queue_id), str(question)] = keys
    return found


def _row(label: str, parts: Iterable[_Found]) -> Row:
    parts = list(parts)
    asked, answered = sum(one.asked for one in parts), sum(len(one.answered) for one in parts)
    marks = _marks(parts)
    figures: dict[str, float | None] = {
        "asked": asked,
        "answered": answered,
        "answered_share": share(answered, asked),
        "comments": sum(one.comments for one in parts),
        **marks,
    }
    return Row(label, figures, bar=_bar(marks["mark"], label))


def _marks(parts: Iterable[_Found]) -> dict[str, float | None]:
    parts = list(parts)
    marks = [mark for one in parts for mark in one.marks]
    return {"mark": mean(marks), "yes": mean([answer for one in parts for answer in one.yes])}


def _bar(mark: float | None, label: str) -> list[Segment]:
    return [Segment("success", mark / BEST, label)] if mark is not None else []


def greetings(filters: Filters) -> Table:
    """Return one row a greeting which callers heard; a call's last one counts."""
    names = {str(row.pk): str(row) for row in Greeting.objects.filter(kind=GreetingKind.GREETING)}
    played = facts_of(filters, GreetingPlayed)  # other prompts too
    heard = {fact.call_id: fact.greeting for fact in played if fact.greeting in names}
    marks: defaultdict[str, _Found] = defaultdict(_Found)
    keys = _keys()
    for fact in facts_of(filters, SurveyAnswered, NEXT_DAY):
        if fact.call_id in heard:
            marks[heard[fact.call_id]].add(fact, keys.get((fact.queue_id, fact.question), "12345"))
    calls: defaultdict[str, list[tuple[str, bool, float]]] = defaultdict(list)
    period = filters.period
    rows = CallRecord.objects.filter(arrived_at__gte=period.start, arrived_at__lt=period.end).exclude(outcome="")
    if filters.queue is not None:
        rows = rows.filter(queue=filters.queue)
    for call_id, outcome, entered_at, wait_s in rows.values_list(
        "call_id", "outcome", "entered_at", "wait_s"
    ).iterator():
        if call_id in heard:
            calls[heard[call_id]].append((outcome, entered_at is not None, wait_s))
    order = sorted(calls, key=lambda key: names[key].casefold())
    return Table(
        _("Greeting"), GREETING_COLUMNS, [_greeting_row(names[key], calls[key], marks[key]) for key in order], None,
        _("Stayed, left"),
    )  # fmt: skip


def _greeting_row(label: str, calls: list[tuple[str, bool, float]], marks: _Found) -> Row:
    early = sum(outcome == CallResult.LEFT_EARLY for outcome, _entered, _wait in calls)
    waits = [wait for outcome, _entered, wait in calls if outcome == CallResult.ABANDONED]
    entered = sum(has_entered for _outcome, has_entered, _wait in calls)
    figures: dict[str, float | None] = {
        "heard": len(calls),
        "early": share(early, len(calls)),
        "gone": share(len(waits), entered),
        "stayed": mean(waits),
        **_marks([marks]),
    }
    gone = early + len(waits)
    return Row(label, figures, bar=bar_of([("in-time", len(calls) - gone, _("Stayed")), ("lost", gone, _("Left"))]))
