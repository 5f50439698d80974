"""Changes of menus: the draft as often as one likes; publishing makes a version, and only that is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from allo.data.actions.changes import record_change, save_change
from allo.data.models import Menu, MenuVersion

if TYPE_CHECKING:
    from allo.data.menu_body import Body
    from allo.data.models import User


def do_create_menu(actor: User | None, name: str, body: Body) -> Menu:
    """Make a menu with a draft."""
    return save_change(actor, Menu(name=name, draft=body.as_json()))


def do_rename_menu(actor: User | None, menu: Menu, name: str) -> Menu:
    """Give a menu another name."""
    menu.name = name
    return save_change(actor, menu)


def do_save_draft(menu: Menu, body: Body) -> Menu:
    """Keep the draft. It is not in force, so that neither revision nor audit tell of it."""
    menu.draft = body.as_json()
    menu.save(update_fields=["draft"])
    return menu


def do_publish_menu(actor: User | None, menu: Menu) -> MenuVersion:
    """Put the draft in force as the next version. The caller of this has made sure that it is sound."""
    with transaction.atomic():
        last = menu.versions.aggregate(last=Max("number"))["last"] or 0
        version = MenuVersion.objects.create(menu=menu, number=last + 1, body=menu.draft, published_by=actor)
        _put_in_force(actor, menu, version)
    return version


def do_return_to_version(actor: User | None, menu: Menu, version: MenuVersion) -> None:
    """Put an earlier version in force again, and into the draft."""
    with transaction.atomic():
        menu.draft = version.body
        menu.save(update_fields=["draft"])
        _put_in_force(actor, menu, version)


def _put_in_force(actor: User | None, menu: Menu, version: MenuVersion) -> None:
    before = menu.published.number if menu.published else None
    menu.published = version
    menu.save(update_fields=["published"])
    record_change(actor, "change", menu, {"published": [before, version.number]})
