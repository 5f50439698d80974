"""Roles: who is let in, and how the others are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from allo.data.models import Role, User
from allo.web.access import agent_required, leader_required, may

if TYPE_CHECKING:
    from tests.web.conftest import Visit

PAGES = ["/setup/", "/setup/history/", "/setup/queues/", "/setup/users/new", "/setup/greetings/1/sound"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["agent", "leader"])
def test_the_set_up_is_for_administrators(visit: Visit, path: str, who: str) -> None:
    response = visit(who).get(path)
    assert response.status_code == 403
    assert "not for your role" in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_led_to_the_sign_in(visit: Visit, path: str) -> None:
    response = visit().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login?next={path}"


@pytest.mark.parametrize(("who", "code", "event"), [("", 401, "allo:signed-out"), ("agent", 403, "allo:forbidden")])
def test_a_fragment_is_answered_with_an_event_and_leaves_the_page_alone(
    visit: Visit, who: str, code: int, event: str
) -> None:
    response = visit(who).get("/setup/queues/", headers={"HX-Request": "true"})
    assert response.status_code == code
    assert event in json.loads(response["HX-Trigger"])
    assert response["HX-Reswap"] == "none"


def test_a_script_and_an_event_stream_get_401_instead_of_a_page(visit: Visit) -> None:
    for accept in ("application/json", "text/event-stream"):
        assert visit().get("/setup/queues/", headers={"Accept": accept}).status_code == 401


@pytest.mark.parametrize(
    ("who", "home"), [("agent", "/desk/"), ("leader", "/floor/"), ("admin", "/setup/"), ("", "/login?next=/")]
)
def test_everybody_has_a_home(visit: Visit, who: str, home: str) -> None:
    assert visit(who).get("/")["Location"] == home


@pytest.mark.parametrize(
    ("user", "role", "allowed"),
    [
        (User(role=Role.AGENT), Role.AGENT, True),
        (User(role=Role.AGENT), Role.TEAM_LEADER, False),
        (User(role=Role.TEAM_LEADER), Role.AGENT, True),
        (User(role=Role.ADMINISTRATOR), Role.TEAM_LEADER, True),
        (User(role=Role.ADMINISTRATOR, is_active=False), Role.AGENT, False),
        (User(role=Role.AGENT, is_automatic=True), Role.AGENT, False),
        (None, Role.AGENT, False),
    ],
)
def test_a_role_contains_the_lower_ones(user: User | None, role: Role, allowed: bool) -> None:
    assert may(user, role) is allowed


async def test_an_async_view_is_guarded_as_well() -> None:
    @agent_required
    async def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    request = AsyncRequestFactory().get("/", headers={"HX-Request": "true"})

    async def agent() -> User:
        return User(role=Role.AGENT)

    request.auser = agent
    assert (await view(request)).content == b"in"
    guarded = leader_required(view)
    assert (await guarded(request)).status_code == 403


def test_the_guard_keeps_the_name_of_the_view() -> None:
    @leader_required
    def floor(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert floor.__name__ == "floor"
    request = RequestFactory().get("/")
    request.user = User(role=Role.TEAM_LEADER)
    assert floor(request).status_code == 200
