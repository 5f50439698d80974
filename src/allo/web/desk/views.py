"""The desk's page, and the small echo by which it measures its connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.data.models import Membership
from allo.web import reasons
from allo.web.access import SignedInRequest, agent_required
from allo.web.desk import choices, live
from allo.web.desk.following import DESK
from allo.web.hub import mirror_now

if TYPE_CHECKING:
    from allo.data.models import User


def has_queue(user: User) -> bool:
    """Whether this person serves any queue: leaders and administrators may too."""
    return Membership.objects.filter(user=user, queue__is_active=True).exists()


@require_safe
@never_cache
@agent_required
def desk(request: SignedInRequest) -> HttpResponse:
    """Show the desk as it is now; live parts follow by themselves."""
    user = request.user
    mirror, _is_there = mirror_now()
    if not has_queue(user) and not mirror.call_of(user.agent_id):
        agent = mirror.agent(user.agent_id)
        if not agent or not agent["call_id"]:  # a team leader who took a call over has its outcome to record
            return render(request, "desk/no_queue.html")
    reasons.read()
    choices.at_hand.forget()  # a page that is opened knows the latest, also while control is away
    context = {
        **live.context(mirror, user.agent_id),
        "parts": DESK.draw_all(mirror, user.agent_id, get_language() or "en"),
        "is_tone_test": "tone-test" in request.GET,
    }
    return render(request, "desk/desk.html", context)


@require_safe
@never_cache
def echo(_request: HttpRequest) -> HttpResponse:
    """Answer at once with nothing: the page measures the round trip."""
    return HttpResponse(status=204)
