"""Names and words for a call's story: of people, queues, targets and reasons that its facts speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from allo.core.holds import CONSULT, COOL_OFF
from allo.data.models import Disposition, Greeting, Queue, User, VoicemailBox
from allo.web import reasons
from allo.web.reports import words
from allo.web.setup.engine_words import menu_name
from allo.web.templatetags.allo import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

Said = tuple[str, str] | tuple[str, str, str] | None
"""An icon, a sentence, and more of it if there is more."""

_AGENT_FIELDS = ("agent_id", "asked_agent_id", "leader_id", "to")
_WITHHELD = {
    "not_configured": gettext_lazy("it is not set up completely"),
    "hours": gettext_lazy("it is made at other hours only"),
    "customer_kind": gettext_lazy("it is made to other customers only"),
    "load": gettext_lazy("too few or too many callers were waiting"),
    "budget": gettext_lazy("the budget of the day was used up"),
}
_BROKEN = {
    "nobody_answered": gettext_lazy("nobody answered in time"),
    "sent_on": gettext_lazy("the call was sent on"),
    "caller_left": gettext_lazy("the caller left before"),
    "callback": gettext_lazy("the caller asked to be called back"),
}


class Names:
    """Names of all that a call's facts speak of, read with one question for each kind."""

    def __init__(self, bodies: Iterable[dict[str, Any]]) -> None:
        bodies = list(bodies)
        self._agents = _by_key(User, bodies, *_AGENT_FIELDS)
        self._queues = _by_key(Queue, bodies, "queue_id", "target_id", "to")
        self._greetings = _by_key(Greeting, bodies, "greeting")
        self._dispositions = _by_key(Disposition, bodies, "disposition")
        menus = {body["menu_id"] for body in bodies if "menu_id" in body}
        menus |= {body["target_id"] for body in bodies if body.get("target_kind") == "menu"}
        self._menus = {id_: menu_name(id_) for id_ in menus}
        self._boxes = _by_key(VoicemailBox, bodies, "voicemail_id", "target_id")

    def agent(self, body: dict[str, Any], field: str = "agent_id") -> str:
        """A person's name."""
        return self._agents.get(body[field], _("an agent"))

    def queue(self, body: dict[str, Any], field: str = "queue_id") -> str:
        """A queue's name."""
        return self._queues.get(body[field], "–")

    def greeting(self, body: dict[str, Any]) -> str:
        """A greeting's title."""
        return self._greetings.get(body["greeting"], "")

    def disposition(self, body: dict[str, Any]) -> str:
        """An outcome's name."""
        return self._dispositions.get(body["disposition"], "")

    def menu(self, body: dict[str, Any]) -> str:
        """A menu's name, with that of the question."""
        return self._menus.get(body["menu_id"], "–")

    def box(self, body: dict[str, Any]) -> str:
        """A voicemail box's name."""
        return self._boxes.get(body["voicemail_id"], "–")

    def target(self, body: dict[str, Any]) -> str:
        """Where a call went, to be put after "→"."""
        id_ = body["target_id"]
        found = {
            "queue": self._queues.get(id_, "–"),
            "menu": _("the menu “%(name)s”") % {"name": self._menus.get(id_, "–")},
            "voicemail": _("the voicemail “%(name)s”") % {"name": self._boxes.get(id_, "–")},
            "message": _("a message"),
            "number": id_,
            "hang_up": pgettext("where a call goes", "the end"),
        }
        return str(found.get(body["target_kind"], "–"))


def _by_key(model: Any, bodies: list[dict[str, Any]], *fields: str) -> dict[str, str]:
    keys = {str(body.get(field, "")) for body in bodies for field in fields}
    wanted = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18]
    return {str(key): str(row) for key, row in model.objects.in_bulk(wanted).items()}


def withheld(because: str) -> str:
    """Why a promise was not made."""
    return str(_WITHHELD.get(because, because))


def broken(because: str) -> str:
    """Why a promise was missed or lapsed."""
    return str(_BROKEN.get(because, because))


def hold_reason(reason: str) -> str:
    """What a hold was for; "" for none in particular."""
    own = {COOL_OFF: _("the caller should calm down"), CONSULT: _("to ask somebody")}
    return own.get(reason) or reasons.hold_reason(reason)


def sentence_of(end_reason: str) -> str:
    """Why a queue sent a call on or a caller was refused, as a sentence."""
    return words.end_reason(end_reason)


__all__ = ["Names", "Said", "broken", "duration", "hold_reason", "sentence_of", "withheld"]
