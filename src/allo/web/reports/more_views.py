"""Further questions of team leaders, one table each: how it is asked, what answers it, what is said without answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.web.access import SignedInRequest, leader_required
from allo.web.reports import breaks, callbacks, pages, promised, resolution, surveys, transfers
from allo.web.reports.filters import read_filters

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from allo.web.reports.filters import Filters
    from allo.web.reports.table import Table


@dataclass(frozen=True, slots=True)
class Question:
    """A page of one table."""

    name: str
    """Its address, and the name of that."""
    words: _StrPromise
    make: Callable[[Filters], Table]
    empty: _StrPromise
    icon: str
    has_queue: bool = True
    """Whether one can ask it of one queue."""


_RIGHT_PERSON = _("Do callers reach the right person at once?")
_by_queue, _by_agent = partial(surveys.surveys, by_agent=False), partial(surveys.surveys, by_agent=True)
_TALKED, _ANSWERED = _("Nobody talked in these days"), _("No answered calls in these days")
_ASKED, _HELD = _("Nobody was asked in these days"), _("Nobody was put on hold in these days")
_PROMISED, _CALLED_BACK = _("Nothing was promised in these days"), _("No call-backs in these days")
_HEARD, _BREAKS = _("No greeting was heard in these days"), _("Nobody asked for a break in these days")
QUESTIONS = (
    Question("transfers", _RIGHT_PERSON, transfers.transfers, _TALKED, "phone-forwarded"),
    Question("holds", _("Why are callers put on hold, and for how long?"), transfers.holds, _HELD, "pause"),
    Question("promises", _("Do we answer as promised?"), promised.promises, _PROMISED, "handshake"),
    Question("callbacks", _("Do we reach whom we call back?"), callbacks.callbacks, _CALLED_BACK, "phone-outgoing"),
    Question("resolution", _("Do we solve it with one call?"), resolution.resolution, _ANSWERED, "badge-check"),
    Question("surveys", _("How do callers rate us?"), _by_queue, _ASKED, "star"),
    Question("ratings", _("How do callers rate our agents?"), _by_agent, _ASKED, "star"),
    Question("greetings", _("Which greeting do callers stay with?"), surveys.greetings, _HEARD, "volume-2"),
    Question("breaks", _("Do breaks come when they are needed?"), breaks.breaks, _BREAKS, "coffee", has_queue=False),
)  # fmt: skip


def page_of(question: Question) -> Callable[..., HttpResponse]:
    """Make the view of a question; for leaders."""

    @require_safe
    @never_cache
    @leader_required
    def page(request: SignedInRequest) -> HttpResponse:
        filters = replace(read_filters(request.GET, request.user), agent=None)
        if not question.has_queue:
            filters = replace(filters, queue=None)
        context = {
            "template": "reports/figures.html",
            "question": question.words,
            "empty": question.empty,
            "empty_icon": question.icon,
            "is_without_queue": not question.has_queue,
        }
        return pages.show(request, question.name, filters, question.make(filters), **context)

    return page
