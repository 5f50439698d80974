"""The administrator's pages: the checklist, the sections with their forms, the history of changes.

Each section is one page with a list and, beside it, the form of what was chosen. htmx swaps the
fragment ``#section``; without scripts the same addresses give whole pages.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allo.data.actions.changes import NameTakenError, do_restore
from allo.data.models import AuditEntry, Role, Trunk
from allo.web.access import SignedInRequest, admin_required, is_htmx, may, refusal
from allo.web.setup import checklist
from allo.web.setup.findings import findings
from allo.web.setup.section import Section
from allo.web.setup.sections import SECTIONS
from allo.web.toasts import with_toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from allo.web.setup.forms.base import SettingForm

HISTORY_LENGTH = 200


def _of_section(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view its section instead of the slug; for those whom the section lets in."""

    @wraps(view)
    def guard(request: HttpRequest, slug: str, **arguments: Any) -> HttpResponse:
        this = SECTIONS.get(slug)
        if this is None:
            return refusal(request, request.user, Role.ADMINISTRATOR) or _no_such_section()
        return refusal(request, request.user, this.role) or view(request, this, **arguments)

    return guard


def _no_such_section() -> HttpResponse:
    raise Http404


def _page(
    request: HttpRequest,
    section: Section,
    *,
    form: SettingForm[Any] | None = None,
    chosen: int = 0,
    is_rules: bool = False,
    code: int = 200,
) -> HttpResponse:
    template = "setup/parts/section.html" if is_htmx(request) else "setup/section.html"
    context = {
        "section": section,
        "sections": [one for one in SECTIONS.values() if may(request.user, one.role)],
        "rows": section.rows(),
        "form": form,
        "chosen": chosen,
        "row_template": f"setup/rows/{section.slug}.html",
        "form_template": f"setup/forms/{section.slug}{'-rules' if is_rules else ''}.html",
        "is_rules": is_rules,
        "rules": section.rules.current() if section.rules else None,
    }
    return render(request, template, context, status=code)


@require_safe
@admin_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the checklist until the first call was answered, and the way to all sections."""
    is_running = checklist.had_first_call()
    steps = checklist.steps()
    context = {
        "sections": SECTIONS.values(),
        "here": "overview",
        "findings": findings(),
        "steps": [] if is_running else steps,
        "done": sum(step.is_done for step in steps),
        "counts": [(section, section.rows().count()) for section in SECTIONS.values()],
    }
    return render(request, "setup/overview.html", context)


@require_safe
@_of_section
def section(request: HttpRequest, this: Section) -> HttpResponse:
    """List one kind of thing."""
    return _page(request, this)


@sensitive_post_parameters("password", "secret")
@require_http_methods(["GET", "HEAD", "POST"])
@_of_section
def edit(request: SignedInRequest, this: Section, pk: int = 0) -> HttpResponse:
    """Show or save the form of one thing, new if ``pk`` is 0."""
    subject = get_object_or_404(this.rows(), pk=pk) if pk else this.model()
    if request.method != "POST":
        return _page(request, this, form=this.form(instance=subject), chosen=pk)
    return _save(request, this, this.form(request.POST, request.FILES, instance=subject), chosen=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_section
def rules(request: SignedInRequest, this: Section) -> HttpResponse:
    """Show or save the rules which the whole centre has once."""
    if this.rules is None:
        raise Http404
    subject = this.rules.current()
    if request.method != "POST":
        return _page(request, this, form=this.rules.form(instance=subject), is_rules=True)
    return _save(request, this, this.rules.form(request.POST, instance=subject), is_rules=True)


def _save(request: SignedInRequest, this: Section, form: SettingForm[Any], **place: Any) -> HttpResponse:
    if not form.is_valid():
        return _page(request, this, form=form, code=422, **place)
    try:
        saved = form.store(request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, this, form=form, code=422, **place)
    except IntegrityError:
        form.add_error(None, _("Somebody has just saved the same name. Choose another one."))
        return _page(request, this, form=form, code=422, **place)
    address = reverse("setup:section", args=[this.slug])
    if not is_htmx(request):
        return redirect(address)
    name = this.rules.title if place.get("is_rules") and this.rules else saved
    response = with_toast(_page(request, this), _("“%(name)s” is saved and in force.") % {"name": name})
    response["HX-Push-Url"] = address
    return response


@require_POST
@_of_section
def delete(request: SignedInRequest, this: Section, pk: int) -> HttpResponse:
    """Delete softly and offer to undo it."""
    subject = get_object_or_404(this.rows(), pk=pk)
    try:
        this.delete(request.user, subject)
    except ValidationError as error:
        return _answer(request, this, " ".join(error.messages), kind="error")
    undo = reverse("setup:restore", args=[this.slug, pk])
    return _answer(request, this, _("“%(name)s” is deleted.") % {"name": subject}, undo_url=undo)


@require_POST
@_of_section
def restore(request: SignedInRequest, this: Section, pk: int) -> HttpResponse:
    """Undo a deletion."""
    subject = get_object_or_404(this.model, pk=pk)
    try:
        do_restore(request.user, subject)
    except NameTakenError:
        text = _("“%(name)s” cannot come back: something else has this name by now.") % {"name": subject}
        return _answer(request, this, text, kind="error")
    return _answer(request, this, _("“%(name)s” is back.") % {"name": subject})


@require_safe
@never_cache
@admin_required
def line_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a line does now."""
    trunk = get_object_or_404(Trunk.objects.active(), pk=pk)
    return render(request, "setup/parts/line_state.html", {"trunk": trunk})


@require_safe
@admin_required
def history(request: HttpRequest) -> HttpResponse:
    """Show who changed what."""
    settings_only = AuditEntry.objects.exclude(subject_kind="recording")  # listenings stand at their calls
    entries = settings_only.select_related("actor")[:HISTORY_LENGTH]
    return render(request, "setup/history.html", {"here": "history", "sections": SECTIONS.values(), "entries": entries})


def _answer(request: HttpRequest, this: Section, text: str, **options: Any) -> HttpResponse:
    if not is_htmx(request):
        return redirect("setup:section", slug=this.slug)
    response = with_toast(_page(request, this), text, **options)
    response["HX-Push-Url"] = reverse("setup:section", args=[this.slug])
    return response
