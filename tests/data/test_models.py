"""Models: what they refuse, and that their words are the engine's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from allo.core.agent_states import AgentState as CoreAgentState
from allo.core.facts import Outcome
from allo.core.model import Strategy as CoreStrategy
from allo.data.models import (
    AgentState,
    CallResult,
    ConfigRevision,
    Fact,
    FactIsImmutableError,
    Number,
    Queue,
    Role,
    Strategy,
    User,
)
from allo.data.models.number import find_number

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def test_words_of_the_tables_are_the_words_of_the_engine() -> None:
    assert set(CallResult.values) == {outcome.value for outcome in Outcome}
    assert set(AgentState.values) == {state.value for state in CoreAgentState}
    assert set(Strategy.values) == {strategy.value for strategy in CoreStrategy}


@pytest.mark.django_db
def test_a_fact_is_written_once_and_never_changed() -> None:
    fact = Fact.objects.create(uid="a", at=NOON, kind="CallStarted", body={"caller": "1"})
    fact.kind = "CallEnded"
    with pytest.raises(FactIsImmutableError):
        fact.save()
    with pytest.raises(FactIsImmutableError):
        fact.delete()
    with pytest.raises(FactIsImmutableError):
        Fact.objects.update(kind="CallEnded")
    with pytest.raises(FactIsImmutableError):
        Fact.objects.all().delete()
    assert Fact.objects.get().kind == "CallStarted"


@pytest.mark.django_db
def test_a_fact_sent_again_is_recognised_by_its_uid() -> None:
    batch = [Fact(uid=uid, at=NOON, kind="CallStarted") for uid in ("a", "b", "a")]
    Fact.objects.bulk_create(batch[:2])
    Fact.objects.bulk_create(batch[1:], ignore_conflicts=True)
    assert sorted(Fact.objects.values_list("uid", flat=True)) == ["a", "b"]


@pytest.mark.parametrize(
    ("pattern", "dialled", "fits"),
    [
        ("100", "100", True),
        ("100", "1000", False),
        ("+7495XXXXXXX", "+74951234567", True),
        ("+7495XXXXXXX", "+7495123456", False),
        ("+7495XXXXXXX", "+7495123456a", False),
        ("7*", "7", True),
        ("7*", "78005553535", True),
        ("*", "", True),
        ("*", "anonymous", False),
        ("+1", "1", False),
    ],
)
def test_patterns_fit_what_they_say(pattern: str, dialled: str, fits: bool) -> None:
    assert Number(pattern=pattern).matches(dialled) is fits


@given(st.text(alphabet="0123456789", min_size=1, max_size=15))
def test_the_most_exact_pattern_wins(dialled: str) -> None:
    exact = Number(pattern=dialled)
    half = Number(pattern=dialled[: len(dialled) // 2] + "*")
    rest = Number(pattern="*")
    assert find_number(dialled, [rest, half, exact]) is exact
    assert find_number(dialled + "0", [rest, exact]) is rest
    assert find_number(dialled + "0", [exact]) is None


@pytest.mark.django_db
def test_a_queue_name_is_free_again_after_deletion() -> None:
    first = Queue.objects.create(name="Support")
    with pytest.raises(IntegrityError), transaction.atomic():
        Queue.objects.create(name="Support")
    Queue.objects.filter(pk=first.pk).update(is_active=False)
    assert Queue.objects.create(name="Support").queue_id != first.queue_id
    assert Queue.objects.active().count() == 1


@pytest.mark.django_db
def test_the_revision_counts_from_nothing() -> None:
    assert ConfigRevision.current() == 0
    ConfigRevision.bump()
    ConfigRevision.bump()
    assert ConfigRevision.current() == 2
    assert ConfigRevision.objects.count() == 1


def test_roles_contain_one_another() -> None:
    assert not User(role=Role.AGENT).is_leader
    assert User(role=Role.TEAM_LEADER).is_leader
    assert not User(role=Role.TEAM_LEADER).is_administrator
    assert User(role=Role.ADMINISTRATOR).is_leader
