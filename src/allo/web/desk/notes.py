"""A team leader's note has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from allo.data.actions.leader_note import do_acknowledge_note
from allo.web import leader_notes
from allo.web.access import agent_required

if TYPE_CHECKING:
    from allo.web.access import SignedInRequest


@require_POST
@never_cache
@agent_required
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a note off my own desk; nobody else can."""
    if not do_acknowledge_note(request.user, pk):
        raise Http404
    leader_notes.look()
    return HttpResponse(status=204)
