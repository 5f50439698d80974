"""A question a page: are we answering in time, how do agents spend their time, what do calls end with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo.web.access import SignedInRequest, agent_required, leader_required
from allo.web.reports import adherence as adherence_report
from allo.web.reports import adherence_chart, pages
from allo.web.reports import agents as agents_report
from allo.web.reports import answering as answering_report
from allo.web.reports import outcomes as outcomes_report
from allo.web.reports.access import get_agent
from allo.web.reports.filters import read_filters
from allo.web.reports.table import csv_response

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@agent_required
def index(request: SignedInRequest) -> HttpResponse:
    """Lead leaders to the first question, an agent to the own day."""
    if request.user.is_leader:
        return redirect("reports:answering")
    return redirect("reports:agent", agent_id=request.user.pk)


@require_safe
@never_cache
@leader_required
def answering(request: SignedInRequest) -> HttpResponse:
    """Are we answering in time?"""
    level = request.GET.get("level", "")
    extra = {"level": level} if level in pages.LEVELS else {}
    filters = replace(read_filters(request.GET, request.user), agent=None, extra=extra)
    table = answering_report.answering(filters)
    context = {
        "levels": pages.levels(filters),
        "chart": answering_report.chart(filters, table),
        "headline": answering_report.headline(filters, table),
        "steps": pages.steps(filters),
    }
    return pages.show(request, "answering", filters, table, **context)


@require_safe
@never_cache
@leader_required
def agents(request: SignedInRequest) -> HttpResponse:
    """How do our agents spend their time?"""
    filters = replace(read_filters(request.GET, request.user), agent=None, queue=None)
    return pages.show(request, "agents", filters, agents_report.agents(filters), is_without_queue=True)


@require_safe
@never_cache
@agent_required
def agent(request: SignedInRequest, agent_id: int) -> HttpResponse:
    """How does this agent spend the time? An agent sees the own days."""
    person = get_agent(request.user, agent_id)
    filters = replace(read_filters(request.GET, request.user), agent=person, queue=None)
    table = agents_report.days_of_agent(filters)
    context = {
        "person": person,
        "is_own": person.pk == request.user.pk,
        "is_without_queue": True,
        "strip": agents_report.strip_of_day(filters),
        "calls_href": f"{reverse('reports:calls')}?{filters.query(by='', kind='answered')}",
    }
    return pages.show(request, "agent", filters, table, **context)


@require_safe
@never_cache
@leader_required
def adherence(request: SignedInRequest) -> HttpResponse:
    """When were our agents at work, and in which states?"""
    filters = replace(read_filters(request.GET, request.user), queue=None)
    if pages.wants_csv(request):
        return csv_response(pages.file_name("states", filters), *adherence_report.file_lines(filters))
    context = {
        "chart": adherence_chart.chart(filters),
        "agents": pages.agents_to_choose(filters),
        "is_without_queue": True,
    }
    return pages.show(request, "adherence", filters, adherence_report.adherence(filters), **context)


@require_safe
@never_cache
@leader_required
def outcomes(request: SignedInRequest) -> HttpResponse:
    """What do calls end with?"""
    filters = read_filters(request.GET, request.user)
    context = {"agents": pages.agents_to_choose(filters)}
    return pages.show(request, "outcomes", filters, outcomes_report.outcomes(filters), **context)
