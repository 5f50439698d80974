"""People and pages for the tests of views."""

from __future__ import annotations

from typing import Protocol

import pytest
from django.test import Client

from allo.data.models import Role, User

People = dict[str, User]


class Visit(Protocol):
    """Makes a browser of one of the people."""

    def __call__(self, who: str = "") -> Client: ...


def make_user(username: str, role: Role = Role.AGENT) -> User:
    return User.objects.create_user(
        username, f"{username}-words-1", display_name=username.title(), role=role, language="en"
    )


@pytest.fixture
def people(db: None) -> People:
    """One person of each role, and a second agent."""
    return {
        "agent": make_user("agent"),
        "colleague": make_user("colleague"),
        "leader": make_user("leader", Role.TEAM_LEADER),
        "admin": make_user("admin", Role.ADMINISTRATOR),
    }


@pytest.fixture
def visit(people: People) -> Visit:
    """A browser in English, signed in as one of the people, or ("") as nobody."""

    def browser(who: str = "") -> Client:
        client = Client(headers={"Accept-Language": "en"})
        if who:
            client.force_login(people[who], "django.contrib.auth.backends.ModelBackend")
        return client

    return browser
