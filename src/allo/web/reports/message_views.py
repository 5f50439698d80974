"""What became of written messages to customers: a list for leaders, and one's wish to send one again.

A team leader sees addresses with their middle left out, an administrator sees them whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo.data.actions.outgoing_message import do_send_again
from allo.data.models import ChannelKind, MessageChannel, MessageState, MessageTemplate, OutgoingMessage
from allo.web.access import SignedInRequest, is_htmx, leader_required
from allo.web.message_words import trouble_words
from allo.web.reports import pages
from allo.web.reports.filters import read_filters
from allo.web.reports.table import csv_response
from allo.web.templatetags.allo import phone
from allo.web.toasts import with_toast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.data.models import User
    from allo.web.reports.filters import Filters

PAGE_LENGTH = 50
TONES = {MessageState.SENT: "good", MessageState.FAILED: "trouble", MessageState.UNCLEAR: "warning"}
LEFT_OPEN = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One message as a reader may see it."""

    message: OutgoingMessage
    channel: MessageChannel | None
    about: str
    to: str
    trouble: str
    tone: str

    @property
    def may_be_sent(self) -> bool:
        """Whether sending it again can help: what has left is left alone, what has no way has none now either."""
        is_active = self.channel is not None and self.channel.is_active
        return is_active and self.message.state in (MessageState.FAILED, MessageState.UNCLEAR, MessageState.WAITING)

    @property
    def is_about_to_go(self) -> bool:
        """Whether its next state is a matter of seconds."""
        return self.message.state in (MessageState.WAITING, MessageState.SENDING) and not self.message.trouble


@require_safe
@never_cache
@leader_required
def messages(request: SignedInRequest) -> HttpResponse:
    """Do our messages arrive?"""
    state = request.GET.get("state", "")
    own = {"state": state} if state in MessageState.values else {}
    filters = replace(read_filters(request.GET, request.user), by="", queue=None, agent=None, extra=own)
    asked = OutgoingMessage.objects.filter(asked_at__gte=filters.period.start, asked_at__lt=filters.period.end)
    found = asked.filter(**own).select_related("customer").order_by("-asked_at", "-pk")
    if pages.wants_csv(request):
        return csv_response(
            pages.file_name("messages", filters), _header(), _cells(_lines(request.user, found), filters)
        )
    paginator = Paginator(found, PAGE_LENGTH)
    page = paginator.get_page(request.GET.get("page"))
    counts = dict(asked.order_by().values_list("state").annotate(Count("pk")))
    context: dict[str, Any] = {
        "page": page,
        "lines": _lines(request.user, page.object_list),
        "count": paginator.count,
        "states": [(one.value, one.label, counts.get(one.value, 0)) for one in MessageState],
        "state": own.get("state", ""),
        "is_without_queue": True,
        "earlier": f"?{filters.query(page=page.number - 1)}" if page.has_previous() else "",
        "later": f"?{filters.query(page=page.number + 1)}" if page.has_next() else "",
        "all_href": f"?{filters.query(state='')}",
    }
    return pages.show(request, "messages", filters, **context)


@require_POST
@leader_required
def send_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a message sent once more."""
    message = get_object_or_404(OutgoingMessage, pk=pk)
    is_asked = do_send_again(request.user, message)
    if not is_htmx(request):
        return redirect("reports:messages")
    said = _("The message is sent again within seconds.") if is_asked else _("This message has left already.")
    return with_toast(_drawn(request, pk), said)


@require_safe
@never_cache
@leader_required
def fate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the line of one message as it is now."""
    return _drawn(request, pk)


def _drawn(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(OutgoingMessage.objects.select_related("customer"), pk=pk)
    (line,) = _lines(request.user, [message])  # type: ignore[arg-type]
    return render(request, "reports/parts/message.html", {"line": line, "is_watched": True})


def _lines(reader: User, found: Iterable[OutgoingMessage]) -> list[Line]:
    channels = {str(one.pk): one for one in MessageChannel.objects.all()}
    texts = {str(pk): name for pk, name in MessageTemplate.objects.values_list("pk", "name")}
    return [
        Line(
            message=one,
            channel=channels.get(one.channel),
            about=texts.get(one.template, "–"),
            to=_address(reader, one, channels.get(one.channel)),
            trouble=trouble_words(one.trouble) if one.trouble else "",
            tone=TONES.get(MessageState(one.state), ""),
        )
        for one in found
    ]


def _address(reader: User, message: OutgoingMessage, channel: MessageChannel | None) -> str:
    kind = channel.kind if channel else ChannelKind.SMS
    address = message.address(kind)
    if not reader.is_administrator:
        return masked(address)
    return address if kind == ChannelKind.EMAIL else phone(address)


def masked(address: str) -> str:
    """Return an address by which somebody who knows it recognises it, and nobody else learns it."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    digits = address.lstrip("+")
    if len(digits) > 2 * LEFT_OPEN:
        return f"{digits[:LEFT_OPEN]}•••{digits[-LEFT_OPEN:]}"
    return "•••" if digits else ""


def _header() -> list[str]:
    return [_("When"), _("Call"), _("To whom"), _("Channel"), _("Text"), _("State"), _("Tries"), _("Last trouble")]


def _cells(lines: Iterable[Line], filters: Filters) -> Iterable[list[object]]:
    for line in lines:
        message = line.message
        yield [
            message.asked_at.astimezone(filters.period.zone).isoformat(sep=" ", timespec="seconds"),
            message.call_id, line.to, str(line.channel or "–"), line.about, message.get_state_display(),
            message.tries, line.trouble,
        ]  # fmt: skip
