"""Changes of the set-up: audited, counted, told after the commit, undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from allo.data.actions.changes import HIDDEN, NameTakenError, do_deactivate, do_restore
from allo.data.actions.queue import QueueInUseError, do_deactivate_queue, do_save_queue
from allo.data.actions.setting import do_save_disposition, do_save_number, do_save_trunk
from allo.data.actions.user import (
    LastAdministratorError,
    do_change_own_password,
    do_change_preferences,
    do_deactivate_user,
    do_ensure_automatic_agents,
    do_save_user,
    do_set_memberships,
)
from allo.data.models import (
    AuditEntry,
    ConfigRevision,
    Disposition,
    Greeting,
    Membership,
    Number,
    Queue,
    Role,
    Trunk,
    User,
)
from allo.data.signals import config_changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("boss", display_name="Boss", role=Role.ADMINISTRATOR)


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("ann", display_name="Ann")


def test_a_change_is_counted_and_remembered_with_both_values(admin: User) -> None:
    disposition = do_save_disposition(admin, Disposition(name="Solved"))
    disposition.name = "Sold"
    do_save_disposition(admin, disposition)
    assert ConfigRevision.current() == 2
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject_name) == (admin, "change", "Sold")
    assert entry.changes == {"name": ["Solved", "Sold"]}


def test_saving_without_a_change_changes_nothing(admin: User) -> None:
    disposition = do_save_disposition(admin, Disposition(name="Solved"))
    do_save_disposition(admin, disposition)
    assert ConfigRevision.current() == 1


def test_secrets_stay_out_of_the_audit(admin: User) -> None:
    trunk = do_save_trunk(admin, Trunk(name="Line", host="sip.example.com", username="u", secret="tell-nobody"))
    trunk.secret = "still-nobody"
    do_save_trunk(admin, trunk)
    do_save_user(admin, User(username="bob", display_name="Bob"), new_password="long-secret-1")
    written = str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert HIDDEN in written
    for secret in ("nobody", "long-secret", "pbkdf2"):
        assert secret not in written


def _save_and_fail() -> None:
    with transaction.atomic():
        do_save_disposition(None, Disposition(name="Sold"))
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_control_is_told_after_the_commit_only() -> None:
    told: list[int] = []

    def hear(**_kwargs: Any) -> None:
        told.append(ConfigRevision.current())

    config_changed.connect(hear)
    try:
        with transaction.atomic():
            do_save_disposition(None, Disposition(name="Solved"))
            assert told == []
        assert told == [1]
        with pytest.raises(ZeroDivisionError):
            _save_and_fail()
        assert told == [1]
        assert ConfigRevision.current() == 1
    finally:
        config_changed.disconnect(hear)


def test_deletion_is_soft_and_can_be_undone(admin: User) -> None:
    disposition = do_save_disposition(admin, Disposition(name="Solved"))
    do_deactivate(admin, disposition)
    assert not Disposition.objects.active().exists()
    do_restore(admin, disposition)
    assert Disposition.objects.active().get() == disposition
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["restore", "delete", "create"]


def test_what_lost_its_name_cannot_come_back(admin: User) -> None:
    first = do_save_disposition(admin, Disposition(name="Solved"))
    do_deactivate(admin, first)
    do_save_disposition(admin, Disposition(name="Solved"))
    with pytest.raises(NameTakenError):
        do_restore(admin, first)
    assert Disposition.objects.active().count() == 1


def test_a_queue_keeps_greetings_in_order_and_members_with_levels(admin: User, agent: User) -> None:
    one, two = (Greeting.objects.create(title=title) for title in ("one", "two"))
    queue = do_save_queue(admin, Queue(name="Support"), greetings=[two, one], members={agent: 3, admin: 1})
    assert list(queue.ordered_greetings()) == [two, one]
    assert dict(queue.memberships.values_list("user__username", "level")) == {"ann": 3, "boss": 1}
    do_save_queue(admin, queue, greetings=[one], members={agent: 2})
    assert list(queue.ordered_greetings()) == [one]
    assert list(queue.memberships.values_list("user__username", "level")) == [("ann", 2)]
    revision = ConfigRevision.current()
    do_save_queue(admin, queue, greetings=[one], members={agent: 2})
    assert ConfigRevision.current() == revision


def test_a_queue_with_a_number_is_not_deleted(admin: User) -> None:
    queue = do_save_queue(admin, Queue(name="Support"))
    number = do_save_number(admin, Number(pattern="100", queue=queue))
    with pytest.raises(QueueInUseError) as caught:
        do_deactivate_queue(admin, queue)
    assert caught.value.patterns == ["100"]
    do_deactivate(admin, number)
    do_deactivate_queue(admin, queue)
    assert not Queue.objects.active().exists()


def test_the_last_administrator_stays(admin: User, agent: User) -> None:
    with pytest.raises(LastAdministratorError):
        do_deactivate_user(agent, admin)
    admin.role = Role.AGENT
    with pytest.raises(LastAdministratorError):
        do_save_user(agent, admin)
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.is_administrator
    agent.role = Role.ADMINISTRATOR
    do_save_user(admin, agent)
    do_deactivate_user(agent, admin)
    assert not User.objects.get(pk=admin.pk).is_active


def test_a_password_given_by_somebody_else_must_be_changed(admin: User) -> None:
    user = do_save_user(admin, User(username="bob", display_name="Bob"), new_password="first-words-1")
    assert user.must_change_password
    do_change_own_password(user, "own-words-22")
    user.refresh_from_db()
    assert user.check_password("own-words-22")
    assert not user.must_change_password


def test_a_new_name_reaches_control_but_a_theme_does_not(agent: User) -> None:
    do_change_preferences(agent, theme="dark", language="en")
    assert ConfigRevision.current() == 0
    do_change_preferences(agent, display_name="Anna")
    assert ConfigRevision.current() == 1


def test_memberships_of_a_person_are_set_as_a_whole(admin: User, agent: User) -> None:
    one, two = (do_save_queue(admin, Queue(name=name)) for name in ("one", "two"))
    do_set_memberships(admin, agent, {one: 1, two: 4})
    do_set_memberships(admin, agent, {two: 5})
    assert list(Membership.objects.values_list("user", "queue", "level")) == [(agent.pk, two.pk, 5)]


def test_automatic_agents_come_and_go_but_nobody_signs_in_as_one(admin: User) -> None:
    queue = do_save_queue(admin, Queue(name="Support"))
    three = do_ensure_automatic_agents(3)
    assert [user.is_automatic for user in three] == [True] * 3
    assert not any(user.has_usable_password() for user in three)
    assert queue.memberships.count() == 3
    again = do_ensure_automatic_agents(2)
    assert [user.pk for user in again] == [user.pk for user in three[:2]]
    assert User.objects.active().filter(is_automatic=True).count() == 2
