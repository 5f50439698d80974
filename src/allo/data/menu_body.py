"""The body of a menu: a small tree of questions, as it lies in the tables, and as the engine's menus.

A node's keys and its way for who presses nothing are targets as in ``models.target``, or ``node:<id>`` for another
question of the same menu. Prompts, messages, calendars and skills are primary keys; 0 is none. The engine knows the
root as ``<menu>`` and the other nodes as ``<menu>.<node>``.

Knows nothing of what is sound: ``Config.problems`` tells that of what ``as_menus`` returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from allo.core import callers_way as core
from allo.core.skill import LOWEST_PROFICIENCY, Requirement
from allo.data.targets import target_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from allo.core.hours import Hours

ROOT = "1"
NODE = "node:"
NO_KEY_PROMPT, WRONG_KEY_PROMPT = "system:no_key", "system:wrong_key"


class Asks(msgspec.Struct, frozen=True):
    """A skill that an agent must have for the call, at least so well; for so many seconds of the wait, 0: always."""

    skill: int
    at_least: int = LOWEST_PROFICIENCY
    relax_after_s: int = 0


class Key(msgspec.Struct, frozen=True):
    """What a key stands for."""

    target: str
    language: str = ""
    reason: str = ""
    priority: int = 0
    asks: tuple[Asks, ...] = ()


class Branch(msgspec.Struct, frozen=True):
    """Callers who are sent on unasked."""

    target: str
    calendar: int = 0
    when_open: bool = False
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    message: int = 0


class Node(msgspec.Struct, frozen=True):
    """One question."""

    name: str
    prompt: int = 0
    keys: dict[str, Key] = {}
    branches: tuple[Branch, ...] = ()
    timeout_s: int = 5
    most_tries: int = 3
    wrong_key_prompt: int = 0
    no_key_prompt: int = 0
    otherwise: str = "hang_up"

    def targets(self) -> Iterator[str]:
        """Everywhere it leads."""
        yield from (key.target for key in self.keys.values())
        yield from (branch.target for branch in self.branches)
        yield self.otherwise

    def skills(self) -> set[int]:
        """Every skill that its keys ask for."""
        return {asked.skill for key in self.keys.values() for asked in key.asks}

    def sounds(self) -> Iterator[int]:
        """Every prompt and message of it."""
        found = (self.prompt, self.wrong_key_prompt, self.no_key_prompt, *(branch.message for branch in self.branches))
        yield from (one for one in found if one)


class Body(msgspec.Struct, frozen=True):
    """The whole tree."""

    nodes: dict[str, Node]
    root: str = ROOT

    def as_json(self) -> Any:
        """What the tables keep."""
        return msgspec.to_builtins(self)

    def with_node(self, id_: str, node: Node) -> Body:
        """The tree with a new or changed question."""
        return Body({**self.nodes, id_: node}, self.root)

    def without(self, id_: str) -> Body:
        """The tree without a question, and without everything that led to it."""
        gone = NODE + id_
        nodes = {}
        for other, node in self.nodes.items():
            if other == id_:
                continue
            keys = {key: choice for key, choice in node.keys.items() if choice.target != gone}
            branches = tuple(branch for branch in node.branches if branch.target != gone)
            otherwise = "hang_up" if node.otherwise == gone else node.otherwise
            nodes[other] = msgspec.structs.replace(node, keys=keys, branches=branches, otherwise=otherwise)
        return Body(nodes, self.root)

    def next_id(self) -> str:
        """An id that no question has."""
        return str(max((int(id_) for id_ in self.nodes), default=0) + 1)


def new_body(name: str) -> Body:
    """A tree of one empty question."""
    return Body({ROOT: Node(name)})


def body_of(kept: Any) -> Body:
    """Read what the tables keep. Raises msgspec.ValidationError."""
    return msgspec.convert(kept, Body)


def engine_id(menu_id: int | str, node_id: str, root: str = ROOT) -> str:
    """The id by which the engine knows a node."""
    return str(menu_id) if node_id == root else f"{menu_id}.{node_id}"


def as_menus(
    menu_id: int | str, body: Body, prompts: Mapping[str, str], hours: Mapping[int, Hours], skills: Collection[int]
) -> dict[str, core.Menu]:
    """The engine's menus of a tree. A prompt without a sound is none; a skill that is not there counts nowhere."""

    def sound(pk: int, otherwise: str = "") -> str:
        return str(pk) if str(pk) in prompts else otherwise

    def target(text: str) -> core.Target:
        if text.startswith(NODE):
            return core.Target(core.TargetKind.MENU, engine_id(menu_id, text.removeprefix(NODE), body.root))
        return target_of(text) or core.Target(core.TargetKind.HANG_UP)

    def branch(one: Branch) -> core.Branch:
        return core.Branch(
            target(one.target),
            hours.get(one.calendar) if one.calendar else None,
            one.when_open,
            one.kinds,
            one.languages,
            sound(one.message),
        )

    def choice(one: Key) -> core.KeyChoice:
        asks = tuple(
            Requirement(str(asked.skill), asked.at_least, float(asked.relax_after_s))
            for asked in one.asks
            if asked.skill in skills
        )
        return core.KeyChoice(target(one.target), one.language, one.reason, one.priority, asks)

    menus = {}
    for id_, node in body.nodes.items():
        known = engine_id(menu_id, id_, body.root)
        menus[known] = core.Menu(
            id=known,
            prompt=sound(node.prompt),
            choices={key: choice(one) for key, one in node.keys.items()},
            branches=tuple(branch(one) for one in node.branches),
            timeout_s=float(node.timeout_s),
            most_tries=node.most_tries,
            wrong_key_prompt=sound(node.wrong_key_prompt, WRONG_KEY_PROMPT),
            no_key_prompt=sound(node.no_key_prompt, NO_KEY_PROMPT),
            otherwise=target(node.otherwise),
        )
    return menus
