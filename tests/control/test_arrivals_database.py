"""Who calls, as the database knows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from allo.control.arrivals import STRANGER, Known, _question, look_up
from allo.data.models import CallRecord, Customer, CustomerKind, Fact, User

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_stranger() -> None:
    assert look_up("+79161234567") == STRANGER
    assert look_up("") == STRANGER


def played(call_id: str, at: datetime, prompt: str, queue_id: str) -> None:
    body = {"at": at.timestamp(), "call_id": call_id, "greeting": prompt, "queue_id": queue_id}
    uid = f"f{call_id}-{prompt}"
    Fact.objects.create(uid=uid, kind="GreetingPlayed", call_id=call_id, queue_id=queue_id, at=at, body=body)


def test_a_customer_with_the_greeting_heard_last() -> None:
    """Neither the messages before and after it count, nor a call in which there was none."""
    customer = Customer.objects.create(phone="+79161234567", name="Анна")
    for hour, call_id, greeting in ((9, "1", "3"), (11, "3", "4"), (10, "2", "5"), (12, "4", "")):
        at = AT.replace(hour=hour)
        CallRecord.objects.create(call_id=call_id, caller="+79161234567", customer=customer, arrived_at=at)
        if greeting:
            played(call_id, at, "7", "")
            played(call_id, at + timedelta(seconds=5), greeting, "1")
        played(call_id, at + timedelta(seconds=50), "system:closed", "")
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


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at how many rows there are")
def test_the_look_up_goes_by_the_customers_calls_however_many_facts_there_are() -> None:
    statement, values = _question()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ways = [row[3] for row in cursor.fetchall()]
    of_facts = [way for way in ways if "fact_by" in way or "data_fact" in way]
    assert of_facts
    assert all("fact_by_call" in way for way in of_facts), ways
