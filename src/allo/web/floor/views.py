"""The floor's page, its stream of changes, the curves and the warnings of the day, and blocks of callers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo.data.actions.protection import HiddenCallerError, NoReasonError, do_block_caller
from allo.data.models import Alert, Team
from allo.data.models.leader_note import LONGEST_NOTE
from allo.web import reasons
from allo.web.access import SignedInRequest, leader_required
from allo.web.desk.asking import refusal
from allo.web.floor import alert_watch, alert_words
from allo.web.floor.curves import curves_of_today
from allo.web.floor.parts import FLOOR
from allo.web.hub import mirror_now
from allo.web.setup.forms.target import spoken_messages
from allo.web.sse import stream

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

MOST_ALERTS = 200
BLOCK_DAYS = {"1", "7", "30"}


@require_safe
@leader_required
def floor(request: SignedInRequest) -> HttpResponse:
    """Show the floor as it is now; the stream keeps it so."""
    mirror, is_known = mirror_now()
    reasons.read()
    user = request.user
    teams = Team.objects.active().prefetch_related("members")
    context = {
        "parts": FLOOR.draw_all(mirror, user.agent_id, get_language() or "en"),
        "is_known": is_known,
        "teams": [(team, ",".join(str(member.pk) for member in team.members.all())) for team in teams],
        "own_team": next((team.pk for team in teams if team.leader_id == user.pk and team.members.all()), None),
        "longest_note": LONGEST_NOTE,
        "messages_to_callers": spoken_messages(),
        "is_tone_test": "tone-test" in request.GET,
    }
    return render(request, "floor/floor.html", context)


async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream what changes. Access is checked by ``stream``."""
    alert_watch.start()
    return await stream(request, FLOOR)


@require_safe
@leader_required
def curves(request: SignedInRequest) -> HttpResponse:
    """Return each queue's curve of service level by interval, to be set into its card."""
    return render(request, "floor/parts/curves.html", {"curves": curves_of_today()})


@require_safe
@never_cache
@leader_required
def alerts_today(request: SignedInRequest) -> HttpResponse:
    """Show today's warnings, the latest first."""
    begins = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Alert.objects.filter(began_at__gte=begins)[:MOST_ALERTS]
    lines = [(alert, alert_words.sentence(alert.rule, alert.values)) for alert in found]
    return render(request, "floor/parts/history.html", {"lines": lines})


@require_POST
@leader_required
def block(request: SignedInRequest) -> HttpResponse:
    """Refuse further calls of a caller who is in a call now; the number comes from control, not from the page."""
    mirror, _is_known = mirror_now()
    call = mirror.get(f"call:{request.POST.get('call', '')[:64]}")
    if call is None:
        return refusal("unknown_call")
    days = request.POST.get("days", "")
    until = timezone.now() + timedelta(days=int(days)) if days in BLOCK_DAYS else None
    try:
        do_block_caller(request.user, call["caller"], request.POST.get("reason", ""), expires_at=until)
    except NoReasonError:
        return refusal("no_reason")
    except HiddenCallerError:
        return JsonResponse({"code": "hidden", "sentence": _("This caller hides the number.")}, status=409)
    return HttpResponse(status=204)
