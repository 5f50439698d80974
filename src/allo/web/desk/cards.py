"""The customer's card: who calls, what colleagues wrote, what was agreed in past calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo.data.actions.customer import TextTooLongError, do_add_note, do_change_customer
from allo.data.models import CallRecord, Customer, CustomerKind, Language, Recording, RecordingState
from allo.web.access import SignedInRequest, agent_required
from allo.web.desk.history import past_calls
from allo.web.hub import mirror_now
from allo.web.reports.code_views import codes_of
from allo.web.templatetags.allo import WEB_CALLER, phone
from allo.web.toasts import with_toast

MOST_NOTES = 50
MOST_FOUND = 8


def _card(request: SignedInRequest, customer: Customer, call_id: str = "", code: int = 200) -> HttpResponse:
    calls = customer.calls.exclude(call_id=call_id).filter(ended_at__isnull=False)
    recent = timezone.now() - timedelta(days=1)
    context: dict[str, Any] = {
        "customer": customer,
        "call_id": call_id,
        "notes": customer.notes.select_related("author")[:MOST_NOTES],
        "history": past_calls(customer.calls.all(), but=call_id),
        "codes": codes_of(customer),
        "kinds": CustomerKind.objects.active(),
        "languages": Language.choices,
        "count": calls.count(),
        "count_of_day": calls.filter(arrived_at__gte=recent).count(),
    }
    return render(request, "desk/parts/card.html", context, status=code)


@require_safe
@never_cache
@agent_required
def card_of_call(request: SignedInRequest, call_id: str) -> HttpResponse:
    """Show the card of the customer of a call; the page says whom control has recognised."""
    known = _number(request.GET.get("customer", ""))
    customer = Customer.objects.filter(Q(pk=known) if known else Q(calls__call_id=call_id)).first()
    if customer is None:
        mirror, _is_there = mirror_now()
        caller = str((mirror.items.get(f"call:{call_id}") or {}).get("caller", ""))
        # Who calls for the first time rings before their card is written; it follows by itself. A visitor has none.
        found = {"caller": caller, "is_visitor": caller.startswith(WEB_CALLER)}
        return render(request, "desk/parts/no_customer.html", found)
    return _card(request, customer, call_id)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@require_safe
@never_cache
@agent_required
def card(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Show a card that was looked for."""
    return _card(request, get_object_or_404(Customer, pk=customer_id))


@require_safe
@never_cache
@agent_required
def message(request: SignedInRequest, call_id: str) -> HttpResponse:
    """Show the spoken message of a call-back that rings here, to be heard before dialling."""
    mirror, _is_there = mirror_now()
    agent = mirror.agent(request.user.agent_id)
    if agent is None or agent["call_id"] != call_id:
        raise Http404
    spoken = Recording.objects.filter(spoken_in__call_id=call_id, state=RecordingState.READY).first()
    return render(request, "desk/parts/message.html", {"recording": spoken})


@require_safe
@never_cache
@agent_required
def today(request: SignedInRequest) -> HttpResponse:
    """Show what stands in the card's place between calls: my own last calls."""
    since = timezone.now() - timedelta(hours=16)
    mine = CallRecord.objects.filter(agent=request.user, answered_at__gte=since)
    return render(request, "desk/parts/today.html", {"history": past_calls(mine)})


@require_POST
@agent_required
def rename(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Correct a customer's name."""
    customer = get_object_or_404(Customer, pk=customer_id)
    try:
        do_change_customer(customer, name=" ".join(request.POST.get("name", "").split()))
    except TextTooLongError as error:
        return _too_long(error)
    return with_toast(HttpResponse(status=204), _("Name saved."))


@require_POST
@agent_required
def write_to(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Keep the address to which messages for a customer go; empty is none."""
    customer = get_object_or_404(Customer, pk=customer_id)
    address = request.POST.get("email", "").strip()
    try:
        do_change_customer(customer, email=address)
    except ValidationError:
        return _conflict(_("This is no e-mail address. Write it like name@example.com, or leave it empty."))
    return with_toast(HttpResponse(status=204), _("E-mail saved.") if address else _("E-mail removed."))


@require_POST
@agent_required
def classify(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Say of what kind a customer is, or which language to speak; empty is no kind in particular."""
    customer = get_object_or_404(Customer, pk=customer_id)
    if "language" in request.POST:
        if request.POST["language"] not in Language.values:
            return _conflict(_("Choose a language."))
        do_change_customer(customer, language=request.POST["language"])
        return with_toast(HttpResponse(status=204), _("Language saved. The next call is led by it."))
    chosen = request.POST.get("kind", "")
    kind = CustomerKind.objects.active().filter(pk=_number(chosen)).first()
    if chosen and kind is None:
        return _conflict(_("This kind of customer no longer exists. Choose another one."))
    do_change_customer(customer, kind=kind)
    return with_toast(HttpResponse(status=204), _("Kind saved. The next call is led by it."))


@require_POST
@agent_required
def add_note(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Add a note for colleagues; the same text twice in a row (a double click) is one note."""
    customer = get_object_or_404(Customer, pk=customer_id)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    last = customer.notes.first()
    is_double = last is not None and last.author_id == request.user.pk and last.text == text.strip()
    try:
        if not is_double:
            do_add_note(customer, request.user, text)
    except TextTooLongError as error:
        return _too_long(error)
    except ValueError:
        return _conflict(_("Write the note first."))
    notes = customer.notes.select_related("author")[:MOST_NOTES]
    return render(request, "desk/parts/notes.html", {"customer": customer, "notes": notes})


def _too_long(error: TextTooLongError) -> HttpResponse:
    text = _("This is %(length)s characters; at most %(limit)s fit. Nothing is lost: shorten it and save again.")
    return _conflict(text % {"length": error.length, "limit": error.limit})


def _conflict(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
@agent_required
def find(request: SignedInRequest) -> HttpResponse:
    """Find customers by name or digits of the number, for the palette."""
    words = request.GET.get("q", "").strip()
    if len(words) < 2:
        return JsonResponse([], safe=False)
    digits = "".join(character for character in words if character.isdigit())
    fits = Q(name__icontains=words)
    if len(digits) >= 3:
        fits |= Q(phone__contains=digits)
    found = Customer.objects.filter(fits)[:MOST_FOUND]
    return JsonResponse(
        [
            {
                "title": customer.name or phone(customer.phone),
                "detail": phone(customer.phone) if customer.name else "",
                "href": f"{reverse('desk:page')}#customer-{customer.pk}",
            }
            for customer in found
        ],
        safe=False,
    )
