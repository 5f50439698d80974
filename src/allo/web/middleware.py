"""Middleware of our own: static files that suit ASGI, pages that no browser keeps, the change of demo passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

View = TypeVar("View", bound="Callable[..., HttpResponseBase]")


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Whitenoise for ASGI: whole files from memory, and no detour through a thread for other requests.

    Whitenoise answers with a blocking file iterator, which ASGI can only read at once anyway.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer requests for static files, pass on all others."""
        static_file = self.files.get(request.path_info)
        if static_file is None:
            passed_on: HttpResponseBase | Awaitable[HttpResponseBase] = self.get_response(request)
            return passed_on
        if iscoroutinefunction(self):
            return self._serve_async(static_file, request)
        return self._serve(static_file, request)

    async def _serve_async(self, static_file: Any, request: HttpRequest) -> HttpResponse:
        return self._serve(static_file, request)

    @staticmethod
    def _serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file:
                content = answer.file.read()
        response = HttpResponse(content, status=int(answer.status))
        for name, value in answer.headers:
            response[name] = value
        if content:  # a file rebuilt since the start may have another length than it had then
            response["Content-Length"] = str(len(content))
        return response


class NeverKeptMiddleware(MiddlewareMixin):
    """Pages show customers: on a computer of several people no browser keeps them, unless a view says otherwise."""

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say so to the browser."""
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def open_before_password_change(view: View) -> View:
    """Who must choose a password first needs this view for it."""
    view.open_before_password_change = True  # type: ignore[attr-defined]
    return view


class PasswordChangeMiddleware(MiddlewareMixin):
    """Who has a demo password and can be reached from outside must change it first."""

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Lead to the password page unless the view says it is open to such people."""
        if settings.ONLY_LOOPBACK or getattr(view, "open_before_password_change", False):
            return None
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        return redirect(reverse("accounts:password"))
