"""What is wrong with the set-up in force, for its overview: in the reader's language, with names instead of ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.core.config_advice import advice_of
from allo.core.problem import Problem
from allo.data.load_config import load_setup
from allo.data.models import BreakReason, Calendar, Greeting, Queue, User, VoicemailBox
from allo.web.setup.engine_words import WAYS, menu_name, place_name, sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.data.load_config import Setup

_MODELS = {
    "queue": Queue,
    "agent": User,
    "greeting": Greeting,
    "voicemail": VoicemailBox,
    "reason": BreakReason,
    "calendar": Calendar,
}
_WORDS = {
    "queue": _("queue"),
    "menu": _("menu"),
    "voicemail": _("voicemail box"),
    "Monday": _("Monday"),
    "Tuesday": _("Tuesday"),
    "Wednesday": _("Wednesday"),
    "Thursday": _("Thursday"),
    "Friday": _("Friday"),
    "Saturday": _("Saturday"),
    "Sunday": _("Sunday"),
}


@dataclass(frozen=True, slots=True)
class Findings:
    """Sentences by their weight."""

    stopping: list[str]
    """While there is one, the set-up of before stays in force."""
    left_out: list[str]
    """What is not in force, the rest being so."""
    advice: list[str]
    """In force, and hardly meant."""

    def __bool__(self) -> bool:
        return bool(self.stopping or self.left_out or self.advice)


def findings() -> Findings:
    """Look at the tables as control does."""
    setup = load_setup(with_forecasts=False)
    stopping = setup.config.problems()
    left_out = [remark for remark in setup.remarks if remark not in stopping]
    advice = [*_sentences(advice_of(setup.config)), *_lines(setup)]
    return Findings(_sentences(stopping), _sentences(left_out), advice)


def in_words(found: str) -> str:
    """One finding as a sentence."""
    words = sentence_of(found)
    if words == found and isinstance(found, Problem):
        words = _translated(found)
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")


def _sentences(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(in_words(one) for one in found))


def _lines(setup: Setup) -> list[str]:
    """Numbers may be dialled, and there is no line to do it by."""
    if not setup.config.dialling.allowed or any(line.is_outgoing for line in setup.trunks):
        return []
    return [gettext("Outside numbers may be dialled, but no trunk is marked for calls to outside numbers.")]


def _translated(problem: Problem) -> str:
    names = {key: _name(key, word, problem) for key, word in problem.words.items()}
    return gettext(problem.template) % names


def _name(key: str, word: str, problem: Problem) -> str:
    if isinstance(word, Problem):
        return _translated(word)
    if key in ("queues", "menus"):
        return ", ".join(_name(key.removesuffix("s"), one, problem) for one in word.split(", "))
    if key == "menu":
        return _quoted(menu_name(word))
    if key == "id":
        return _quoted(place_name(problem.words["kind"], word))
    if key in ("way", "kind", "day"):
        return str(WAYS.get(word) or _WORDS.get(word) or word)
    model = _MODELS.get(key)
    row = model._default_manager.filter(pk=int(word)).first() if model and word.isdecimal() else None
    return _quoted(row) if row is not None else word


def _quoted(name: object) -> str:
    return gettext("“%(name)s”") % {"name": name}
