"""Every address there is, asked by everybody: who is let in, and that nothing was forgotten.

What one may see of an address that one may open (others' calls, recordings, notes) is the matter of its own tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from allo.core.requests import StopSupervising
from allo.data.models import Role
from allo.web.desk.following import DESK
from allo.web.floor.parts import FLOOR
from allo.web.setup.sections import SECTIONS
from allo.web.wallboard.views import WALLBOARD
from tests.web.asked_control import AskedControl
from tests.web.floor_items import agent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import People, Visit

EVERYBODY, AGENTS, LEADERS, ADMINISTRATORS = range(4)
ASKERS = ("", "agent", "leader", "admin")
LOWEST = {
    "home": AGENTS,
    "healthz": EVERYBODY,
    "words": EVERYBODY,
    "accounts:": AGENTS,
    "accounts:login": EVERYBODY,
    "accounts:logout": EVERYBODY,
    "accounts:language": EVERYBODY,
    "accounts:theme": EVERYBODY,
    "public:": EVERYBODY,
    "desk:": AGENTS,
    "desk:echo": EVERYBODY,
    "floor:": LEADERS,
    "wallboard:": LEADERS,
    "reports:": LEADERS,
    "reports:index": AGENTS,
    "reports:agent": AGENTS,
    "reports:calls": AGENTS,
    "reports:call": AGENTS,
    "reports:redeem": AGENTS,
    "reports:loudness": AGENTS,
    "reports:sound": AGENTS,
    "reports:delete_recording": ADMINISTRATORS,
    "setup:": ADMINISTRATORS,
}
"""The lowest role that may open an address, by its name or its audience; what is not listed here fails."""
STREAMS = {"desk:live", "floor:live", "wallboard:live"}
VALUES = {
    "call_id": "c.1", "slug": "queues", "what": "ready", "agent_id": "1", "customer_id": "1", "pk": "1", "message": "1",
    "user_pk": "1", "skill_pk": "1", "language": "en",
}  # fmt: skip


def addresses(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and pattern of every address."""
    for one in resolver.url_patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield space + str(one.name), pattern
        else:
            yield from addresses(one, pattern, f"{space}{one.namespace}:" if one.namespace else space)


ALL = [
    (name, "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES.get(found[1], "1"), pattern))
    for name, pattern in addresses(get_resolver())
    if name not in {"words", *STREAMS}
]


def lowest(name: str) -> int:
    return LOWEST[name] if name in LOWEST else LOWEST[name.partition(":")[0] + ":"]


@pytest.fixture(autouse=True)
def _control(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allo.web.control_client.control", AskedControl())


def test_who_has_not_the_role_is_kept_out(visit: Visit) -> None:
    browsers = [visit(who) for who in ASKERS]
    for name, path in ALL:
        for rank in range(lowest(name)):
            codes = {browsers[rank].get(path).status_code, browsers[rank].post(path).status_code} - {405}
            assert codes == ({403} if rank else {302}), (name, ASKERS[rank])


def test_streams_are_for_those_whose_page_it_is() -> None:
    """A browser cannot read a stream's status: test_sse shows what the others are told."""
    assert (DESK.role, FLOOR.role, WALLBOARD.role) == (Role.AGENT, Role.TEAM_LEADER, Role.TEAM_LEADER)


def test_of_the_set_up_team_leaders_have_the_limits_of_warnings_alone(visit: Visit) -> None:
    browser = visit("leader")
    codes = {
        (slug, end): {browser.get(f"/setup/{slug}/{end}").status_code, browser.post(f"/setup/{slug}/{end}").status_code}
        for slug in SECTIONS
        for end in ("", "new", "rules", "1", "1/delete", "1/restore")
    }
    assert {slug for (slug, _end), found in codes.items() if found - {403, 405}} == {"alerts"}


def test_nothing_is_done_without_a_token(people: People) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["admin"], "django.contrib.auth.backends.ModelBackend")
    for name, path in ALL:
        for headers in ({}, {"HX-Request": "true"}, {"X-CSRFToken": "a" * 32}):
            assert browser.post(path, headers=headers).status_code in {403, 405}, name


def test_every_answer_carries_what_protects_the_page(visit: Visit) -> None:
    for browser in (visit(), visit("admin")):
        for name, path in ALL:
            for answer in (browser.get(path), browser.get(path + "/nothing")):
                policy = f"{answer['Content-Security-Policy']};"
                assert "script-src 'self';" in policy, name
                assert "default-src 'none';" in policy, name
                assert "unsafe-eval" not in policy, name
                kept = (answer["X-Content-Type-Options"], answer["X-Frame-Options"], answer["Referrer-Policy"])
                assert kept == ("nosniff", "DENY", "same-origin"), name
                assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), name


@pytest.mark.parametrize(("role", "leaves"), [("agent", True), ("administrator", False), ("team_leader", False)])
def test_who_leads_no_more_listens_no_more(
    visit: Visit, people: People, monkeypatch: pytest.MonkeyPatch, role: str, leaves: bool
) -> None:
    double, leader = AskedControl(), people["leader"]
    double.items[f"agent:{leader.pk}"] = agent(leader.agent_id, supervises="c.1")
    for place in ("allo.web.hub.control", "allo.web.setup.forms.user.control"):
        monkeypatch.setattr(place, double)
    fields = {"display_name": "Kim", "username": "leader", "role": role, "language": "en"}
    assert visit("admin").post(f"/setup/users/{leader.pk}", fields).status_code == 302
    assert double.asked == ([StopSupervising(leader.agent_id, "c.1")] if leaves else [])
