"""Calling from the browser: the page, a short-lived telephone account, and how far the call is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo.data.models import Number
from allo.web.control_client import CONTROL_AWAY, ControlAwayError, control
from allo.web.hub import hub
from allo.web.limits import CALLS
from allo.web.phones import account
from allo.web.refusals import sentence

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

WEB_CALLER = re.compile(r"web-[0-9]{1,12}-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A number that a visitor may call, by what it is for."""

    number: str
    title: str


def choices() -> list[Choice]:
    """Return every whole number of the centre (patterns are for trunks) whose queue is open to calls."""
    numbers = Number.objects.active().filter(queue__is_active=True).select_related("queue")
    whole = [number for number in numbers if re.fullmatch(r"\+?[0-9]+", number.pattern)]
    return [Choice(number.pattern, number.queue.name) for number in whole if number.queue is not None]


@require_safe
@never_cache
def call(request: HttpRequest) -> HttpResponse:
    """Show the page with its one button."""
    context = {"choices": choices(), "is_tone_test": "tone-test" in request.GET}
    return render(request, "public/call.html", context)


@require_POST
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """Make an account for one call; not too many from one address."""
    wait = CALLS.wait_s(request.META.get("REMOTE_ADDR", ""))
    if wait:
        text = _("Too many calls from your address. Try again in %(seconds)s seconds.")
        said = {"code": "too_many", "sentence": text % {"seconds": wait}}
        return JsonResponse(said, status=429, headers={"Retry-After": str(wait)})
    try:
        credentials = control().web_caller_credentials()
    except ControlAwayError:
        return JsonResponse({"code": CONTROL_AWAY, "sentence": sentence(CONTROL_AWAY)}, status=503)
    return JsonResponse(account(request, credentials))


@require_POST
@never_cache
async def state(request: HttpRequest) -> HttpResponse:
    """Say how far the call of this account is; the account's name is the visitor's secret."""
    source = hub()
    source.start()
    name = request.POST.get("name", "")
    found = progress(source.mirror, name) if WEB_CALLER.fullmatch(name) else {}
    return JsonResponse(found)


def _called_before(mirror: Mirror, item: Item) -> int:
    """Customers to be called back now who have waited longer: they come first."""
    calls = (one for one in mirror.of_kind("call").values() if one["queue_id"] == item["queue_id"])
    back = (one for one in calls if one["state"] == "waiting" and (one.get("callback") or {}).get("is_alone"))
    return sum(not one["callback"]["is_parked"] and one["entered_at"] < item["entered_at"] for one in back)


def progress(mirror: Mirror, name: str) -> dict[str, object]:
    """Return the state of the call of a web account, and its place in the queue (1: next)."""
    for item in mirror.of_kind("call").values():
        if item["caller"] != name:
            continue
        queue = mirror.get(f"queue:{item['queue_id']}") or {"waiting": []}
        line = queue["waiting"]
        place = line.index(item["id"]) + 1 + _called_before(mirror, item) if item["id"] in line else None
        return {"state": item["state"], "place": place, "since_at": item["answered_at"] or item["entered_at"]}
    return {}
