"""Signing in and out, the password, and how pages look to this person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from allo.data.actions.user import do_change_own_password, do_change_preferences
from allo.data.models import Language, Theme, User
from allo.data.seed_demo import demo_logins
from allo.web.access import SignedInRequest, agent_required, is_htmx
from allo.web.accounts.forms import NewPasswordForm, ProfileForm, SignInForm
from allo.web.context import THEME_COOKIE
from allo.web.limits import WRONG_PASSWORDS
from allo.web.middleware import open_before_password_change

if TYPE_CHECKING:
    from typing import Any


def _safe_next(request: HttpRequest) -> str:
    """Return where to go afterwards; only addresses of our own, and nothing that Django takes for a view's name."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    fits = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if fits else "/"


def _remember(response: HttpResponse, *, language: str = "", theme: str = "") -> HttpResponse:
    """Keep the choice in the browser, so that pages before the next sign-in look the same."""
    options: dict[str, Any] = {
        "max_age": settings.LANGUAGE_COOKIE_AGE,
        "samesite": "Lax",
        "secure": settings.IS_HTTPS,
    }
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **options)
    if theme:
        response.set_cookie(THEME_COOKIE, theme, **options)
    return response


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer someone who has tried too many passwords."""
    form = SignInForm(request)
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = _("Too many attempts. Wait %(minutes)s minutes, or ask your administrator for a new password.")
    return _sign_in_page(request, form, code=429, locked=text % {"minutes": minutes})


def _sign_in_page(request: HttpRequest, form: SignInForm, *, code: int = 200, locked: str = "") -> HttpResponse:
    template = "accounts/parts/sign_in_form.html" if is_htmx(request) else "accounts/login.html"
    demo = demo_logins() if settings.ONLY_LOOPBACK and not is_htmx(request) else []
    context = {
        "form": form,
        "next": _safe_next(request),
        "locked": locked,
        "demo": demo,
        "is_fragment": is_htmx(request),
    }
    # htmx swaps 422 and leaves other errors alone.
    return render(request, template, context, status=422 if code != 200 and is_htmx(request) else code)


def _too_many_from(address: str) -> str:
    """Count a try of a password; the sentence for whoever has tried too many, or ""."""
    wait = WRONG_PASSWORDS.wait_s(address)
    text = _("Too many attempts from your address. Try again in %(seconds)s seconds.")
    return text % {"seconds": wait} if wait else ""


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@open_before_password_change
def login(request: HttpRequest) -> HttpResponse:
    """Sign in; by htmx from the dialog over a page whose sign-in has run out."""
    if request.method != "POST":
        if request.user.is_authenticated and not is_htmx(request):
            return redirect(_safe_next(request))
        return _sign_in_page(request, SignInForm(request))
    address = request.META.get("REMOTE_ADDR", "")
    too_many = _too_many_from(address)
    if too_many:
        return _sign_in_page(request, SignInForm(request), code=429, locked=too_many)
    form = SignInForm(request, data=request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, code=422)
    WRONG_PASSWORDS.give_back(address)
    user = form.get_user()
    auth.login(request, user)
    request.session.clear_expired()
    if is_htmx(request):
        who = json.dumps({"allo:signed-in-as": {"reader": str(user.pk)}})
        response = HttpResponse(status=204, headers={"HX-Trigger": who})
    else:
        response = redirect(_safe_next(request))
    return _remember(response, language=user.language, theme=user.theme)


@require_POST
@open_before_password_change
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of the pages."""
    auth.logout(request)
    return redirect("accounts:login")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@open_before_password_change
@agent_required
def password(request: SignedInRequest) -> HttpResponse:
    """Change one's own password; forced for demo passwords when others can reach the pages."""
    user = request.user
    address = request.META.get("REMOTE_ADDR", "")
    too_many = _too_many_from(address) if request.method == "POST" else ""
    form = NewPasswordForm(user, None if too_many else request.POST or None)
    if request.method == "POST" and form.is_valid():
        WRONG_PASSWORDS.give_back(address)
        do_change_own_password(user, form.cleaned_data["new_password1"])
        auth.update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("home")
    is_forced = user.must_change_password and not settings.ONLY_LOOPBACK
    context = {"form": form, "is_forced": is_forced, "too_many": too_many}
    code = 429 if too_many else 422 if form.errors else 200
    return render(request, "accounts/password.html", context, status=code)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Change one's own name, language and theme."""
    user = request.user
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        do_change_preferences(user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Saved."))
        return _remember(redirect("accounts:profile"), language=user.language, theme=user.theme)
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@open_before_password_change
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of pages, for this browser and (signed in) for good."""
    chosen = request.POST.get("language", "")
    if chosen not in Language.values:
        chosen = settings.LANGUAGE_CODE
    if isinstance(request.user, User):
        do_change_preferences(request.user, language=chosen)
    return _remember(redirect(_safe_next(request)), language=chosen)


@require_POST
@open_before_password_change
def theme(request: HttpRequest) -> HttpResponse:
    """Switch light and dark, for this browser and (signed in) for good."""
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        chosen = Theme.SYSTEM
    if isinstance(request.user, User):
        do_change_preferences(request.user, theme=chosen)
    if request.headers.get("Accept", "").startswith("application/json"):
        return _remember(HttpResponse(status=204), theme=chosen)
    return _remember(redirect(_safe_next(request)), theme=chosen)
