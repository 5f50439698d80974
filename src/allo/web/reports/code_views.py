"""Compensation codes: shown on the customer's card and in the report of promises, redeemed by who works here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from allo.data.actions.compensation import do_redeem_code
from allo.data.models import CompensationCode
from allo.web.access import SignedInRequest, agent_required, is_htmx
from allo.web.toasts import with_toast

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from allo.data.models import Customer

MOST_ON_CARD = 10


def codes_of(customer: Customer) -> QuerySet[CompensationCode]:
    """Return a customer's codes, newest first."""
    return customer.compensations.select_related("used_by")[:MOST_ON_CARD]


@require_POST
@agent_required
def redeem(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a code as used."""
    code = CompensationCode.objects.filter(pk=pk).first()
    if code is None:
        raise Http404
    is_mine = do_redeem_code(request.user, code)
    if not is_htmx(request):
        return redirect("reports:index")
    said = _("The code is marked as used.") if is_mine else _("Somebody has marked this code as used already.")
    return with_toast(render(request, "reports/parts/code.html", {"code": code}), said)
