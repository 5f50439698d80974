"""Reports: leaders see all, an agent the own day and calls, outsiders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.conftest import People, Visit

LEADERS_PAGES = ["/reports/answering", "/reports/agents", "/reports/outcomes"]
AGENTS_PAGES = ["/reports/calls"]


@pytest.mark.parametrize("path", LEADERS_PAGES)
@pytest.mark.parametrize(("who", "code"), [("agent", 403), ("leader", 200), ("admin", 200), ("", 302)])
def test_the_centres_figures_are_for_leaders(visit: Visit, path: str, who: str, code: int) -> None:
    assert visit(who).get(path).status_code == code
    assert visit(who).get(f"{path}?format=csv").status_code == code


@pytest.mark.parametrize("path", AGENTS_PAGES)
@pytest.mark.parametrize(("who", "code"), [("agent", 200), ("leader", 200), ("", 302)])
def test_the_list_of_calls_is_for_all_who_work_here(visit: Visit, path: str, who: str, code: int) -> None:
    assert visit(who).get(path).status_code == code


@pytest.mark.parametrize(
    ("who", "code"), [("agent", 200), ("colleague", 404), ("leader", 200), ("admin", 200), ("", 302)]
)
def test_an_agents_time_is_for_the_agent_and_for_leaders(people: People, visit: Visit, who: str, code: int) -> None:
    path = f"/reports/agents/{people['agent'].pk}"
    assert visit(who).get(path).status_code == code
    assert visit(who).get(f"{path}?format=csv").status_code == code
    assert visit(who).get(f"{path}?from=2026-01-01&to=2026-01-07").status_code == code


def test_everybody_is_led_to_the_page_of_their_own(people: People, visit: Visit) -> None:
    assert visit("leader").get("/reports/")["Location"] == "/reports/answering"
    assert visit("agent").get("/reports/")["Location"] == f"/reports/agents/{people['agent'].pk}"
    assert visit().get("/reports/")["Location"] == "/login?next=/reports/"


@pytest.mark.parametrize(("who", "title"), [("agent", "My day"), ("leader", "Reports"), ("admin", "Reports")])
def test_the_way_to_the_figures_stands_in_the_navigation(visit: Visit, who: str, title: str) -> None:
    text = visit(who).get("/reports/calls").content.decode()
    links = [line for line in text.splitlines() if 'class="top__link" href="/reports/"' in line]
    assert len(links) == 1
    assert title in links[0]
