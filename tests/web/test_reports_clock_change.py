"""Days of 23 and of 25 hours: no interval is lost, doubled or named like another, and sums are those of the rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from allo import installation
from allo.core.agent_states import AgentState as State
from allo.data.models import AgentInterval, Membership, Queue
from allo.web.reports import adherence as adherence_report
from allo.web.reports import adherence_chart, tallies
from allo.web.reports import agents as agents_report
from allo.web.reports import answering as answering_report
from allo.web.reports.calls import find_calls
from allo.web.reports.filters import Filters, read_filters
from allo.web.reports.periods import Period, Steps, clock_of, clock_s, midnight
from tests.web.made_facts import Story

if TYPE_CHECKING:
    from allo.data.models import User
    from tests.web.conftest import People, Visit

HOUR = 3600.0
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
BERLIN, MOSCOW = "Europe/Berlin", "Europe/Moscow"
LATER = datetime(2026, 11, 2, 12, tzinfo=UTC)


@dataclass
class Day:
    """A day of a centre, and what was done on it."""

    day: date
    zone: ZoneInfo
    hours: int
    queue: Queue
    watch: User
    """At work from midnight to midnight."""
    night: User
    """At work from 22:00 of the evening before until 06:00, with a break from 01:30 until 03:30 by the clock."""

    @property
    def begins(self) -> float:
        return midnight(self.day, self.zone).timestamp()

    @property
    def query(self) -> str:
        return f"from={self.day}&to={self.day}"

    def at(self, hour: int, minute: int = 0, days: int = 0) -> float:
        """An instant by the clock on the wall, of which there is only one."""
        day = self.day + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone).timestamp()

    def filters(self, by: str = "30", agent: User | None = None, before: int = 0) -> Filters:
        return Filters(Period(self.day - timedelta(days=before), self.day, self.zone), by=by, agent=agent)


@pytest.fixture(
    params=[(BERLIN, SPRING, 23), (BERLIN, AUTUMN, 25), (MOSCOW, SPRING, 24), (MOSCOW, AUTUMN, 24)],
    ids=lambda one: f"{one[0]}-{one[1]}",
)
def day(request: pytest.FixtureRequest, people: People) -> Iterator[Day]:
    """A call enters in every quarter of an hour and is answered after 10 s; the reports are read in November."""
    name, on, hours = request.param
    zone = ZoneInfo(name)
    with pytest.MonkeyPatch.context() as patch, timezone.override(zone), translation.override("en"):
        patch.setenv("ALLO_TIME_ZONE", name)
        patch.setattr(timezone, "now", lambda: LATER)
        installation.current.cache_clear()
        queue = Queue.objects.create(name="Sales", service_level_target_s=20)
        found = Day(on, zone, hours, queue, people["agent"], people["colleague"])
        Membership.objects.create(user=found.watch, queue=queue)
        _tell(found)
        yield found
    installation.current.cache_clear()


def _tell(day: Day) -> None:
    story = Story()
    story.state(day.watch, day.begins, State.READY)
    for quarter in range(day.hours * 4):
        at = day.begins + quarter * 900.0
        story.answered(at, day.queue, day.watch, wait_s=10.0, talk_s=200.0, wrapup_s=0.0)
        story.state(day.watch, at + 10, State.ON_CALL)
        story.state(day.watch, at + 210, State.READY, day.queue)
    story.state(day.watch, day.begins + day.hours * HOUR, State.OFFLINE)
    story.state(day.night, day.at(22, days=-1), State.READY)
    story.state(day.night, day.at(1, 30), State.NOT_READY, reason="logged_in")
    story.state(day.night, day.at(3, 30), State.READY)
    story.state(day.night, day.at(6), State.OFFLINE)
    story.write()


def file_of(visit: Visit, address: str) -> list[dict[str, str]]:
    text = visit("leader").get(f"{address}&format=csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_answering_has_each_interval_once(day: Day, visit: Visit, people: People, minutes: int) -> None:
    table = answering_report.answering(day.filters(str(minutes)))
    each = minutes // 15
    assert [row.figures["entered"] for row in table.rows] == [each] * (day.hours * 60 // minutes)
    assert [row.figures["in_target"] for row in table.rows] == [each] * len(table.rows)
    labels = [row.label for row in table.rows]
    assert [label for label, count in Counter(labels).items() if count > 1] == [], "each interval has its own name"
    assert labels[0].startswith("00:00–")
    assert labels[-1].endswith("–00:00")
    of_queue = answering_report.answering(replace(day.filters(str(minutes)), queue=day.queue))
    assert [row.figures["occupancy"] for row in of_queue.rows] == [pytest.approx(200 / 900)] * len(table.rows)
    assert table.sum_row is not None
    for key in ("entered", "answered", "in_target", "abandoned"):
        assert table.sum_row.figures[key] == sum(row.figures[key] or 0 for row in table.rows), key
    for row in table.rows:
        query = QueryDict(row.links["entered"].partition("?")[2])
        asked = {name: str(query[name]) for name in query}
        assert find_calls(people["leader"], read_filters(query, people["leader"]), asked).count() == each, row.label
    lines = file_of(visit, f"/reports/answering?{day.query}&by={minutes}")
    assert [line["Time"] for line in lines] == labels
    assert [line["Entered"] for line in lines] == [str(each)] * len(labels)


def test_the_hour_that_comes_twice_says_which_it_is_and_the_one_that_is_left_out_is_not_there(day: Day) -> None:
    labels = [row.label for row in answering_report.answering(day.filters("30")).rows]
    at_two = [label for label in labels if "02:" in label]
    if day.hours == 25:
        assert at_two == [
            "01:30–02:00 CEST", "02:00 CEST–02:30 CEST", "02:30 CEST–02:00 CET", "02:00 CET–02:30 CET",
            "02:30 CET–03:00",
        ]  # fmt: skip
    elif day.hours == 23:
        assert at_two == []
        assert "01:30–03:00" in labels
    else:
        assert at_two == ["01:30–02:00", "02:00–02:30", "02:30–03:00"]


def test_seconds_of_the_intervals_are_those_of_the_day(day: Day) -> None:
    spent = [
        sum(one.seconds.values())
        for minutes in (15, 30, 60)
        for one in [
            tallies.total_time(
                tallies.time_by_step(day.filters(), Steps(day.filters().period.by_minutes(minutes))).values()
            )
        ]
    ]
    watch, night = day.hours * HOUR, day.at(6) - day.begins
    assert spent == [pytest.approx(watch + night)] * 3
    by_agent = tallies.time_by_agent(day.filters())
    assert by_agent[day.watch.pk].logged_in_s == pytest.approx(watch)
    (row,) = agents_report.days_of_agent(day.filters(agent=day.watch)).rows
    assert row.figures["logged_in"] == pytest.approx(watch)


def test_states_of_a_day_page_file_and_chart(day: Day, visit: Visit) -> None:
    table = adherence_report.adherence(day.filters())
    rows = {row.label: row.figures for row in table.rows}
    watch, night = rows[str(day.watch)], rows[str(day.night)]
    assert [watch[key] for key in ("first", "last", "at_work", "presence")] == [0, 24 * HOUR, day.hours * HOUR, 1]
    change_s = (24 - day.hours) * HOUR
    assert [night[key] for key in ("first", "last")] == [0, 6 * HOUR], "by the clock on the wall"
    assert [night[key] for key in ("at_work", "system")] == [6 * HOUR - change_s, 2 * HOUR - change_s]
    assert table.sum_row is not None
    for key in ("at_work", "ready", "on_call", "system"):
        assert table.sum_row.figures[key] == pytest.approx(sum(row.figures[key] or 0 for row in table.rows)), key
    lines = {line["Agent"]: line for line in file_of(visit, f"/reports/adherence?{day.query}")}
    assert len(lines) == 2
    for person, figures in ((day.watch, watch), (day.night, night)):
        line = lines[str(person)]
        assert float(line["At work, seconds"]) == figures["at_work"]
        assert float(line["Ready, seconds"]) == pytest.approx(figures["ready"])
    assert (lines[str(day.night)]["First login"], lines[str(day.night)]["Last logout"]) == ("00:00:00", "06:00:00")
    assert lines[str(day.watch)]["Last logout"] == "24:00:00"
    chart = adherence_chart.chart(day.filters())
    assert chart is not None
    assert len(chart["labels"]) == len(set(chart["labels"])) == day.hours * 2
    drawn = sum(sum(one["values"]) for one in chart["series"]) * 1800
    assert drawn == pytest.approx(table.sum_row.figures["at_work"], abs=1800 * 0.001 * day.hours * 2)
    text = visit("leader").get(f"/reports/adherence?{day.query}").content.decode()
    assert ">06:00<" in text


def test_states_of_two_days_add_up_to_the_whole_shift(day: Day, visit: Visit) -> None:
    evening, morning = adherence_report.adherence(day.filters("day", day.night, before=1)).rows
    assert [evening.figures[key] for key in ("first", "last", "at_work")] == [22 * HOUR, 24 * HOUR, 2 * HOUR]
    assert [morning.figures[key] for key in ("first", "last")] == [0, 6 * HOUR]
    whole = day.at(6) - day.at(22, days=-1)
    assert (evening.figures["at_work"] or 0) + (morning.figures["at_work"] or 0) == whole
    together = {row.label: row for row in adherence_report.adherence(day.filters("day", before=1)).rows}
    assert together[str(day.night)].figures["at_work"] == whole
    first = day.day - timedelta(days=1)
    lines = file_of(visit, f"/reports/adherence?from={first}&to={day.day}&agent={day.night.pk}")
    assert [(line["Day"], line["First login"], line["Last logout"]) for line in lines] == [
        (str(first), "22:00:00", "24:00:00"),
        (str(day.day), "00:00:00", "06:00:00"),
    ]
    chart = adherence_chart.chart(day.filters("day", day.night, before=1))
    assert chart is not None
    hours = [sum(values) for values in zip(*(one["values"] for one in chart["series"]), strict=True)]
    assert hours == pytest.approx([2, (whole - 2 * HOUR) / HOUR], abs=0.01)


def test_of_several_days_there_is_no_first_login(day: Day) -> None:
    """Who worked on one of them only has no clock of seventy hours."""
    rows = {row.label: row for row in adherence_report.adherence(day.filters("day", before=3)).rows}
    figures = rows[str(day.watch)].figures
    assert [figures[key] for key in ("first", "last", "at_work")] == [None, None, day.hours * HOUR]


def test_a_shift_that_goes_on_has_worked_its_past_day_to_the_end(day: Day) -> None:
    AgentInterval.objects.filter(agent=day.night).delete()
    since = datetime.fromtimestamp(day.at(20), UTC)
    AgentInterval.objects.create(agent=day.night, state=State.READY, started_at=since)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: since + timedelta(hours=6))
        period = Period(day.day, day.day + timedelta(days=1), day.zone)
        past, now = adherence_report.adherence(Filters(period, agent=day.night)).rows
    assert [past.figures[key] for key in ("first", "last")] == [20 * HOUR, 24 * HOUR]
    assert [now.figures[key] for key in ("first", "last")] == [0, None]


def test_the_clock_on_the_wall() -> None:
    berlin = ZoneInfo(BERLIN)
    begins = midnight(AUTUMN, berlin).timestamp()
    shown = [clock_of(datetime.fromtimestamp(begins + hour * HOUR, berlin)) for hour in range(5)]
    assert shown == ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00"]
    assert clock_s(begins + 3 * HOUR, AUTUMN, berlin) == 2 * HOUR
    assert clock_s(begins + 25 * HOUR, AUTUMN, berlin) == 24 * HOUR
    begins = midnight(SPRING, berlin).timestamp()
    assert clock_s(begins + 2 * HOUR, SPRING, berlin) == 3 * HOUR
    assert clock_s(begins + 23 * HOUR, SPRING, berlin) == 24 * HOUR
