"""What an agent asks of control by a key or button; the answer is 204 or a sentence (409)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from allo.core import requests as rq
from allo.core.model import PartyKind
from allo.core.refusal import Refusal
from allo.data.models.home_country import normalise_at_home
from allo.web.access import SignedInRequest, agent_required
from allo.web.control_client import CONTROL_AWAY, ControlAwayError, Refused, control
from allo.web.phones import account
from allo.web.refusals import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

LONGEST_ID = 64
OWNER_IS_KEPT_S = 24 * 3600
Asked = rq.Request


def _about_call(make: Callable[[str, str], Asked]) -> Callable[[str, QueryDict], Asked]:
    return lambda agent_id, form: make(agent_id, form.get("call", "")[:LONGEST_ID])


def _about_party(make: Callable[[str, str, PartyKind, str], Asked]) -> Callable[[str, QueryDict], Asked]:
    """Whom to ask or pass a call to; raises ValueError for a kind that there is not."""

    def asked(agent_id: str, form: QueryDict) -> Asked:
        kind, to = PartyKind(form.get("kind", "")), form.get("to", "")[:LONGEST_ID]
        whom = normalise_at_home(to) if kind is PartyKind.NUMBER else to
        return make(agent_id, form.get("call", "")[:LONGEST_ID], kind, whom)

    return asked


REQUESTS: dict[str, Callable[[str, QueryDict], Asked]] = {
    "log-in": lambda agent_id, _form: rq.LogIn(agent_id),
    "log-out": lambda agent_id, _form: rq.LogOut(agent_id),
    "ready": lambda agent_id, _form: rq.GoReady(agent_id),
    "break": lambda agent_id, form: rq.TakeBreak(agent_id, form.get("reason", "")[:LONGEST_ID]),
    "withdraw-break": lambda agent_id, _form: rq.WithdrawBreak(agent_id),
    "attach": lambda agent_id, _form: rq.AttachPhone(agent_id),
    "decline": _about_call(rq.Decline),
    "hold": lambda agent_id, form: rq.Hold(
        agent_id, form.get("call", "")[:LONGEST_ID], form.get("reason", "")[:LONGEST_ID]
    ),
    "resume": _about_call(rq.Resume),
    "hang-up": _about_call(rq.HangUp),
    "cool-off": _about_call(rq.CoolOff),
    "give-away": _about_call(lambda agent_id, call_id: rq.CoolOff(agent_id, call_id, with_another=True)),
    "consult": _about_party(rq.ConsultParty),
    "transfer": _about_party(rq.Transfer),
    "join": _about_call(rq.JoinParties),
    "complete": _about_call(rq.CompleteTransfer),
    "drop": _about_call(rq.DropParty),
    "pause-recording": _about_call(lambda agent_id, call_id: rq.PauseRecording(agent_id, call_id, is_paused=True)),
    "resume-recording": _about_call(lambda agent_id, call_id: rq.PauseRecording(agent_id, call_id, is_paused=False)),
    "help": _about_call(rq.CallForHelp),
    "mute": _about_call(lambda agent_id, call_id: rq.SetMuted(agent_id, call_id, is_muted=True)),
    "unmute": _about_call(lambda agent_id, call_id: rq.SetMuted(agent_id, call_id, is_muted=False)),
}


def refusal(code: str) -> JsonResponse:
    """Say why not: 503 when control is away (the page may ask again), 409 otherwise."""
    status = 503 if code == CONTROL_AWAY else 409
    return JsonResponse({"code": code, "sentence": sentence(code)}, status=status)


@require_POST
@never_cache
@agent_required
def ask(request: SignedInRequest, what: str) -> HttpResponse:
    """Pass one request on; whose it is, is never taken from the form."""
    make = REQUESTS.get(what)
    if make is None:
        return JsonResponse({"code": "unknown", "sentence": _("This page is too old. Reload it.")}, status=404)
    try:
        asked = make(request.user.agent_id, request.POST)
    except ValueError:
        return refusal(Refusal.UNKNOWN_PARTY)
    answer = control().send(asked)
    return refusal(answer.code) if isinstance(answer, Refused) else HttpResponse(status=204)


@require_POST
@never_cache
@agent_required
def phone(request: SignedInRequest) -> HttpResponse:
    """Give this page the account with which its telephone registers.

    Each account ends the one before. A page whose account was refused asks with ``renew``: when another page (on
    another computer) has taken the telephone meanwhile, it is told so instead of taking it back.
    """
    page, key = request.POST.get("page", "")[:LONGEST_ID], f"phone-page:{request.user.pk}"
    if request.POST.get("renew") and cache.get(key, page) != page:
        return JsonResponse({"code": "taken", "sentence": _("Your phone is in another window")}, status=409)
    try:
        credentials = control().phone_credentials(request.user.agent_id)
    except ControlAwayError:
        return refusal(CONTROL_AWAY)
    cache.set(key, page, timeout=OWNER_IS_KEPT_S)
    return JsonResponse(account(request, credentials))
