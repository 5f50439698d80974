"""Figures: the page, the file and the tally of the facts say the same, and each figure lists exactly its calls."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from allo import installation
from allo.core.facts import AgentStateChanged, CallEnded, FlowedOut, Outcome, WrapUpEnded
from allo.core.metrics import FORMULAS, CallTally, ServiceLevelRule, TimeTally
from allo.data.models import CallRecord, Disposition, Membership, Queue, User
from allo.web.reports import agents as agents_report
from allo.web.reports import answering as answering_report
from allo.web.reports import outcomes as outcomes_report
from allo.web.reports import pages, tallies, words
from allo.web.reports.calls import KINDS, find_calls
from allo.web.reports.filters import Filters, read_filters
from allo.web.reports.periods import Period, midnight
from allo.web.reports.table import Column, Row, Table, shown
from tests.web.made_facts import Story, make_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.web.conftest import People, Visit

MONDAY, TUESDAY = date(2026, 1, 12), date(2026, 1, 13)


@pytest.fixture
def zone() -> Iterator[ZoneInfo]:
    """A centre in Moscow, whose days are not UTC's."""
    here = ZoneInfo("Europe/Moscow")
    with pytest.MonkeyPatch.context() as patch, timezone.override(here), translation.override("en"):
        patch.setenv("ALLO_TIME_ZONE", "Europe/Moscow")
        installation.current.cache_clear()
        yield here
    installation.current.cache_clear()


@dataclass
class Centre:
    queues: list[Queue]
    agents: list[User]
    dispositions: list[Disposition]
    story: Story
    zone: ZoneInfo

    def filters(self, first: date = MONDAY, last: date = TUESDAY, by: str = "queue") -> Filters:
        return Filters(Period(first, last, self.zone), by=by)


@pytest.fixture
def centre(people: People, zone: ZoneInfo) -> Centre:
    """Two days of three agents and two queues with different targets."""
    queues = [
        Queue.objects.create(name="Sales", service_level_target_s=20, short_abandon_s=5),
        Queue.objects.create(name="Support", service_level_target_s=45, short_abandon_s=10),
    ]
    agents = [people["agent"], people["colleague"]]
    agents += [User.objects.create_user(f"more{place}", display_name=f"More {place}") for place in range(1)]
    for agent in agents:
        Membership.objects.create(user=agent, queue=queues[0])
    Membership.objects.create(user=agents[0], queue=queues[1])
    dispositions = [Disposition.objects.create(name="Sold", is_success=True), Disposition.objects.create(name="No")]
    days = [midnight(day, zone).timestamp() for day in (MONDAY, TUESDAY)]
    story = make_days(days, queues, agents, dispositions, seed=7, calls_an_hour=28)
    story.lost(days[0] + 10 * 3600, queues[0], 30.0, Outcome.FAILED)
    story.lost(days[0] + 8 * 3600, queues[0], 70.0, Outcome.NOT_REACHED, is_callback=True)
    story.answered(days[0] + 8 * 3600, queues[0], agents[0], wait_s=80.0, is_callback=True, disposition=dispositions[0])
    story.not_kept(days[0] + 11 * 3600, queues[0], 300.0)
    story.not_kept(days[1] + 12 * 3600, queues[1], 15.0)
    story.not_kept(days[1] + 13 * 3600, queues[1], was_waiting=False)
    story.write()
    return Centre(queues, agents, dispositions, story, zone)


def fold(story: Story, centre: Centre, since: float = 0.0, until: float = 1e12) -> dict[str, CallTally]:
    """Tallies by queue, agent ("agent 5") and outcome of the raw facts, as `core.metrics` defines them."""
    queues = {queue.queue_id: queue for queue in centre.queues}
    found: defaultdict[str, CallTally] = defaultdict(CallTally)
    places: dict[str, list[str]] = {}
    endings = {fact.call_id: fact.disposition for fact in story.told if isinstance(fact, WrapUpEnded)}
    for fact in story.told:
        if isinstance(fact, CallEnded) and fact.entered_at and since <= fact.entered_at < until:
            queue = queues[fact.queue_id]
            places[fact.call_id] = ["all", f"queue {fact.queue_id}"]
            if fact.agent_id:
                places[fact.call_id] += [f"agent {fact.agent_id}", f"outcome {endings.get(fact.call_id, '')}"]
            for place in places[fact.call_id]:
                found[place].add_call(fact, queue.service_level_target_s, queue.short_abandon_s)
    for fact in story.told:
        if isinstance(fact, FlowedOut) and since <= fact.at < until:
            for place in ("all", f"queue {fact.queue_id}"):
                found[place].add_flow_out(fact, queues[fact.queue_id].service_level_target_s)
        if isinstance(fact, WrapUpEnded):
            for place in places.get(fact.call_id, []):
                found[place].add_wrapup(fact)
    return found


def fold_time(story: Story) -> dict[str, TimeTally]:
    found: defaultdict[str, TimeTally] = defaultdict(TimeTally)
    for fact in story.told:
        if isinstance(fact, AgentStateChanged):
            found[fact.agent_id].add_interval(fact)
            found["all"].add_interval(fact)
    return found


def says(row: Row, tally: CallTally) -> None:
    expected = {
        "entered": tally.entered,
        "answered": tally.answered,
        "in_target": tally.answered_in_target,
        "abandoned": tally.abandoned,
        "callbacks": tally.callbacks,
        "flowed_out": tally.flowed_out,
        "turned_away": tally.turned_away,
        "service_level": tally.service_level(),
        "abandonment": tally.abandonment,
        "asa": tally.asa_s,
        "longest": tally.longest_wait_s,
        "aht": tally.aht_s,
    }
    for key, value in expected.items():
        assert row.figures[key] == pytest.approx(value, abs=1e-4), key


# The tables against the facts -----------------------------------------------------------------------------------------


def test_every_queue_and_the_whole_say_what_the_facts_say(centre: Centre) -> None:
    folded, time = fold(centre.story, centre), fold_time(centre.story)
    table = answering_report.answering(centre.filters())
    assert [row.label for row in table.rows] == ["Sales", "Support"]
    for row, queue in zip(table.rows, centre.queues, strict=True):
        says(row, folded[f"queue {queue.queue_id}"])
    assert table.sum_row is not None
    says(table.sum_row, folded["all"])
    assert table.sum_row.figures["occupancy"] == pytest.approx(time["all"].occupancy, abs=1e-4)
    assert (folded["all"].failed, folded["all"].flowed_out, folded["all"].turned_away) == (1, 2, 1)
    assert folded["all"].abandoned > folded["all"].short_abandons > 0, "the made days have every kind of call"


@pytest.mark.parametrize(
    ("rule", "formula"),
    [
        ("", "answered within the target / (answered + abandoned - short abandons)"),
        ("asterisk", "answered within the target / answered"),
        ("left_queue", "left the queue within the target, answered or not / (entered + flow-outs)"),
        ("flow_outs", "answered within the target / (answered + abandoned - short abandons + flow-outs)"),
        ("no such rule", "answered within the target / (answered + abandoned - short abandons)"),
    ],
)
def test_the_service_level_can_be_counted_in_each_of_the_usual_ways(
    centre: Centre, visit: Visit, rule: str, formula: str
) -> None:
    page = visit("leader").get(f"/reports/answering?from={MONDAY}&to={TUESDAY}&by=queue&level={rule}")
    whole = fold(centre.story, centre)["all"]
    counted = ServiceLevelRule(rule) if rule in pages.LEVELS else ServiceLevelRule.STANDARD
    assert page.context["table"].sum_row.figures["service_level"] == pytest.approx(whole.service_level(counted))
    assert f'<dd id="about-service_level">{formula}</dd>' in page.content.decode()
    assert [one.label for one in page.context["levels"] if one.is_chosen] == [pages.LEVELS[counted.value]]


def test_occupancy_is_of_people_and_calls_are_everybodys(centre: Centre, visit: Visit) -> None:
    automatic = centre.agents[0]
    automatic.is_automatic = True
    automatic.save()
    time = fold_time(centre.story)
    of_people = tallies.total_time(time[agent.agent_id] for agent in centre.agents[1:])
    assert of_people.occupancy != pytest.approx(time["all"].occupancy, abs=1e-3)
    for by in ("queue", "day", "30"):
        table = answering_report.answering(centre.filters(by=by))
        assert table.sum_row is not None
        assert table.sum_row.figures["occupancy"] == pytest.approx(of_people.occupancy, abs=1e-4), by
        assert table.sum_row.figures["answered"] == fold(centre.story, centre)["all"].answered
    said = "wrap-up; automatic agents do not count"
    assert answering_report.COLUMNS[-1].about.endswith(said)
    page = visit("leader").get("/reports/answering?from=2026-01-12&to=2026-01-13").content.decode()
    assert page.count(said) > 1
    with translation.override("ru"):
        assert answering_report.COLUMNS[-1].about.endswith("; автоматические операторы не учитываются")
    assert Column("x", "X", note="a note").about == "a note"


@pytest.mark.parametrize(("by", "last", "seconds"), [("15", MONDAY, 900), ("30", MONDAY, 1800), ("60", TUESDAY, 3600)])
def test_every_interval_says_what_the_facts_say(centre: Centre, by: str, last: date, seconds: int) -> None:
    table = answering_report.answering(centre.filters(MONDAY, last, by))
    assert len(table.rows) >= 9 * 3600 / seconds - 1
    period = centre.filters(MONDAY, last).period
    counted = 0
    for step in period.by_minutes(int(by)):
        clock = f"{step.start:%H:%M}–{step.end:%H:%M}"
        day = answering_report.day_name(step.start.date())
        label = clock if last == MONDAY else f"{day}, {clock}"
        folded = fold(centre.story, centre, step.start.timestamp(), step.end.timestamp())
        rows = [row for row in table.rows if row.label == label]
        if rows and folded:
            says(rows[0], folded["all"])
            counted += folded["all"].entered
        else:
            assert not folded, label
    assert table.sum_row is not None
    assert counted == table.sum_row.figures["entered"]


def test_every_day_says_what_the_facts_say(centre: Centre) -> None:
    table = answering_report.answering(centre.filters(by="day"))
    assert [row.label for row in table.rows] == ["Mon, 12 Jan", "Tue, 13 Jan"]
    for row, day in zip(table.rows, (MONDAY, TUESDAY), strict=True):
        start = midnight(day, centre.zone).timestamp()
        says(row, fold(centre.story, centre, start, start + 86400)["all"])


def test_every_agent_says_what_the_facts_say(centre: Centre) -> None:
    folded, time = fold(centre.story, centre), fold_time(centre.story)
    table = agents_report.agents(centre.filters())
    assert len(table.rows) == len(centre.agents)
    by_name = {row.label: row for row in table.rows}
    for agent in centre.agents:
        row = by_name[str(agent)]
        tally, spent = folded[f"agent {agent.pk}"], time[agent.agent_id]
        assert row.figures["answered"] == tally.answered > 0
        assert row.figures["aht"] == pytest.approx(tally.aht_s)
        assert row.figures["occupancy"] == pytest.approx(spent.occupancy, abs=1e-4)
        assert row.figures["logged_in"] == pytest.approx(spent.logged_in_s, abs=0.01)
        for state in ("ready", "offered", "on_call", "wrap_up", "not_ready"):
            assert row.figures[state] == pytest.approx(spent.seconds[state], abs=0.01)
        assert sum(part.share for part in row.bar) == pytest.approx(1)


def test_an_agents_days_add_up_to_the_agents_line(centre: Centre) -> None:
    agent = centre.agents[0]
    whole = next(row for row in agents_report.agents(centre.filters()).rows if row.label == str(agent))
    filters = centre.filters()
    days = agents_report.days_of_agent(Filters(filters.period, agent=agent))
    assert len(days.rows) == 2
    assert days.sum_row is not None
    for key, value in days.sum_row.figures.items():
        assert value == pytest.approx(whole.figures[key]), key


def test_outcomes_say_what_the_facts_say(centre: Centre) -> None:
    folded = fold(centre.story, centre)
    table = outcomes_report.outcomes(centre.filters())
    by_name = {row.label: row for row in table.rows}
    for disposition in centre.dispositions:
        assert by_name[disposition.name].figures["answered"] == folded[f"outcome {disposition.pk}"].handled > 0
    assert by_name["No outcome recorded"].figures["answered"] == folded["outcome "].handled > 0
    assert folded["all"].handled == folded["all"].answered + 1, "one customer was called back and reached"
    assert table.rows[-1].label == "No outcome recorded"
    assert sum(row.figures["share"] or 0 for row in table.rows) == pytest.approx(1)


def test_an_interval_that_lasts_over_midnight_is_cut_there(people: People, zone: ZoneInfo) -> None:
    from allo.core.agent_states import AgentState

    story, night = Story(), midnight(TUESDAY, zone).timestamp()
    story.state(people["agent"], night - 600, AgentState.READY)
    story.state(people["agent"], night + 300, AgentState.OFFLINE)
    story.write()
    table = agents_report.days_of_agent(Filters(Period(MONDAY, TUESDAY, zone), agent=people["agent"]))
    assert [row.figures["ready"] for row in table.rows] == [600, 300]


def test_a_day_on_which_clocks_change_has_all_its_intervals() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = Period(date(2026, 3, 29), date(2026, 3, 29), berlin)
    autumn = Period(date(2026, 10, 25), date(2026, 10, 25), berlin)
    assert (len(spring.by_minutes(60)), len(autumn.by_minutes(60))) == (23, 25)
    for period in (spring, autumn):
        steps = period.by_minutes(30)
        assert steps[0].start == period.start
        assert steps[-1].end.timestamp() == period.end.timestamp()
        assert all(one.end.timestamp() == after.start.timestamp() for one, after in itertools.pairwise(steps))


# Links ----------------------------------------------------------------------------------------------------------------


def listed(reader: User, address: str) -> int:
    from django.http import QueryDict

    query = QueryDict(address.partition("?")[2])
    return find_calls(reader, read_filters(query, reader), {name: str(query[name]) for name in query}).count()


@pytest.mark.parametrize("by", ["queue", "30", "60", "day", "agents", "outcomes"])
def test_every_figure_lists_exactly_its_calls(centre: Centre, people: People, by: str) -> None:
    table: Table
    if by == "agents":
        table = agents_report.agents(centre.filters(by="day"))
    elif by == "outcomes":
        table = outcomes_report.outcomes(centre.filters(by="day"))
    else:
        table = answering_report.answering(centre.filters(by=by))
    followed = 0
    for row in [*table.rows, *([table.sum_row] if table.sum_row else [])]:
        for key, address in row.links.items():
            expected = row.figures["entered"] if key == "longest" else row.figures[key]
            assert listed(people["leader"], address) == expected, (row.label, key)
            followed += 1
    assert followed >= 4
    assert len(KINDS) == 13


def test_the_edges_of_time_count_alike_in_figure_and_list(centre: Centre, people: People) -> None:
    """Answered exactly at the target is in time; left exactly at the short limit is a real abandon."""
    day = date(2026, 2, 2)
    at, queue = midnight(day, centre.zone).timestamp(), centre.queues[0]
    story = Story(prefix="edge")
    for wait_s in (19.9, 20.0, 20.1):
        story.answered(at, queue, centre.agents[0], wait_s=wait_s)
    for wait_s in (4.9, 5.0, 5.1):
        story.lost(at, queue, wait_s)
    story.write()
    row = answering_report.answering(centre.filters(day, day)).rows[0]
    says(row, fold(story, centre)["all"])
    assert row.figures["in_target"] == 2
    assert row.figures["service_level"] == pytest.approx(2 / 5)
    assert listed(people["leader"], row.links["in_target"]) == 2
    for kind, count in {"late": 1, "abandoned": 3, "short": 1, "entered": 6, "answered": 3}.items():
        assert listed(people["leader"], f"?from={day}&to={day}&kind={kind}") == count, kind


def test_the_longest_wait_stands_first_behind_its_figure(centre: Centre, visit: Visit) -> None:
    row = answering_report.answering(centre.filters()).sum_row
    assert row is not None
    page = visit("leader").get(row.links["longest"]).context["calls"]
    assert page[0].wait_s == pytest.approx(row.figures["longest"])


def test_the_page_says_how_many_calls_it_lists(centre: Centre, visit: Visit) -> None:
    row = answering_report.answering(centre.filters()).sum_row
    assert row is not None
    text = visit("leader").get(row.links["abandoned"]).content.decode()
    assert f"{row.figures['abandoned']:.0f} calls" in text


# Page and file --------------------------------------------------------------------------------------------------------


def read_csv(client: Client, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="allo-[a-z]+-[0-9-]+\.csv"', response["Content-Disposition"])
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


SPAN = "from=2026-01-12&to=2026-01-13"


@pytest.mark.parametrize(
    ("path", "by"), [("/reports/answering", "queue"), ("/reports/answering", "60"), ("/reports/agents", "day"),
                     ("/reports/outcomes", "day")]
)  # fmt: skip
def test_page_file_and_table_are_the_same(centre: Centre, visit: Visit, path: str, by: str) -> None:
    client = visit("leader")
    table: Table = client.get(f"{path}?{SPAN}&by={by}").context["table"]
    html = client.get(f"{path}?{SPAN}&by={by}").content.decode()
    lines = read_csv(client, f"{path}?{SPAN}&by={by}&format=csv")
    assert len(lines) == len(table.rows) > 0
    for row, line in zip(table.rows, lines, strict=True):
        assert line[table.title] == row.label
        for column in table.columns:
            cell = next(value for name, value in line.items() if name.split(", ")[0] == str(column.label))
            value = row.figures[column.key]
            assert cell == "" if value is None else float(cell) == pytest.approx(value, abs=0.06), column.key
            assert shown(column.kind, value) in html


def test_the_file_of_calls_has_every_call(centre: Centre, visit: Visit) -> None:
    lines = read_csv(visit("leader"), f"/reports/calls?{SPAN}&format=csv")
    assert len(lines) == CallRecord.objects.count() > 300
    assert {line["Queue"] for line in lines} == {"Sales", "Support"}
    own = read_csv(visit("agent"), f"/reports/calls?{SPAN}&format=csv")
    assert {line["Agent"] for line in own} == {"Agent"}


def test_the_page_in_russian_writes_numbers_the_russian_way(centre: Centre, visit: Visit) -> None:
    client = visit("leader")
    client.cookies["allo_language"] = "ru"
    text = client.get(f"/reports/answering?{SPAN}&by=day").content.decode()
    assert "пн, 12 янв." in text
    assert re.search(r"\d+ %", text)
    data = client.get(f"/reports/answering?{SPAN}&by=day&format=csv").content.decode()
    assert re.search(r"0\.\d{4}", data), "a file keeps the point for programs"


def test_the_chart_has_the_tables_figures_and_says_them_in_words(centre: Centre, visit: Visit) -> None:
    response = visit("leader").get(f"/reports/answering?from=2026-01-12&to=2026-01-12&queue={centre.queues[0].pk}")
    table, chart = response.context["table"], response.context["chart"]
    assert chart["entered"] == [row.figures["entered"] for row in table.rows]
    assert chart["level"] == [row.figures["service_level"] for row in table.rows]
    assert chart["goal"] == 0.8
    busiest = max(table.rows, key=lambda row: row.figures["entered"])
    assert f"Most calls: {busiest.figures['entered']:.0f}, {busiest.label}." in chart["summary"]
    assert chart["summary"] in response.content.decode()


def test_formulas_on_pages_are_the_cores() -> None:
    with translation.override("en"):
        assert {name: words.formula(name) for name in FORMULAS} == FORMULAS


def test_open_time_ends_now(people: People, zone: ZoneInfo) -> None:
    from allo.core.agent_states import AgentState

    now = timezone.now()
    story, since = Story(), now.timestamp() - 50
    if datetime.fromtimestamp(since, zone).date() != now.astimezone(zone).date():
        pytest.skip("midnight lies within the last minute")
    story.state(people["agent"], since, AgentState.READY)
    story.write()
    day = now.astimezone(zone).date()
    row = agents_report.days_of_agent(Filters(Period(day, day, zone), agent=people["agent"])).rows[0]
    assert 50 <= (row.figures["ready"] or 0) < 60


def test_a_short_heading_is_heard_and_kept_in_the_file_as_the_whole_word(centre: Centre, visit: Visit) -> None:
    address = f"/reports/answering?from={MONDAY}&to={TUESDAY}&by=queue"
    text = visit("leader").get(address).content.decode()
    assert '<span aria-hidden="true">SL</span><span class="only-heard">Service level</span>' in text
    assert 'title="Service level: answered within the target /' in text
    assert "<dt>Service level (SL)</dt>" in text
    assert "<dt>Handling (AHT)</dt>" in text
    assert '<span aria-hidden="true">Turned away</span>' not in text, "as it is not shortened in English"
    header = visit("leader").get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()[0]
    for word in ("Service level, 0 to 1", "Speed of answer (ASA), seconds", "Handling (AHT), seconds"):
        assert word in header
    russian = visit("leader")
    russian.cookies["allo_language"] = "ru"
    text = russian.get(address).content.decode()
    assert '<span aria-hidden="true">Переадр.</span><span class="only-heard">Переадресовано</span>' in text


def test_time_that_no_break_took_is_not_called_a_break(centre: Centre, visit: Visit) -> None:
    """What stands under Otherwise in the report of states is in this column too."""
    address = f"/reports/agents?from={MONDAY}&to={TUESDAY}"
    header = visit("leader").get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()[0]
    assert "Not ready, seconds" in header
    assert "Breaks" not in header
    assert "<dt>Not ready</dt>" in visit("leader").get(address).content.decode()
