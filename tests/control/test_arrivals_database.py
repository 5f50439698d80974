"""Who calls, as the database knows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from allo.control.arrivals import STRANGER, Known, look_up
from allo.data.models import CallRecord, Customer, CustomerKind, Fact, User

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_stranger() -> None:
    assert look_up("+79161234567") == STRANGER
    assert look_up("") == STRANGER


def test_a_customer_with_the_greeting_of_the_last_call() -> None:
    customer = Customer.objects.create(phone="+79161234567", name="Анна")
    for hour, call_id, greeting in ((9, "1", "3"), (11, "3", "4"), (10, "2", "5")):
        at = AT.replace(hour=hour)
        CallRecord.objects.create(call_id=call_id, caller="+79161234567", customer=customer, arrived_at=at)
        body = {"at": at.timestamp(), "call_id": call_id, "greeting": greeting}
        Fact.objects.create(uid=f"f{call_id}", kind="GreetingPlayed", call_id=call_id, at=at, body=body)
    known = look_up("+79161234567")
    assert known == Known(str(customer.pk), "Анна", "4", "", "ru")
    assert isinstance(known.last_greeting, str), "a number here would make the input log unreadable"


def test_who_answered_the_last_call_that_was_answered_in_one_question(django_assert_num_queries: Any) -> None:
    vip = CustomerKind.objects.create(name="VIP", priority=3)
    customer = Customer.objects.create(phone="+79161234567", name="Ann", language="en", kind=vip)
    first, second = (User.objects.create_user(name, password="-") for name in ("first", "second"))
    for hour, agent in ((8, first), (9, second), (10, None)):
        CallRecord.objects.create(
            call_id=str(hour), customer=customer, agent=agent, arrived_at=AT.replace(hour=hour), caller="+79161234567"
        )
    with django_assert_num_queries(1):
        known = look_up("+79161234567")
    assert known == Known(str(customer.pk), "Ann", "", str(second.pk), "en", str(vip.pk), 3)
    vip.is_active = False
    vip.save()
    assert look_up("+79161234567").kind == ""
