"""The calls behind the figures, and one call with its story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allo import installation
from allo.data.actions.listening import entries_of
from allo.data.models import CallOutcome, Disposition, Recording, RecordingState
from allo.web.access import SignedInRequest, agent_required
from allo.web.reports import calls as call_list
from allo.web.reports import pages, timeline
from allo.web.reports.access import get_call, visible_calls
from allo.web.reports.filters import read_filters
from allo.web.reports.periods import clock_of
from allo.web.reports.table import csv_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from allo.data.models import CallRecord, User
    from allo.web.reports.filters import Filters

PAGE_LENGTH = 50
MOST_IN_FILE = 50_000
LISTENERS_SHOWN = 10


@require_safe
@never_cache
@agent_required
def calls(request: SignedInRequest) -> HttpResponse:
    """List calls: the leader's all, an agent's own."""
    own = {name: request.GET[name][:200] for name in call_list.OWN_PARAMETERS if request.GET.get(name)}
    filters = replace(read_filters(request.GET, request.user), by="", extra=own)
    found = call_list.find_calls(request.user, filters, own)
    paginator = Paginator(found, PAGE_LENGTH)
    is_too_long = paginator.count > MOST_IN_FILE
    if pages.wants_csv(request) and not is_too_long:
        return csv_response(pages.file_name("calls", filters), _header(), _lines(found, filters))
    page = paginator.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "calls": page,
        "count": paginator.count,
        "is_too_long": is_too_long,
        "most_in_file": MOST_IN_FILE,
        "kinds": call_list.KINDS.items(),
        "kind": own.get("kind", ""),
        "words": own.get("q", ""),
        "outcome": own.get("outcome", ""),
        "outcomes": Disposition.objects.all(),
        "agents": pages.agents_to_choose(filters),
        "interval": _interval(filters, own),
        "orders": {"wait": f"?{filters.query(order='wait')}", "talk": f"?{filters.query(order='talk')}"},
        "order": own.get("order", ""),
        "earlier": _page_href(filters, page.number - 1) if page.has_previous() else "",
        "later": _page_href(filters, page.number + 1) if page.has_next() else "",
        "is_narrowed": bool(own or filters.queue or (filters.agent and not filters.only)),
        "all_href": f"?{filters.query(**dict.fromkeys([*own, 'queue', 'agent'], ''))}",
    }
    return pages.show(request, "calls", filters, **context)


@require_safe
@never_cache
@agent_required
def call(request: SignedInRequest, call_id: str) -> HttpResponse:
    """Show one call from its first ring to its outcome."""
    record = get_call(request.user, call_id)
    recording: Recording | None = getattr(record, "recording", None)
    outcomes = CallOutcome.objects.filter(call_id=record.call_id).select_related("agent", "disposition")
    context = {
        "here": "call",
        "questions": pages.questions(request.user, "call", read_filters(_day_of(record), request.user)),
        "call": record,
        "story": timeline.story(record),
        "outcomes": outcomes,
        "spoken": record.spoken.exclude(state=RecordingState.DELETED).order_by("pk"),
        "earlier_calls": _other_calls(request.user, record),
        **recording_context(request.user, recording),
    }
    return render(request, "reports/call.html", context)


def recording_context(reader: User, recording: Recording | None) -> dict[str, Any]:
    """Return what the recording's part of the page needs."""
    return {
        "recording": recording,
        "is_ready": recording is not None and recording.state == RecordingState.READY,
        "may_delete": reader.is_administrator,
        "heard_by": entries_of(recording)[:LISTENERS_SHOWN] if recording is not None and reader.is_leader else [],
    }


def _other_calls(reader: User, record: CallRecord) -> list[CallRecord]:
    if record.customer_id is None:
        return []
    others = visible_calls(reader).filter(customer=record.customer_id).exclude(pk=record.pk).exclude(outcome="")
    return list(others.select_related("queue", "agent", "disposition")[:8])


def _day_of(record: CallRecord) -> dict[str, str]:
    day = record.arrived_at.astimezone(installation.current().zone).date().isoformat()
    return {"from": day, "to": day}


def _interval(filters: Filters, own: dict[str, str]) -> dict[str, str] | None:
    """Return the interval the address narrows the day to, in words, and the way out of it."""
    start, end = own.get("start", ""), own.get("end", "")
    if not (start.isdecimal() and end.isdecimal() and len(start) < 12 and len(end) < 12):
        return None
    zone = filters.period.zone
    first, last = (datetime.fromtimestamp(int(text), UTC).astimezone(zone) for text in (start, end))
    if (last - first).total_seconds() >= 23 * 3600:
        return None
    return {"text": f"{clock_of(first)}–{clock_of(last)}", "href": f"?{filters.query(start='', end='')}"}


def _page_href(filters: Filters, number: int) -> str:
    return f"?{filters.query(page=number)}"


def _header() -> list[str]:
    return [
        _("Call"), _("Arrived"), _("Caller"), _("Customer"), _("Queue"), _("Agent"), _("Result"),
        _("Wait, seconds"), _("Talk, seconds"), _("Hold, seconds"), _("Wrap-up, seconds"), _("Outcome"),
    ]  # fmt: skip


def _lines(found: QuerySet[CallRecord], filters: Filters) -> Iterator[list[object]]:
    for record in found.iterator(chunk_size=2000):
        yield [
            record.call_id,
            record.arrived_at.astimezone(filters.period.zone).isoformat(sep=" ", timespec="seconds"),
            record.caller,
            record.customer.name if record.customer else "",
            record.queue.name if record.queue else "",
            str(record.agent) if record.agent else "",
            record.get_outcome_display(),
            f"{record.wait_s:.1f}",
            f"{record.talk_s:.1f}",
            f"{record.hold_s:.1f}",
            f"{record.wrapup_s:.1f}",
            record.disposition.name if record.disposition else "",
        ]
