"""The outcome of a call: kept while it is typed, recorded when control has taken it.

The order in ``finish`` is what loses nothing: the draft is saved first, then control is asked, then the
draft becomes the outcome. Whatever fails in between, the text stays on the server and the page asks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from allo.core.requests import FinishWrapUp
from allo.data.actions.customer import TextTooLongError
from allo.data.actions.outcome import do_record_outcome, do_save_draft
from allo.data.models import CallOutcome, CallRecord, Disposition, WrapUpDraft
from allo.web.access import SignedInRequest, agent_required
from allo.web.control_client import Refused, control
from allo.web.desk.asking import refusal

if TYPE_CHECKING:
    from allo.data.models import User


@require_http_methods(["GET", "POST"])
@never_cache
@agent_required
def outcome(request: SignedInRequest, call_id: str) -> HttpResponse:
    """Show the form as far as it was filled in, or finish the wrap-up with it."""
    if request.method == "POST":
        return _finish(request, call_id)
    _record_left_drafts(request.user, call_id)
    kept = _kept(call_id, request.user)
    context = {
        "call_id": call_id,
        "dispositions": Disposition.objects.active(),
        "chosen": kept.disposition_id if kept else None,
        "note": kept.note if kept else "",
    }
    return render(request, "desk/parts/outcome.html", context)


@require_POST
@never_cache
@agent_required
def draft(request: SignedInRequest, call_id: str) -> HttpResponse:
    """Keep what is typed so far."""
    try:
        _save(request, call_id)
    except TextTooLongError as error:
        return _too_long(error)
    return HttpResponse(status=204)


def _finish(request: SignedInRequest, call_id: str) -> HttpResponse:
    try:
        kept = _save(request, call_id)
    except TextTooLongError as error:
        return _too_long(error)
    chosen = kept.disposition
    answer = control().send(FinishWrapUp(request.user.agent_id, call_id, str(chosen.pk) if chosen else ""))
    if isinstance(answer, Refused):
        return refusal(answer.code)
    do_record_outcome(call_id, request.user, disposition=chosen, note=kept.note)
    return HttpResponse(status=204)


def _save(request: SignedInRequest, call_id: str) -> WrapUpDraft:
    chosen = request.POST.get("disposition", "")
    disposition = Disposition.objects.active().filter(pk=chosen).first() if chosen.isdecimal() else None
    note = request.POST.get("note", "").replace("\r\n", "\n")
    return do_save_draft(call_id, request.user, disposition=disposition, note=note)


def _kept(call_id: str, user: User) -> WrapUpDraft | CallOutcome | None:
    mine = {"call_id": call_id, "agent": user}
    return WrapUpDraft.objects.filter(**mine).first() or CallOutcome.objects.filter(**mine).first()


def _record_left_drafts(user: User, call_id: str) -> None:
    """Record what was typed for earlier calls that ended without the finish key (time ran out, browser closed)."""
    left = WrapUpDraft.objects.filter(agent=user).exclude(call_id=call_id)
    own = CallRecord.objects.filter(agent=user, call_id__in=left.values("call_id"), ended_at__isnull=False)
    for old in left.filter(call_id__in=own.values("call_id")).select_related("disposition"):
        do_record_outcome(old.call_id, user, disposition=old.disposition, note=old.note)


def _too_long(error: TextTooLongError) -> JsonResponse:
    text = _("The note is %(length)s characters; at most %(limit)s fit. It is still here: shorten it and go on.")
    return JsonResponse(
        {"code": "too_long", "sentence": text % {"length": error.length, "limit": error.limit}}, status=409
    )
