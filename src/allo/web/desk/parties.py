"""Whom an agent may ask about the call, or pass it on to: what the palette lists while they talk.

Decides what is offered, not what is allowed: the engine refuses who is no longer free. Colleagues stand before
queues; a typed number comes first. Lists nothing to an agent who is in no conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.core.call_states import CallState
from allo.core.model import PartyKind
from allo.data.models import AgentState
from allo.data.models.home_country import normalise_at_home
from allo.web.access import SignedInRequest, agent_required
from allo.web.hub import mirror_now
from allo.web.templatetags.allo import phone

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

MOST_FOUND = 12
FEWEST_DIGITS = 2
Entry = dict[str, Any]


@require_safe
@never_cache
@agent_required
def parties(request: SignedInRequest) -> HttpResponse:
    """List whom the call of this agent may be passed to, fitting what was typed."""
    mirror, _is_there = mirror_now()
    return JsonResponse(entries(mirror, request.user.agent_id, request.GET.get("q", "")[:64]), safe=False)


def entries(mirror: Mirror, agent_id: str, words: str) -> list[Entry]:
    """Return the palette's lines: to ask somebody first, to pass the call on at once."""
    call = mirror.call_of(agent_id)
    if call is None or call["agent_id"] != agent_id or call["state"] not in (CallState.TALKING, CallState.HELD):
        return []
    found: list[tuple[PartyKind, str, str, str, bool]] = []
    if number := _number(words):
        found.append((PartyKind.NUMBER, number, phone(number), "", True))
    found += _colleagues(mirror, agent_id, words)
    found += _queues(mirror, words)
    may_ask = call.get("consult") is None
    asks = [_entry(call, "consult", one) for one in found if may_ask and one[4]]
    return asks[:MOST_FOUND] + [_entry(call, "transfer", one) for one in found][:MOST_FOUND]


def _entry(call: Item, what: str, party: tuple[PartyKind, str, str, str, bool]) -> Entry:
    kind, to, name, about, _is_free = party
    title = _("Ask %(name)s") if what == "consult" else _("Pass on to %(name)s")
    return {
        "title": title % {"name": name},
        "group": _("Ask first: the caller hears music") if what == "consult" else _("Pass on at once"),
        "about": about,
        "event": "allo:ask",
        "detail": {"what": what, "call": call["id"], "kind": kind.value, "to": to},
    }


def _colleagues(mirror: Mirror, me: str, words: str) -> list[tuple[PartyKind, str, str, str, bool]]:
    at_work = [
        agent
        for agent in mirror.of_kind("agent").values()
        if agent["id"] != me and agent["state"] != AgentState.OFFLINE and _fits(agent["name"], words)
    ]
    at_work.sort(key=lambda agent: (not _is_free(agent), agent["name"].casefold()))
    return [
        (PartyKind.AGENT, agent["id"], agent["name"], str(AgentState(agent["state"]).label), _is_free(agent))
        for agent in at_work
    ]


def _queues(mirror: Mirror, words: str) -> list[tuple[PartyKind, str, str, str, bool]]:
    queues = [queue for queue in mirror.of_kind("queue").values() if _fits(queue["name"], words)]
    queues.sort(key=lambda queue: queue["name"].casefold())
    return [
        (PartyKind.QUEUE, queue["id"], queue["name"], _about(queue), queue["agents"].get("ready", 0) > 0)
        for queue in queues
    ]


def _about(queue: Item) -> str:
    if closed := queue.get("closed"):  # by button; of hours the engine tells when it is asked
        return _("Closed: %(reason)s") % {"reason": closed["reason"]}
    figures = {"free": queue["agents"].get("ready", 0), "waiting": len(queue["waiting"])}
    return _("%(free)d ready, %(waiting)d waiting") % figures


def _is_free(agent: Item) -> bool:
    return agent["state"] == AgentState.READY and bool(agent["device_up"])


def _fits(name: str, words: str) -> bool:
    return all(word in name.casefold() for word in words.casefold().split())


def _number(words: str) -> str:
    digits = [character for character in words if character.isdigit()]
    is_number = len(digits) >= FEWEST_DIGITS and not any(character.isalpha() for character in words)
    return normalise_at_home(words) if is_number else ""
