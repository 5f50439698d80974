"""Opening hours hold on every day of the year, those on which the clocks change too."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allo.core.hours import Hours, Interval, local_day

ZONES = ("UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
NINE_TO_SIX = (Interval(9 * 60, 18 * 60),)
WORKDAYS = (NINE_TO_SIX,) * 5 + ((),) * 2


def instant(text: str, zone: str = "UTC", fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def text(at: float | None, zone: str = "UTC") -> str:
    return "never" if at is None else datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat(" ", "minutes")[:16]


@pytest.mark.parametrize(
    ("at", "is_open", "opens", "closes"),
    [
        ("2026-03-06 08:59", False, "2026-03-06 09:00", "2026-03-06 08:59"),
        ("2026-03-06 09:00", True, "2026-03-06 09:00", "2026-03-06 18:00"),
        ("2026-03-06 18:00", False, "2026-03-10 09:00", "2026-03-06 18:00"),
        ("2026-03-09 12:00", False, "2026-03-10 09:00", "2026-03-09 12:00"),
        ("2026-12-31 10:00", True, "2026-12-31 10:00", "2026-12-31 16:00"),
        ("2026-12-31 16:00", False, "2027-01-04 09:00", "2026-12-31 16:00"),
    ],
)
def test_workdays_with_holidays_in_moscow(at: str, opens: str, closes: str, *, is_open: bool) -> None:
    zone = "Europe/Moscow"
    hours = Hours(zone, WORKDAYS, {"2026-03-09": (), "01-01": (), "12-31": (Interval(540, 960),)})
    now = instant(at, zone)
    assert hours.is_open(now) == is_open
    assert text(hours.next_opening(now), zone) == opens
    assert text(hours.next_closing(now), zone) == closes
    assert hours.problems() == []


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    hours = Hours("UTC", ((Interval(22 * 60, 30 * 60),),) + ((),) * 6)  # Monday 22:00 to Tuesday 06:00
    assert hours.is_open(instant("2026-03-10 05:59"))
    assert not hours.is_open(instant("2026-03-09 05:59"))
    assert text(hours.next_closing(instant("2026-03-09 23:00"))) == "2026-03-10 06:00"


def test_a_time_that_does_not_exist_is_the_jump() -> None:
    zone = "Europe/Berlin"  # 2026-03-29: 02:00 is followed by 03:00
    hours = Hours(zone, ((Interval(150, 240),),) * 7)
    assert text(hours.next_opening(instant("2026-03-29 01:00", zone)), zone) == "2026-03-29 03:00"
    until_the_gap = Hours(zone, ((Interval(60, 150),),) * 7)
    assert text(until_the_gap.next_closing(instant("2026-03-29 01:30", zone)), zone) == "2026-03-29 03:00"


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    zone = "Europe/Berlin"  # 2026-10-25: 02:59 is followed by 02:00
    hours = Hours(zone, ((Interval(90, 150),),) * 7)
    first, second = (instant("2026-10-25 02:15", zone, fold) for fold in (0, 1))
    assert second - first == 3600
    assert hours.is_open(first)
    assert hours.is_open(second)
    assert hours.next_closing(first) == instant("2026-10-25 02:30", zone, 1)


def test_always_and_never() -> None:
    always = Hours("Europe/Berlin", ((Interval(0, 1440),),) * 7)
    assert always.next_closing(instant("2026-03-28 12:00")) is None
    assert Hours().next_opening(0.0) is None


def test_what_cannot_be_meant_is_told() -> None:
    assert Hours("Mars/Olympus", WORKDAYS[:5], {"2026-13-01": ()}).problems() == [
        "the time zone Mars/Olympus is unknown",
        "a week has seven days",
        "2026-13-01 is no date",
    ]
    assert len(Hours("UTC", WORKDAYS, {"02-29": (Interval(600, 600), Interval(0, 3000))}).problems()) == 2


def test_the_local_day() -> None:
    at = instant("2026-03-06 22:30")
    assert (local_day("UTC", at), local_day("Europe/Moscow", at)) == ("2026-03-06", "2026-03-07")


INTERVALS = st.builds(lambda start, length: Interval(start, start + length), st.integers(0, 1439), st.integers(1, 1440))
DAYS = st.lists(INTERVALS, max_size=2).map(tuple)
HOURS = st.builds(
    Hours,
    st.sampled_from(ZONES),
    st.tuples(*[DAYS] * 7),
    st.dictionaries(st.sampled_from(("2026-03-29", "2026-10-25", "03-29", "12-31")), DAYS, max_size=2),
)
CHANGES = [
    datetime(*when, tzinfo=UTC).timestamp()
    for when in (
        (2026, 3, 8),
        (2026, 3, 29),
        (2026, 4, 4),
        (2026, 10, 3),
        (2026, 10, 25),
        (2026, 11, 1),
        (2011, 12, 30),
    )
]
INSTANTS = st.builds(
    lambda around, minutes: around + minutes * 60.0, st.sampled_from(CHANGES), st.integers(-2 * 1440, 2 * 1440)
)


@given(hours=HOURS, at=INSTANTS, ahead=st.floats(0, 1))
def test_the_next_opening_is_the_first_open_instant(hours: Hours, at: float, ahead: float) -> None:
    opens = hours.next_opening(at)
    assume(opens is not None)
    assert opens is not None
    assert opens >= at
    assert hours.is_open(opens)
    between = at + (opens - at) * ahead
    assert between == opens or not hours.is_open(between)


@given(hours=HOURS, at=INSTANTS, ahead=st.floats(0, 1))
def test_the_next_closing_is_the_first_closed_instant(hours: Hours, at: float, ahead: float) -> None:
    closes = hours.next_closing(at)
    if closes is None:
        assert hours.is_open(at + 86400 * 300 * ahead)
        return
    assert closes >= at
    assert not hours.is_open(closes)
    between = at + (closes - at) * ahead
    assert between == closes or hours.is_open(between)


@given(hours=HOURS, at=INSTANTS)
def test_the_clock_on_the_wall_says_the_same(hours: Hours, at: float) -> None:
    """Away from the changes of the clock, an instant is open when its local time lies in an interval."""
    zone = ZoneInfo(hours.zone)
    local = datetime.fromtimestamp(at, zone)
    offsets = {datetime.fromtimestamp(at + days * 86400, zone).utcoffset() for days in range(-4, 5)}
    assume(len(offsets) == 1 and not hours.days)
    minute = local.hour * 60 + local.minute
    today, yesterday = hours.weekly[local.weekday()], hours.weekly[(local.weekday() - 1) % 7]
    expected = any(one.from_minute <= minute < one.to_minute for one in today)
    expected |= any(one.from_minute <= minute + 1440 < one.to_minute for one in yesterday)
    assert hours.is_open(at) == expected
