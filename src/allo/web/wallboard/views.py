"""Six huge figures and the longest waiting call, for the queues named in the address (`?queue=1&queue=2`; none: all).

For leaders: a television is signed in as one. Drawn from the mirror alone, live by events.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from allo.data.models import Role
from allo.web.access import SignedInRequest, leader_required
from allo.web.day_tally import tally
from allo.web.hub import mirror_now
from allo.web.sse import Audience, Fragment, stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

    from allo.web.mirror import Mirror

MOST_QUEUES = 50
_BUSY = ("offered", "on_call", "wrap_up")


def draw_figures(mirror: Mirror, scope: str, _language: str) -> str:
    """Draw the figures of the queues in `scope`, ids joined by commas; "" is all."""
    ids = scope.split(",") if scope else [queue["id"] for queue in mirror.of_kind("queue").values()]
    day = tally(mirror, ids)
    crew = _crew(mirror, ids)
    level = day.calls.service_level()
    context: dict[str, Any] = {
        "day": day,
        "names": ", ".join(queue["name"] for queue in day.queues) if scope else "",
        "longest": day.longest_entered_at,
        "target": min((queue["target_s"] for queue in day.queues), default=0),
        "level": level,
        "is_low": level is not None and day.goal is not None and level < day.goal,
        "ready": crew.count("ready"),
        "busy": sum(crew.count(state) for state in _BUSY),
        "is_down": mirror.system.get("asterisk") == "down",
        "closed": next((queue for queue in day.queues if queue.get("closed")), None),
    }
    return render_to_string("wallboard/figures.html", context)


def _crew(mirror: Mirror, queue_ids: Iterable[str]) -> list[str]:
    wanted = set(queue_ids)
    return [one["state"] for one in mirror.of_kind("agent").values() if wanted & set(one["queues"])]


WALLBOARD = Audience(
    "wallboard",
    Role.TEAM_LEADER,
    (Fragment("figures", lambda _mirror, _scope: ("queue:", "agent:", "system"), draw_figures),),
)


def _scope(query: QueryDict) -> str:
    chosen = {one for one in query.getlist("queue") if one.isascii() and one.isdecimal() and len(one) < 18}
    return ",".join(sorted(chosen, key=int)[:MOST_QUEUES])


@require_safe
@leader_required
def wallboard(request: SignedInRequest) -> HttpResponse:
    """Show the figures as they are now; the stream keeps them so."""
    mirror, _is_known = mirror_now()
    parts = WALLBOARD.draw_all(mirror, _scope(request.GET), get_language() or "en")
    return render(request, "wallboard/wallboard.html", {"parts": parts, "query": request.GET.urlencode()})


async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream what changes. Access is checked by ``stream``."""
    scope = _scope(request.GET)
    return await stream(request, dataclasses.replace(WALLBOARD, scope=lambda _user: scope))
