"""The floor's page, its stream of changes, and the small curves of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from allo.web.access import SignedInRequest, leader_required
from allo.web.floor.curves import curves_of_today
from allo.web.floor.parts import FLOOR
from allo.web.hub import mirror_now
from allo.web.sse import stream

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase


@require_safe
@leader_required
def floor(request: SignedInRequest) -> HttpResponse:
    """Show the floor as it is now; the stream keeps it so."""
    mirror, is_known = mirror_now()
    context = {"parts": FLOOR.draw_all(mirror, "", get_language() or "en"), "is_known": is_known}
    return render(request, "floor/floor.html", context)


async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream what changes. Access is checked by ``stream``."""
    return await stream(request, FLOOR)


@require_safe
@leader_required
def curves(request: SignedInRequest) -> HttpResponse:
    """Return each queue's curve of service level by interval, to be set into its card."""
    return render(request, "floor/parts/curves.html", {"curves": curves_of_today()})
