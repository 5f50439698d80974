"""The wallboard: who may look, which queues it adds up, what its figures say."""

from __future__ import annotations

import pytest
from django.utils import translation

from allo.web.control_client import Snapshot
from allo.web.mirror import Mirror
from allo.web.wallboard.views import draw_figures
from tests.web.asked_control import AskedControl
from tests.web.conftest import Visit
from tests.web.floor_items import NOW, agent, queue, system

TODAY = {"answered_in_target": 4, "short_abandons": 0, "talk_s": 0.0, "hold_s": 0.0, "wrapup_s": 0.0}
ITEMS = {
    "system": system(),
    "agent:1": agent("1", queues=["1"]),
    "agent:2": agent("2", queues=["1", "2"], state="on_call"),
    "agent:3": agent("3", queues=["2"], state="wrap_up"),
    "queue:1": queue("1", "Sales", waiting=["a"], longest_entered_at=NOW - 30, today=TODAY),
    "queue:2": queue("2", "Support", waiting=["b", "c"], longest_entered_at=NOW - 90, today=TODAY),
}


def figures(scope: str, **changes: dict[str, object]) -> str:
    with translation.override("en"):
        return draw_figures(Mirror(Snapshot(1, {**ITEMS, **changes})), scope, "en")


def shown(text: str) -> list[str]:
    """What stands in the figures, in their order."""
    return [part.split("</dd>")[0] for part in text.split("<dd>")[1:]]


def test_all_queues_together() -> None:
    text = figures("")
    assert "All queues" in text
    longest = f'<time data-since="{NOW - 90:.3f}" data-late-after="20">0:00</time>'
    assert shown(text) == ["3", longest, "40%", "1", "2", "4"]
    assert "wall__figure is-low" in text


def test_only_the_queues_of_the_address() -> None:
    text = figures("1")
    assert "Sales" in text
    assert shown(text)[0] == "1"
    assert shown(text)[3:] == ["1", "1", "2"]
    assert shown(figures("77")) == ["0", "–", "–", "0", "0", "0"]


def test_what_is_wrong_stands_on_top() -> None:
    assert "The telephone exchange is restarting" in figures("", system=system(asterisk="down"))
    closed = {"reason": "Fire <b>", "since_at": NOW, "leader_id": "1", "is_everywhere": True}
    assert "Closed: Fire &lt;b&gt;" in figures("", **{"queue:1": {**ITEMS["queue:1"], "closed": closed}})


@pytest.mark.parametrize(("who", "code"), [("agent", 403), ("leader", 200), ("admin", 200), ("", 302)])
def test_the_wallboard_is_for_leaders(visit: Visit, monkeypatch: pytest.MonkeyPatch, who: str, code: int) -> None:
    monkeypatch.setattr("allo.web.hub.control", AskedControl(items=dict(ITEMS)))
    answer = visit(who).get("/wall/?queue=2&queue=1&queue=x%22")
    assert answer.status_code == code
    if code == 200:
        text = answer.content.decode()
        assert 'data-live="/wall/live?queue=2&amp;queue=1&amp;queue=x%22"' in text
        assert "Sales, Support" in text
