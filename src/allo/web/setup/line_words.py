"""How a line to a telephone operator does, in words, with what to do about it: from what control has lately seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from allo.data.models import TrunkKind
from allo.web.hub import mirror_now

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from allo.data.models import Trunk


@dataclass(frozen=True, slots=True)
class LineState:
    """A word for the list, a sentence for the form; ``tone`` is a badge's colour."""

    word: _StrPromise
    sentence: _StrPromise
    tone: str = ""


_UNKNOWN = LineState(
    _("Not known yet"), _("Nobody has asked yet: the line has just been saved, or the telephone system is starting.")
)
_BY_LOGIN = {
    "registered": LineState(_("Registered"), _("The operator knows us: calls can come and go."), "good"),
    "refused": LineState(
        _("Refused"),
        _(
            "The operator refuses us. Check login and password; if they are right, ask the operator whether this"
            " address may register."
        ),
        "trouble",
    ),
    "no_answer": LineState(
        _("No answer"),
        _("The operator's server does not answer. Check its name and port, and that no firewall holds SIP back."),
        "trouble",
    ),
    "pending": LineState(_("Is registering"), _("We are asking the operator's server to let us in.")),
}
_BY_ADDRESS = {
    "online": LineState(_("Reachable"), _("The operator's server answers: calls can come and go."), "good"),
    "offline": LineState(
        _("No answer"),
        _(
            "The operator's server does not answer our checks. If calls do not work either, check address, port and"
            " firewall."
        ),
        "warning",
    ),
}


def state_of(trunk: Trunk) -> LineState:
    """Return how a stored line does."""
    mirror, is_known = mirror_now()
    if not is_known:
        return _UNKNOWN
    id_ = str(trunk.pk)
    if trunk.kind == TrunkKind.REGISTRATION:
        return _BY_LOGIN.get(mirror.system.get("registrations", {}).get(id_, ""), _UNKNOWN)
    return _BY_ADDRESS.get(mirror.system.get("lines", {}).get(id_, ""), _UNKNOWN)
