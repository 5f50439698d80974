"""The public page: who may call, how often, and what a visitor learns of their own call and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client

from allo.data.models import Number, Queue
from allo.web.control_client import Snapshot
from allo.web.limits import CALLS, visitor
from allo.web.mirror import Mirror
from allo.web.public.views import progress
from tests.web.asked_control import AskedControl
from tests.web.desk_items import items

if TYPE_CHECKING:
    from collections.abc import Iterator

MINE = "web-1800000000-0123456789abcdef"


@pytest.fixture(autouse=True)
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedControl]:
    double = AskedControl()
    monkeypatch.setattr("allo.web.public.views.control", double)
    cache.clear()
    yield double
    cache.clear()


@pytest.fixture
def guest(db: None) -> Client:
    return Client(headers={"Accept-Language": "en"})


def test_the_page_offers_whole_numbers_of_open_queues(guest: Client) -> None:
    support, closed = Queue.objects.create(name="Support"), Queue.objects.create(name="Closed", is_active=False)
    for pattern, queue in (("100", support), ("+7495X", support), ("8*", support), ("300", closed)):
        Number.objects.create(pattern=pattern, queue=queue)
    page = guest.get("/call").content.decode()
    assert 'value="100"' in page
    for other in ("+7495", "8*", "300", "Closed"):
        assert f'value="{other}' not in page


def test_without_a_number_the_page_says_so_and_has_no_button(guest: Client) -> None:
    page = guest.get("/call").content.decode()
    assert "Nobody can be called yet" in page
    assert "data-deed" not in page


def test_a_visitor_gets_an_account_for_one_call(guest: Client, control: AskedControl) -> None:
    answer = guest.post("/call/phone")
    assert set(answer.json()) == {"username", "password", "uri", "ws_url"}
    assert "no-store" in answer["Cache-Control"]
    assert control.asked == [("web caller",)]
    assert guest.get("/call/phone").status_code == 405


def test_too_many_calls_from_one_address_are_told_when_to_try_again(guest: Client, control: AskedControl) -> None:
    answers = [guest.post("/call/phone") for _ in range(3 * CALLS.windows[0].most)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "Too many calls from your address. Try again in" in refused.json()["sentence"]
    assert 0 < int(refused["Retry-After"]) <= 60
    elsewhere = guest.post("/call/phone", REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200


def test_while_control_is_away_a_visitor_is_told_so(guest: Client, control: AskedControl) -> None:
    control.is_away = True
    answer = guest.post("/call/phone")
    assert answer.status_code == 503
    assert answer.json()["sentence"]


def test_the_limit_counts_in_two_windows() -> None:
    short, long = CALLS.windows
    start = 10 * long.lasts_s * 1.0
    assert [CALLS.wait_s("198.51.100.1", start + 1) for _ in range(short.most)] == [0] * short.most
    assert CALLS.wait_s("198.51.100.1", start + 1) == short.lasts_s - 1
    assert CALLS.wait_s("198.51.100.1", start + short.lasts_s) == 0, "the next minute begins anew"
    for minute in range(2, long.most):
        CALLS.wait_s("198.51.100.1", start + minute * short.lasts_s)
    assert CALLS.wait_s("198.51.100.1", start + long.lasts_s - 1) == 1, "the hour is used up"
    assert CALLS.wait_s("198.51.100.1", start + long.lasts_s) == 0


def test_what_is_given_back_does_not_count() -> None:
    short = CALLS.windows[0]
    for _ in range(3 * short.most):
        assert CALLS.wait_s("198.51.100.2", 1e6) == 0
        CALLS.give_back("198.51.100.2", 1e6)
    CALLS.give_back("198.51.100.3", 1e6)
    assert [bool(CALLS.wait_s("198.51.100.3", 1e6)) for _ in range(short.most + 1)] == [False] * short.most + [True]


def test_a_thousand_visitors_are_counted_apart(guest: Client) -> None:
    """Django's cache forgets some beyond its size, and with them the limit."""
    for _ in range(CALLS.windows[0].most):
        assert CALLS.wait_s("198.51.100.4", 1e6) == 0
    for number in range(1000):
        CALLS.wait_s(f"10.0.{number // 250}.{number % 250}", 1e6)
    assert CALLS.wait_s("198.51.100.4", 1e6) > 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "not an address", True),
    ],
)
def test_who_counts_as_one_visitor(one: str, other: str, is_same: bool) -> None:
    assert (visitor(one) == visitor(other)) is is_same


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("offer", {"state": "waiting", "place": 1}),
        ("talk", {"state": "talking", "place": None}),
        ("hold", {"state": "held", "place": None}),
    ],
)
def test_a_visitor_learns_how_far_the_own_call_is(phase: str, expected: dict[str, Any]) -> None:
    mirror = Mirror(Snapshot(1, items(phase, caller=MINE)))
    told = progress(mirror, MINE)
    assert {name: told[name] for name in expected} == expected
    assert progress(mirror, MINE[:-1] + "0") == {}, "and of no other"


def test_the_place_in_the_queue_counts_those_before() -> None:
    found = items("offer", caller=MINE)
    found["queue:1"]["waiting"] = ["a", "b", "c.1"]
    assert progress(Mirror(Snapshot(1, found)), MINE)["place"] == 3


@pytest.mark.parametrize(("is_parked", "waits_since_s", "place"), [(False, -60, 2), (False, 60, 1), (True, -60, 1)])
def test_who_is_called_back_now_and_has_waited_longer_comes_first(
    waits_since_s: float, place: int, *, is_parked: bool
) -> None:
    found = items("offer", caller=MINE)
    mine = found["call:c.1"]
    found["call:b"] = {
        **mine,
        "id": "b",
        "caller": "+74951234567",
        "entered_at": mine["entered_at"] + waits_since_s,
        "callback": {"is_alone": True, "is_parked": is_parked},
    }
    assert progress(Mirror(Snapshot(1, found)), MINE)["place"] == place
