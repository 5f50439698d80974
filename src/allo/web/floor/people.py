"""One agent as the floor shows them on a click: the day, the queues, what a leader can do; and notes to agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo import installation
from allo.core.call_states import CallState
from allo.data.actions.customer import TextTooLongError
from allo.data.actions.leader_note import do_write_note
from allo.data.actions.user import do_set_memberships
from allo.data.models import AgentState, BreakReason, Queue, User
from allo.data.models.leader_note import LONGEST_NOTE
from allo.web import leader_notes
from allo.web.access import SignedInRequest, leader_required
from allo.web.break_words import claim_of
from allo.web.floor.parts import why_of
from allo.web.hub import mirror_now
from allo.web.reports.periods import midnight, today

if TYPE_CHECKING:
    from allo.web.mirror import Mirror

LEVELS = range(1, 6)


def _people() -> Any:
    return User.objects.active().people()


@require_safe
@never_cache
@leader_required
def agent(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Show the panel of one agent."""
    person = get_object_or_404(User.objects.active(), pk=agent_id)
    mirror, _is_there = mirror_now()
    return render(request, "floor/parts/person.html", _context(mirror, person, request.user))


def _context(mirror: Mirror, person: User, leader: User) -> dict[str, Any]:
    live = mirror.agent(person.agent_id)
    call = mirror.call_of(person.agent_id)
    supervision = call.get("supervision") if call else None
    levels = dict(person.memberships.values_list("queue_id", "level"))
    return {
        "person": person,
        "live": live,
        "today": _so_far(mirror, live) if live else {},
        "call": call,
        "why": why_of(mirror, call) if call else "",
        "is_me": person.pk == leader.pk,
        "can_listen": call is not None and call["state"] in (CallState.TALKING, CallState.HELD),
        "mode": supervision["mode"] if supervision and supervision["leader_id"] == leader.agent_id else "",
        "is_at_work": live is not None and live["state"] != AgentState.OFFLINE,
        "claim": claim_of(mirror, live),
        "break_reasons": BreakReason.objects.active(),
        "queues": [(queue, levels.get(queue.pk, 0)) for queue in Queue.objects.active()],
        "levels": LEVELS,
        "longest_note": LONGEST_NOTE,
    }


def _so_far(mirror: Mirror, live: dict[str, Any]) -> dict[str, Any]:
    """The agent's day with the state that lasts: the feed counts what has ended. A talk counts when it is over."""
    zone = installation.current().zone
    lasts_s = max(mirror.now() - max(live["since_at"], midnight(today(zone), zone).timestamp()), 0.0)
    figures = dict(live["today"])
    if live["state"] != AgentState.OFFLINE:
        figures["logged_in_s"] += lasts_s
    if live["state"] in (AgentState.READY, AgentState.WRAP_UP):
        figures["ready_s" if live["state"] == AgentState.READY else "wrapup_s"] += lasts_s
    return figures


@require_POST
@leader_required
def queues(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """Let an agent serve these queues from now on; calls under way are not touched."""
    person = get_object_or_404(User.objects.active(), pk=agent_id)
    levels = {}
    for queue in Queue.objects.active():
        level = request.POST.get(f"queue-{queue.pk}", "0")
        if level.isdecimal() and int(level) in LEVELS:
            levels[queue] = int(level)
    do_set_memberships(request.user, person, levels)
    return HttpResponse(status=204)


@require_POST
@leader_required
def note(request: SignedInRequest) -> HttpResponse:
    """Write to one agent, to a team, or to everybody who is at work."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    readers = _readers(request.POST.get("to", ""))
    if not readers:
        return _refusal(_("Nobody is at work who could read it."))
    try:
        count = do_write_note(request.user, readers, text)
    except TextTooLongError as error:
        said = _("The note has %(length)d characters; at most %(limit)d fit. Shorten it and send it again.")
        return _refusal(said % {"length": error.length, "limit": error.limit})
    except ValueError:
        return _refusal(_("Write the note first."))
    leader_notes.look()
    said = ngettext("Sent to %(count)d person.", "Sent to %(count)d people.", count) % {"count": count}
    return JsonResponse({"said": said})


def _readers(to: str) -> list[User]:
    if to.isdecimal() and len(to) < 18:
        return list(_people().filter(pk=int(to)))
    mirror, _is_there = mirror_now()
    at_work = [one["id"] for one in mirror.of_kind("agent").values() if one["state"] != AgentState.OFFLINE]
    team = to.removeprefix("team-")
    found = _people().filter(pk__in=[int(id_) for id_ in at_work if id_.isdecimal()])
    return list(found.filter(team_id=int(team)) if to != team and team.isdecimal() else found if to == "all" else ())


def _refusal(text: str) -> JsonResponse:
    return JsonResponse({"code": "note", "sentence": text}, status=409)
