"""Pages for what went wrong: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from allo.web.access import wants_fragment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _page(request: HttpRequest, code: int, title: str | _StrPromise, text: str | _StrPromise) -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(f"{title} {text}", status=code, content_type="text/plain; charset=utf-8")
    return render(request, "errors/error.html", {"code": code, "title": title, "text": text}, status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400."""
    return _page(request, 400, _("We could not read that."), _("Go back, reload the page and try once more."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return _page(
        request,
        403,
        _("This page is not for your role."),
        _("If you need it for your work, ask your administrator to change your role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return _page(
        request,
        404,
        _("There is nothing at this address."),
        _("Perhaps it was deleted, or the link has a mistake in it."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Also when the database is away, so it asks nothing of it."""
    title = _("Something broke on our side.")
    text = _("Calls go on. What happened is in the log; try again, or tell your administrator the time.")
    if wants_fragment(request):
        return HttpResponse(f"{title} {text}", status=500, content_type="text/plain; charset=utf-8")
    return render(request, "errors/500.html", {"code": 500, "title": title, "text": text}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that was opened before somebody signed in or out in another tab."""
    return _page(
        request,
        403,
        _("This page was open for too long."),
        _("Go back, reload the page and send the form again. Your text is still there when you go back."),
    )
