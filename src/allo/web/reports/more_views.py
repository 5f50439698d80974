"""Further questions of team leaders: transfers, holds, promises, call-backs, surveys, greetings, breaks, resolution."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.web.access import SignedInRequest, leader_required
from allo.web.reports import breaks as breaks_report
from allo.web.reports import callbacks as callbacks_report
from allo.web.reports import pages, promised, resolution, surveys, transfers
from allo.web.reports.filters import read_filters

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from allo.web.reports.filters import Filters
    from allo.web.reports.table import Table


def _answer(
    request: SignedInRequest, here: str, question: str, make: Callable[[Filters], Table], empty: str, icon: str,
    *, is_without_queue: bool = False,
) -> HttpResponse:  # fmt: skip
    filters = replace(read_filters(request.GET, request.user), agent=None)
    if is_without_queue:
        filters = replace(filters, queue=None)
    context = {"question": question, "empty": empty, "empty_icon": icon, "is_without_queue": is_without_queue}
    return pages.show(request, here, filters, make(filters), template="reports/figures.html", **context)


@require_safe
@never_cache
@leader_required
def transfers_page(request: SignedInRequest) -> HttpResponse:
    """Do callers reach the right person at once?"""
    question = _("Do callers reach the right person at once?")
    return _answer(
        request, "transfers", question, transfers.transfers, _("Nobody talked in these days"), "phone-forwarded"
    )


@require_safe
@never_cache
@leader_required
def holds_page(request: SignedInRequest) -> HttpResponse:
    """Why are callers put on hold?"""
    question = _("Why are callers put on hold, and for how long?")
    return _answer(request, "holds", question, transfers.holds, _("Nobody was put on hold in these days"), "pause")


@require_safe
@never_cache
@leader_required
def promises_page(request: SignedInRequest) -> HttpResponse:
    """Do we keep our promises?"""
    question = _("Do we answer as promised?")
    return _answer(
        request, "promises", question, promised.promises, _("Nothing was promised in these days"), "handshake"
    )


@require_safe
@never_cache
@leader_required
def callbacks_page(request: SignedInRequest) -> HttpResponse:
    """Do we reach whom we call back?"""
    question = _("Do we reach whom we call back?")
    empty = _("No call-backs in these days")
    return _answer(request, "callbacks", question, callbacks_report.callbacks, empty, "phone-outgoing")


@require_safe
@never_cache
@leader_required
def surveys_page(request: SignedInRequest) -> HttpResponse:
    """How do callers rate us, by queue?"""
    question, empty = _("How do callers rate us?"), _("Nobody was asked in these days")
    return _answer(request, "surveys", question, lambda it: surveys.surveys(it, by_agent=False), empty, "star")


@require_safe
@never_cache
@leader_required
def ratings_page(request: SignedInRequest) -> HttpResponse:
    """How do callers rate our agents?"""
    question, empty = _("How do callers rate our agents?"), _("Nobody was asked in these days")
    return _answer(request, "ratings", question, lambda it: surveys.surveys(it, by_agent=True), empty, "star")


@require_safe
@never_cache
@leader_required
def greetings_page(request: SignedInRequest) -> HttpResponse:
    """Which greeting do callers stay with?"""
    question = _("Which greeting do callers stay with?")
    return _answer(
        request, "greetings", question, surveys.greetings, _("No greeting was heard in these days"), "volume-2"
    )


@require_safe
@never_cache
@leader_required
def breaks_page(request: SignedInRequest) -> HttpResponse:
    """Do breaks come when they are needed?"""
    question, empty = _("Do breaks come when they are needed?"), _("Nobody asked for a break in these days")
    return _answer(request, "breaks", question, breaks_report.breaks, empty, "coffee", is_without_queue=True)


@require_safe
@never_cache
@leader_required
def resolution_page(request: SignedInRequest) -> HttpResponse:
    """Do we solve it with one call?"""
    question = _("Do we solve it with one call?")
    return _answer(
        request, "resolution", question, resolution.resolution, _("No answered calls in these days"), "badge-check"
    )
