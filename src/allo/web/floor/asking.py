"""What a team leader asks of control from the floor; the answer is 204 or a sentence (409).

Who asks is always the person signed in. Leaders and administrators only: agents never get here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.model import SupervisionMode
from allo.web.access import SignedInRequest, leader_required
from allo.web.control_client import Refused, control
from allo.web.desk.asking import LONGEST_ID, refusal
from allo.web.setup.forms.target import spoken_messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

LONGEST_REASON = 200
Made = rq.Request


def _field(form: QueryDict, name: str) -> str:
    return form.get(name, "")[:LONGEST_ID]


def _supervise(mode: SupervisionMode) -> Callable[[str, QueryDict], Made]:
    return lambda leader, form: rq.Supervise(leader, _field(form, "call"), mode)


def _force(to: AgentState) -> Callable[[str, QueryDict], Made]:
    return lambda leader, form: rq.ForceState(leader, _field(form, "agent"), to, _field(form, "reason"))


def _close(*, is_closed: bool) -> Callable[[str, QueryDict], Made]:
    return lambda leader, form: rq.SetEmergencyClosed(
        leader,
        _field(form, "queue"),
        is_closed,
        " ".join(form.get("reason", "").split())[:LONGEST_REASON],
        _field(form, "message") if is_closed else "",
    )


REQUESTS: dict[str, Callable[[str, QueryDict], Made]] = {
    "listen": _supervise(SupervisionMode.LISTEN),
    "whisper": _supervise(SupervisionMode.WHISPER),
    "barge": _supervise(SupervisionMode.BARGE),
    "leave": lambda leader, form: rq.StopSupervising(leader, _field(form, "call")),
    "take-over": lambda leader, form: rq.TakeOver(leader, _field(form, "call")),
    "make-ready": _force(AgentState.READY),
    "send-on-break": _force(AgentState.NOT_READY),
    "log-out-agent": _force(AgentState.OFFLINE),
    "grant-break": lambda leader, form: rq.AnswerBreak(leader, _field(form, "agent"), is_granted=True),
    "refuse-break": lambda leader, form: rq.AnswerBreak(leader, _field(form, "agent"), is_granted=False),
    "cancel-callback": lambda leader, form: rq.CancelCallback(leader, _field(form, "call")),
    "close": _close(is_closed=True),
    "open": _close(is_closed=False),
}


@require_POST
@never_cache
@leader_required
def ask(request: SignedInRequest, what: str) -> HttpResponse:
    """Pass one request on."""
    make = REQUESTS.get(what)
    if make is None:
        return JsonResponse({"code": "unknown", "sentence": _("This page is too old. Reload it.")}, status=404)
    made = make(request.user.agent_id, request.POST)
    if isinstance(made, rq.SetEmergencyClosed) and not _can_be_heard(made.message):
        return JsonResponse(
            {"code": "no_message", "sentence": _("This message is not there. Choose another.")}, status=409
        )
    answer = control().send(made)
    return refusal(answer.code) if isinstance(answer, Refused) else HttpResponse(status=204)


def _can_be_heard(message: str) -> bool:
    return not message or (message.isdecimal() and spoken_messages().filter(pk=int(message)).exists())
