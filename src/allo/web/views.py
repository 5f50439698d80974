"""The few views of no particular audience: the way home, the health check, the words for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

from allo.data.models import Role
from allo.web.access import SignedInRequest, agent_required
from allo.web.middleware import open_before_password_change

if TYPE_CHECKING:
    from django.http import HttpResponseBase

HOME_OF = {
    Role.AGENT: "/desk/",
    Role.TEAM_LEADER: "/floor/",
    Role.ADMINISTRATOR: "/setup/",
}


@require_safe
@agent_required
def home(request: SignedInRequest) -> HttpResponse:
    """Lead everybody to the page they work on."""
    return redirect(HOME_OF[Role(request.user.role)])


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@require_safe
@open_before_password_change
@cache_control(max_age=300, private=True)
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """Return the translations that scripts need; the language in the address makes it cacheable."""
    with translation.override(language):
        return JavaScriptCatalog.as_view(packages=["allo.web"])(request)
