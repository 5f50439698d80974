"""Rows read and written without the ORM are the ORM's rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.forms.models import model_to_dict

from allo.data.many_rows import ManyRows, keys_of
from allo.data.models import CallRecord, Customer, Fact, Number, Queue

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 8, 12, 30, 15, 123456, tzinfo=UTC)


def test_what_is_found_is_what_the_orm_finds() -> None:
    queue = Queue.objects.create(name="Sales")
    Number.objects.create(pattern="100", queue=queue, is_active=False)
    Number.objects.create(pattern="200", queue=queue)
    CallRecord.objects.create(call_id="c1", arrived_at=AT, wait_s=1.5, queue=queue)
    Fact.objects.create(uid="f1", at=AT, kind="CallStarted", body={"a": [1, "ж", None, True]})
    for model in (Queue, Number, CallRecord, Fact):
        (expected,) = model._default_manager.all()[:1]
        (found,) = ManyRows(model).find("id", [expected.pk])
        assert found == expected
        assert model_to_dict(found) == model_to_dict(expected)
        assert [type(value) for value in model_to_dict(found).values()] == [
            type(value) for value in model_to_dict(expected).values()
        ]
    assert [row.pattern for row in ManyRows(Number).find("is_active", [True])] == ["200"]
    assert ManyRows(CallRecord).find("call_id", ["c1"], "AND ended_at IS NOT NULL") == []
    assert ManyRows(CallRecord).find("call_id", []) == []
    assert keys_of(Queue) == {queue.pk}


def test_a_row_that_is_there_is_changed_in_the_named_fields_alone() -> None:
    Customer.objects.create(phone="+7999", name="Ann")
    calls = ManyRows(CallRecord, key=["call_id"], update=["wait_s", "ended_at"])
    calls.save([CallRecord(call_id="c1", arrived_at=AT, caller="first")])
    calls.save(CallRecord(call_id=id_, arrived_at=AT, caller="again", wait_s=2.5, ended_at=AT) for id_ in ("c1", "c2"))
    rows = CallRecord.objects.order_by("call_id").values_list("call_id", "caller", "wait_s", "arrived_at", "ended_at")
    assert list(rows) == [("c1", "first", 2.5, AT, AT), ("c2", "again", 2.5, AT, AT)]
    ManyRows(Customer, key=["phone"]).save([Customer(phone="+7999", name="Somebody", created_at=AT)])
    assert Customer.objects.get().name == "Ann"
