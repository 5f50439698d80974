"""The page of one menu. The draft is kept at each step; callers notice nothing until it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allo import installation
from allo.data.actions.menu import do_publish_menu, do_return_to_version, do_save_draft
from allo.data.menu_body import body_of
from allo.data.models import Menu
from allo.web.access import SignedInRequest, admin_required, is_htmx
from allo.web.setup import views
from allo.web.setup.menus.forms import MenuForm, NodeForm, draft_of
from allo.web.setup.menus.tree import lines_of
from allo.web.setup.menus.trial import TrialForm, problems_of, walk
from allo.web.setup.sections import SECTIONS
from allo.web.toasts import with_toast

if TYPE_CHECKING:
    from allo.data.menu_body import Body

SLUG = "menus"
VERSIONS_SHOWN = 20


def _get_menu(pk: int) -> Menu:
    return get_object_or_404(Menu.objects.active().select_related("published"), pk=pk)


def _editor(request: HttpRequest, menu: Menu, body: Body, chosen: str, *, code: int = 200, **more: Any) -> HttpResponse:
    node_id = chosen if chosen in body.nodes else body.root
    context = {
        "section": SECTIONS[SLUG],
        "sections": SECTIONS.values(),
        "menu": menu,
        "chosen": node_id,
        "root": body.root,
        "lines": lines_of(body),
        "form": NodeForm(body, node_id, installation.current().language),
        "trial": TrialForm(),
        "problems": problems_of(menu, body),
        "versions": menu.versions.select_related("published_by")[:VERSIONS_SHOWN],
        **more,
    }
    template = "setup/menus/editor.html" if is_htmx(request) else "setup/menus/page.html"
    return render(request, template, context, status=code)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def new(request: SignedInRequest) -> HttpResponse:
    """Ask for a name; then go on to the empty tree."""
    form = MenuForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return views.edit(request, SLUG)
    menu = form.store(request.user)
    if not is_htmx(request):
        return redirect("setup:menu", pk=menu.pk)
    response = _editor(request, menu, draft_of(menu), "")
    response["HX-Push-Url"] = reverse("setup:menu", args=[menu.pk])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the menu another name."""
    return views.edit(request, SLUG, pk=pk)


@require_safe
@admin_required
def editor(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the tree, and the form of the question that is chosen."""
    menu = _get_menu(pk)
    return _editor(request, menu, draft_of(menu), request.GET.get("question", ""))


@require_POST
@admin_required
def save(request: SignedInRequest, pk: int, node: str) -> HttpResponse:
    """Keep one question of the draft."""
    menu = _get_menu(pk)
    body = draft_of(menu)
    if node not in body.nodes:
        raise Http404
    form = NodeForm(body, node, installation.current().language, request.POST)
    if not form.is_valid():
        return _editor(request, menu, body, node, form=form, code=422)
    body, shown = form.edited(request.user)
    do_save_draft(menu, body)
    return _then(request, menu, body, shown, _("The draft is kept. Publish it to put it in force."))


@require_POST
@admin_required
def remove(request: HttpRequest, pk: int, node: str) -> HttpResponse:
    """Take a question out of the draft, with the keys that lead to it."""
    menu = _get_menu(pk)
    body = draft_of(menu)
    if node not in body.nodes or node == body.root:
        raise Http404
    body = body.without(node)
    do_save_draft(menu, body)
    return _then(request, menu, body, body.root, _("The question is out of the draft."))


@require_POST
@admin_required
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the draft in force, if the engine finds it sound."""
    menu = _get_menu(pk)
    body = draft_of(menu)
    problems = problems_of(menu, body)
    if problems:
        response = _editor(request, menu, body, "", problems=problems, is_refused=True, code=422)
        return with_toast(response, _("Not published: something leads nowhere. See the list."), "error")
    version = do_publish_menu(request.user, menu)
    text = _("Version %(number)d of “%(name)s” is in force.") % {"number": version.number, "name": menu}
    return _then(request, menu, body, "", text)


@require_POST
@admin_required
def go_back(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """Put an earlier version in force again, if it is still sound."""
    menu = _get_menu(pk)
    earlier = get_object_or_404(menu.versions, pk=version)
    problems = problems_of(menu, body_of(earlier.body))
    if problems:
        response = _editor(request, menu, draft_of(menu), "", problems=problems, is_refused=True, code=422)
        return with_toast(response, _("That version leads somewhere that is not there any more."), "error")
    do_return_to_version(request.user, menu, earlier)
    text = _("Version %(number)d of “%(name)s” is in force.") % {"number": earlier.number, "name": menu}
    return _then(request, menu, draft_of(menu), "", text)


@require_safe
@admin_required
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a caller hears, step by step."""
    menu = _get_menu(pk)
    form = TrialForm(request.GET)
    steps = walk(menu, draft_of(menu), form) if form.is_valid() else []
    if is_htmx(request):
        context = {"menu": menu, "trial": form, "steps": steps}
        return render(request, "setup/menus/trial.html", context, status=200 if form.is_valid() else 422)
    return _editor(request, menu, draft_of(menu), "", trial=form, steps=steps)


def _then(request: HttpRequest, menu: Menu, body: Body, shown: str, text: str) -> HttpResponse:
    address = reverse("setup:menu", args=[menu.pk]) + (f"?question={shown}" if shown else "")
    if not is_htmx(request):
        return redirect(address)
    response = with_toast(_editor(request, menu, body, shown), text)
    response["HX-Push-Url"] = address
    return response
