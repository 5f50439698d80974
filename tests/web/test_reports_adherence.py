"""Adherence to states: days told by hand, figure by figure; the page, its chart and its file say the same."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from allo.core import facts as fa
from allo.core.agent_states import AgentState as State
from allo.core.break_plan import BreakAnswer
from allo.data.ledger import Entry, write_facts
from allo.data.models import AgentInterval, BreakReason
from allo.web.reports import adherence as report
from allo.web.reports import adherence_chart
from allo.web.reports.filters import Filters
from allo.web.reports.periods import Period
from tests.web.made_facts import Story

if TYPE_CHECKING:
    from allo.data.models import User
    from allo.web.reports.table import Row
    from tests.web.conftest import People, Visit

ZONE = ZoneInfo("UTC")
DAY = date(2026, 1, 15)
MIDNIGHT = datetime(2026, 1, 15, tzinfo=UTC).timestamp()
QUERY = "from=2026-01-15&to=2026-01-15"
_entries = count(1)


def at(hour: int, minute: int = 0, second: int = 0) -> float:
    return MIDNIGHT + hour * 3600 + minute * 60 + second


def answered(agent: User, asked_at: float, when: float, answer: BreakAnswer, reason: str) -> None:
    fact = fa.BreakAnswered(when, agent.agent_id, reason, "meal", asked_at, answer, 0.0, 0, "")
    write_facts([Entry(1, f"b-{next(_entries)}", fact)])


@pytest.fixture
def lunch(people: People) -> BreakReason:
    return BreakReason.objects.create(name="Lunch", typical_min=30)


@pytest.fixture
def worked(people: People, lunch: BreakReason) -> User:
    """09:00 to 18:00 with an hour logged out, two lunches, an unanswered call; two breaks were asked for."""
    agent, story, reason = people["agent"], Story(), str(lunch.pk)
    for moment, state, why in (
        (at(9), State.NOT_READY, "logged_in"),
        (at(9, 1), State.READY, ""),
        (at(10), State.OFFERED, ""),
        (at(10, 0, 10), State.ON_CALL, ""),
        (at(10, 30), State.WRAP_UP, ""),
        (at(10, 40), State.NOT_READY, reason),
        (at(11, 25), State.OFFLINE, ""),
        (at(12, 25), State.READY, ""),
        (at(13), State.NOT_READY, reason),
        (at(13, 20), State.NOT_READY, "no_answer"),
        (at(13, 21), State.READY, ""),
        (at(18), State.OFFLINE, ""),
    ):
        story.state(agent, moment, state, reason=why)
    story.write()
    answered(agent, at(10), at(10), BreakAnswer.LATER, reason)
    answered(agent, at(10), at(10, 40), BreakAnswer.NOW, reason)
    answered(agent, at(15), at(15), BreakAnswer.REFUSED, reason)
    return agent


def only(first: date = DAY, last: date = DAY, agent: User | None = None) -> list[Row]:
    return report.adherence(Filters(Period(first, last, ZONE), agent=agent)).rows


def test_every_figure_of_a_day(worked: User, lunch: BreakReason) -> None:
    (row,) = only()
    assert row.label == str(worked)
    minutes = {key: None if value is None else value / 60 for key, value in row.figures.items()}
    assert (minutes["first"], minutes["last"]) == (9 * 60, 18 * 60)
    assert (minutes["at_work"], minutes["away"]) == (8 * 60, 60)
    assert row.figures["presence"] == pytest.approx(8 / 9)
    assert minutes["ready"] == 59 + 35 + 4 * 60 + 39
    assert minutes["on_call"] == pytest.approx(30 - 10 / 60)
    assert minutes["wrap_up"] == 10
    assert row.figures["offered"] == 10
    assert minutes[f"break_{lunch.pk}"] == 45 + 20
    assert minutes["system"] == 1 + 1
    assert [row.figures[key] for key in ("granted", "taken", "overrun")] == [1, 2, 1]
    assert minutes["over"] == 15
    assert sum(part.share for part in row.bar) == pytest.approx(1)


def test_a_night_shift_belongs_to_both_days_and_its_break_to_the_first(people: People, lunch: BreakReason) -> None:
    agent, story = people["agent"], Story()
    story.state(agent, at(22), State.READY)
    story.state(agent, at(23, 50), State.NOT_READY, reason=str(lunch.pk))
    story.state(agent, at(24, 30), State.READY)
    story.state(agent, at(30), State.OFFLINE)
    story.write()
    evening, morning = only(last=DAY + timedelta(days=1), agent=agent)
    assert [evening.figures[key] for key in ("first", "last", "at_work")] == [22 * 3600, 24 * 3600, 2 * 3600]
    assert [morning.figures[key] for key in ("first", "last", "at_work")] == [0, 6 * 3600, 6 * 3600]
    assert [evening.figures[key] for key in ("taken", "overrun", "over")] == [1, 1, 600]
    assert [morning.figures[key] for key in ("taken", "overrun", "over")] == [0, 0, None]
    (together,) = only(last=DAY + timedelta(days=1))
    assert (together.figures["first"], together.figures["at_work"]) == (None, 8 * 3600)


def test_who_is_at_work_has_not_logged_out(people: People) -> None:
    now = datetime.now(UTC)
    AgentInterval.objects.create(agent=people["agent"], state=State.READY, started_at=now - timedelta(minutes=1))
    (row,) = only(now.date(), now.date())
    assert row.figures["last"] is None
    assert row.figures["first"] is not None
    assert 0 < (row.figures["at_work"] or 0) < 120


def test_a_deleted_reason_that_was_taken_keeps_its_column_and_others_go(worked: User, lunch: BreakReason) -> None:
    BreakReason.objects.create(name="Never taken", is_active=False)
    BreakReason.objects.filter(pk=lunch.pk).update(is_active=False)
    labels = [str(column.label) for column in report.adherence(Filters(Period(DAY, DAY, ZONE))).columns]
    assert "Lunch" in labels
    assert "Never taken" not in labels


def test_page_file_and_chart_say_the_same(visit: Visit, worked: User, lunch: BreakReason) -> None:
    page = visit("leader").get(f"/reports/adherence?{QUERY}")
    text = page.content.decode()
    for words in ("When were our agents at work", "First login", "09:00", "18:00", "8:00:00", "Lunch", "data-stack"):
        assert words in text, words
    file = visit("leader").get(f"/reports/adherence?{QUERY}&format=csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(file))
    assert line["Agent"] == str(worked)
    assert line["Day"] == "2026-01-15"
    assert (line["First login"], line["Last logout"]) == ("09:00:00", "18:00:00")
    assert (line["Lunch, seconds"], line["At work, seconds"], line["Presence, 0 to 1"]) == (
        "3900.0",
        "28800.0",
        "0.8889",
    )
    chart = page.context["chart"]
    drawn = sum(sum(one["values"]) for one in chart["series"]) * 1800
    assert drawn == pytest.approx(float(line["At work, seconds"]), abs=30)
    assert (chart["labels"][0], chart["labels"][-1]) == ("09:00", "17:30")


def test_the_chart_of_several_days_counts_hours(worked: User) -> None:
    shown = adherence_chart.chart(Filters(Period(DAY - timedelta(days=1), DAY, ZONE)))
    assert shown is None, "one day alone is no picture"
    story = Story(prefix="more")
    story.state(worked, at(-15), State.READY)
    story.state(worked, at(-12), State.OFFLINE)
    story.write()
    shown = adherence_chart.chart(Filters(Period(DAY - timedelta(days=1), DAY, ZONE)))
    assert shown is not None
    assert [sum(values) for values in zip(*(one["values"] for one in shown["series"]), strict=True)] == pytest.approx(
        [3, 8], abs=0.01
    )


def test_it_is_for_leaders_and_automatic_agents_stand_apart(visit: Visit, people: People, worked: User) -> None:
    assert visit("agent").get(f"/reports/adherence?{QUERY}").status_code == 403
    assert visit().get("/reports/adherence").status_code == 302
    worked.is_automatic = True
    worked.save()
    assert only() == []
    assert "Nobody was at work" in visit("leader").get(f"/reports/adherence?{QUERY}").content.decode()
    assert str(worked) in visit("leader").get(f"/reports/adherence?{QUERY}&automatic=1").content.decode()
