"""One section of the set-up: what it lists, edits and deletes, and the group of the menu it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.changes import do_deactivate
from allo.data.actions.places import PlaceInUseError, do_deactivate_place
from allo.data.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.utils.functional import _StrPromise

    from allo.data.models import User
    from allo.web.setup.forms.base import SettingForm

PEOPLE = _("People and queues")
WAY = _("A caller's way")
WAITING = _("While callers wait")
WORK = _("Calls and breaks")
CONNECTIONS = _("Connections")
GROUPS = (PEOPLE, WAY, WAITING, WORK, CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that the whole centre has once, changed on the page of a section."""

    form: type[SettingForm[Any]]
    current: Callable[[], Any]
    title: _StrPromise


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing an administrator sets up."""

    slug: str
    title: _StrPromise
    icon: str
    intro: _StrPromise
    add: _StrPromise
    empty: _StrPromise
    model: type[Any]
    form: type[SettingForm[Any]]
    rows: Callable[[], QuerySet[Any]]
    delete: Callable[[User, Any], None] = do_deactivate
    group: _StrPromise = PEOPLE
    address: str = ""
    """The name of its page's address, if it has one of its own."""
    above: str = ""
    """A template that stands above the list."""
    below: str = ""
    """A template that stands below the form of what is stored."""
    rules: Rules | None = None
    role: Role = Role.ADMINISTRATOR
    """From which role on people may open and change it."""


def delete_unless_used(actor: User, subject: Model) -> None:
    """Delete what nothing refers to; else say what does."""
    try:
        do_deactivate_place(actor, subject)
    except PlaceInUseError as error:
        raise ValidationError(in_use(subject, error)) from error


def in_use(subject: Model, error: PlaceInUseError) -> str:
    """Say who still refers to the subject."""
    users = ", ".join(f"{user._meta.verbose_name} “{user}”" for user in error.users[:5])
    words = gettext("“%(name)s” is still used by: %(users)s. Change that first.")
    return words % {"name": subject, "users": users}
