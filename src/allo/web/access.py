"""Who may open which page. Decided on the server for every view; menus only reflect it.

A fragment asked for by htmx is never answered with a page: the answer carries a 401 or 403 and an
event (``allo:signed-out``, ``allo:forbidden``), on which ``base.js`` opens a dialog over the page as
it stands. Nothing that was typed is lost.
"""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from allo.data.models import Role, User

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

ViewT = TypeVar("ViewT", bound="Callable[..., Any]")

RANK = {Role.AGENT: 0, Role.TEAM_LEADER: 1, Role.ADMINISTRATOR: 2}


class SignedInRequest(HttpRequest):
    """For annotations: a request whose user is known to be one of ours."""

    user: User


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def wants_fragment(request: HttpRequest) -> bool:
    """Fragments, event streams and scripts' own requests cannot follow a redirect to a login page."""
    accept = request.headers.get("Accept", "")
    return is_htmx(request) or "text/event-stream" in accept or accept.startswith("application/json")


def may(user: Any, role: Role) -> bool:
    """Whether ``user`` has ``role`` or a higher one."""
    return isinstance(user, User) and user.is_active and not user.is_automatic and RANK[Role(user.role)] >= RANK[role]


def _signed_out(request: HttpRequest) -> HttpResponse:
    if wants_fragment(request):
        response = HttpResponse(_("Sign in again. Nothing is lost."), status=401)
        response["HX-Trigger"] = json.dumps({"allo:signed-out": True})
        response["HX-Reswap"] = "none"
        return response
    return redirect_to_login(request.get_full_path())


def _forbidden(request: HttpRequest) -> HttpResponse:
    if wants_fragment(request):
        response = HttpResponse(_("Your role does not allow this."), status=403)
        response["HX-Trigger"] = json.dumps({"allo:forbidden": True})
        response["HX-Reswap"] = "none"
        return response
    raise PermissionDenied


def refusal(request: HttpRequest, user: Any, role: Role) -> HttpResponse | None:
    """Return the answer to who has not this role, nothing for who has it."""
    if not user.is_authenticated:
        return _signed_out(request)
    return None if may(user, role) else _forbidden(request)


def role_required(role: Role) -> Callable[[ViewT], ViewT]:
    """Make a decorator that lets only ``role`` and higher ones in; for sync and async views."""

    def decorate(view: ViewT) -> ViewT:
        if iscoroutinefunction(view):
            async_view = cast("Callable[..., Coroutine[Any, Any, HttpResponseBase]]", view)

            @wraps(view)
            async def guard_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                user = await request.auser()
                return refusal(request, user, role) or await async_view(request, *args, **kwargs)

            return cast("ViewT", guard_async)

        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer: HttpResponseBase = refusal(request, request.user, role) or view(request, *args, **kwargs)
            return answer

        return cast("ViewT", guard)

    return decorate


agent_required = role_required(Role.AGENT)
leader_required = role_required(Role.TEAM_LEADER)
admin_required = role_required(Role.ADMINISTRATOR)
