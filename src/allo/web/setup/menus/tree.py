"""A menu's tree as lines of a page: each question once with its keys under it, then those that no key leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from allo.core.skill import LOWEST_PROFICIENCY
from allo.data.menu_body import NODE
from allo.data.models import Calendar, CustomerKind, Greeting, Skill
from allo.web.setup.forms.sound import NEW_CUSTOMERS
from allo.web.setup.forms.target import target_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from allo.data.menu_body import Body, Branch, Key, Node

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One line: a question (``node``), a key, or a condition."""

    depth: int
    kind: str
    text: str
    key: str = ""
    node: str = ""
    is_back: bool = False
    """A key that leads to a question which stands elsewhere already."""
    more: str = ""
    is_lost: bool = False


def lines_of(body: Body) -> list[TreeLine]:
    """The whole tree, top down."""
    seen: set[str] = set()
    lines = list(_question(body, body.root, 0, seen))
    for id_ in body.nodes:
        if id_ not in seen:
            lines += _question(body, id_, 0, seen, is_lost=True)
    return lines


def _question(body: Body, id_: str, depth: int, seen: set[str], *, is_lost: bool = False) -> Iterator[TreeLine]:
    node = body.nodes[id_]
    seen.add(id_)
    yield TreeLine(min(depth, DEEPEST), "question", node.name, node=id_, more=_prompt(node), is_lost=is_lost)
    for branch in node.branches:
        yield from _onward(body, branch.target, depth, seen, "branch", words=condition_words(branch))
    for key, choice in sorted(node.keys.items(), key=lambda pair: _order(pair[0])):
        yield from _onward(body, choice.target, depth, seen, "key", key=key, words=_choice_words(choice))
    yield from _onward(body, node.otherwise, depth, seen, "silence", words=gettext("no key, or a wrong one"))


def _onward(
    body: Body, target: str, depth: int, seen: set[str], kind: str, *, words: str, key: str = ""
) -> Iterator[TreeLine]:
    inside = target.removeprefix(NODE) if target.startswith(NODE) else ""
    if inside and inside in body.nodes:
        is_back = inside in seen
        yield TreeLine(
            min(depth + 1, DEEPEST), kind, body.nodes[inside].name, key, inside if is_back else "", is_back, words
        )
        if not is_back:
            yield from _question(body, inside, depth + 2, seen)
    else:
        yield TreeLine(min(depth + 1, DEEPEST), kind, target_words(target), key, more=words)


def _order(key: str) -> tuple[int, str]:
    return (key in "*#0", key)


def _prompt(node: Node) -> str:
    if not node.prompt:
        return ""
    greeting = Greeting.objects.filter(pk=node.prompt).first()
    return (greeting.text or greeting.title) if greeting else ""


def _choice_words(choice: Key) -> str:
    words = [choice.language and str(choice.language).upper(), choice.reason]
    if choice.priority:
        words.append(gettext("priority %(plus)+d") % {"plus": choice.priority})
    words += [asked_words(str(asked.skill), asked.at_least, asked.relax_after_s) for asked in choice.asks]
    return " · ".join(word for word in words if word)


def asked_words(skill: str, at_least: int, relax_after_s: float) -> str:
    """What is asked of the agent: “German ≥ 5, for 30 s”."""
    row = Skill.objects.active().filter(pk=int(skill)).first() if skill.isdecimal() else None
    said = str(row) if row else gettext("a deleted skill")
    if at_least > LOWEST_PROFICIENCY:
        said += f" ≥ {at_least}"
    return said + (gettext(", for %(seconds)d s") % {"seconds": relax_after_s} if relax_after_s else "")


def condition_words(branch: Branch) -> str:
    """What must hold for a condition."""
    words = []
    if branch.calendar:
        calendar = Calendar.objects.filter(pk=branch.calendar).first()
        name = {"name": str(calendar or "")}
        words.append((gettext("within “%(name)s”") if branch.when_open else gettext("outside “%(name)s”")) % name)
    words += [kind_words(kind) for kind in branch.kinds]
    words += [language.upper() for language in branch.languages]
    return ", ".join(words) or gettext("everybody")


def kind_words(kind: str) -> str:
    """A kind of customer by its name."""
    if kind == NEW_CUSTOMERS:
        return gettext("Calls for the first time")
    row = CustomerKind.objects.filter(pk=int(kind)).first() if kind.isdecimal() else None
    return str(row) if row else kind
