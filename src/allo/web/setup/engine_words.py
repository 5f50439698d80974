"""What the engine and the reading of the set-up find wrong, in the reader's language and with names for ids.

A sentence that nobody has put into words yet is shown as it is: better an English sentence than none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.menu_body import ROOT, body_of
from allo.data.models import Menu, Queue, VoicemailBox

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WAYS = {
    "when_closed": _("when closed"),
    "when_full": _("when full"),
    "when_too_long": _("after the longest wait"),
    "when_nobody_at_work": _("when nobody is at work"),
    "when_anonymous": _("when the number is hidden"),
}

_SENTENCES: tuple[tuple[str, _StrPromise], ...] = (
    (
        r"queue (?P<queue>\S+) \((?P<way>\w+)\) leads nowhere.*",
        _("Queue “%(queue)s” (%(way)s) leads to a place that is not there, or to a number that may not be dialled."),
    ),
    (
        r"queues send callers round \((?P<way>\w+)\): (?P<queues>.+)",
        _("Queues send callers round in a circle (%(way)s): %(queues)s. Lead one of them elsewhere."),
    ),
    (
        r"number (?P<number>\S+) leads to .*",
        _("Number %(number)s leads to a place that is not there, or to a number that may not be dialled."),
    ),
    (
        r"menu (?P<menu>\S+), key (?P<key>\S+?),? leads .*",
        _("Menu “%(menu)s”: key %(key)s leads to a place that is not there, or to a number that may not be dialled."),
    ),
    (
        r"menu (?P<menu>\S+), without a choice,? leads .*",
        _("Menu “%(menu)s”: who presses nothing is led to a place that is not there."),
    ),
    (
        r"menu (?P<menu>\S+) has branches that lead nowhere.*",
        _("Menu “%(menu)s”: a condition leads to a place that is not there."),
    ),
    (
        r"menu (?P<menu>\S+) asks nothing.*|the question of menu (?P<menu2>\S+) has no sound",
        _("Menu “%(menu)s” asks nothing: choose a message with a sound."),
    ),
    (
        r"menu (?P<menu>\S+) is a dead end.*|menu (?P<menu2>\S+) is left out.*",
        _("Menu “%(menu)s” is a dead end: it has no keys that lead anywhere."),
    ),
    (
        r"menu (?P<menu>\S+) has no exit.*",
        _("Menu “%(menu)s” has no exit: its keys lead to menus only, round and round."),
    ),
    (
        r"who presses nothing goes round for ever: menus (?P<menus>.+)",
        _("Who presses nothing goes round for ever: %(menus)s."),
    ),
    (
        r"queue (?P<queue>\S+) promises nothing: .*budget.*",
        _("One promise costs more than the budget of a day: nothing would ever be promised."),
    ),
    (
        r"queue (?P<queue>\S+) promises nothing: .*",
        _("The message that tells the promise has no sound: nothing would ever be promised."),
    ),
    (
        r"the survey of queue (?P<queue>\S+) asks nothing.*",
        _("The questions have no sound: nothing would be asked."),
    ),
    (r"voicemail (?P<box>\S+) has lost its prompt .*", _("The message of the voicemail box has no sound.")),
)


def sentence_of(remark: str) -> str:
    """One finding in words."""
    for pattern, words in _SENTENCES:
        found = re.fullmatch(pattern, remark)
        if found is not None:
            return str(words) % _names(found.groupdict())
    return remark


def _names(found: dict[str, str | None]) -> dict[str, str]:
    words = {}
    for key, value in found.items():
        if value is None:
            continue
        name = key.removesuffix("2")
        if name == "way":
            words[name] = str(WAYS.get(value, value))
        elif name in ("queue", "queues"):
            words[name] = ", ".join(_queue(id_) for id_ in value.split(", "))
        elif name in ("menu", "menus"):
            words[name] = ", ".join(menu_name(id_) for id_ in value.split(", "))
        else:
            words[name] = value
    return words


def _queue(id_: str) -> str:
    row = Queue.objects.filter(pk=int(id_)).first() if id_.isdecimal() else None
    return str(row) if row else id_


def menu_name(id_: str) -> str:
    """The name of a node by the engine's id of it."""
    pk, _dot, node = id_.partition(".")
    menu = Menu.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if menu is None:
        return id_
    try:
        found = body_of(menu.draft).nodes.get(node or ROOT)
    except msgspec.ValidationError:
        found = None
    return f"{menu} · {found.name}" if found is not None and node else str(menu)


def place_name(kind: str, id_: str) -> str:
    """A queue, menu or voicemail box of the engine by its name."""
    if kind == "menu":
        return menu_name(id_)
    model = {"queue": Queue, "voicemail": VoicemailBox}.get(kind)
    row = model._default_manager.filter(pk=int(id_)).first() if model and id_.isdecimal() else None
    return str(row) if row is not None else id_ or gettext("nothing")
