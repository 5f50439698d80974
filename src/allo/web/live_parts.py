"""The live parts of pages, and the drawing of each once for all who look at the same.

Decides when a part must be drawn again: when a key it depends on has changed since, at most once a tick of
the hub. Drawing does no input or output: a part that needs the database asks for it by htmx. Does not know
who looks, or how events travel (`sse`).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from allo.data.models import Role, User
    from allo.web.hub import Hub
    from allo.web.mirror import Item, Mirror

REMEMBERED = 4000
KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Fragment:
    """One part of a page, replaced whole. ``draw(mirror, scope, language)`` returns what is inside its element.

    None: that is not known yet, and pages keep what they have.
    """

    name: str
    keys: Callable[[Mirror, str], Iterable[str]]
    """On what it depends: ``agent:5``, ``system``, or ``queue:`` for all queues."""
    draw: Callable[[Mirror, str, str], str | None]
    every_s: float = 0.0
    """Draw also when so much time has passed: for what depends on the clock."""
    is_shared: bool = False
    """Whether it is the same for all readers of its page, whatever their scope."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One element for each item of a kind, each with the id ``<name>-<item id>``; only changed ones are sent."""

    name: str
    kind: str
    draw: Callable[[Mirror, Item, str], str]
    """Draws one whole element with its id; "" leaves the item out."""
    also_kind: str = ""
    also: Callable[[Item], Iterable[str]] | None = None
    """Keys, all of ``also_kind``, which an item's row shows too."""

    @property
    def kinds(self) -> list[str]:
        """On what all rows together depend."""
        return [f"{kind}:" for kind in (self.kind, self.also_kind) if kind]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who follows what: the live parts of one page."""

    name: str
    role: Role
    parts: tuple[Fragment | Rows, ...]
    scope: Callable[[User], str] = lambda _user: ""
    """What the reader may see, as the drawers understand it: the agent id on the desk, "" on the floor."""

    def draw_all(self, mirror: Mirror, scope: str, language: str) -> dict[str, str]:
        """Draw every part for the page's first view, by name."""
        with override(language):
            return {part.name: mark_safe(_draw(part, mirror, scope, language)) for part in self.parts}  # noqa: S308


def _draw(part: Fragment | Rows, mirror: Mirror, scope: str, language: str) -> str:
    if isinstance(part, Fragment):
        return part.draw(mirror, scope, language) or ""
    return "".join(part.draw(mirror, item, language) for item in mirror.of_kind(part.kind).values())


def event(name: str, text: str, seq: int | None = None) -> bytes:
    """Return one server-sent event."""
    lines = [] if seq is None else [f"id: {seq}"]
    lines += [f"event: {name}", *(f"data: {line}" for line in text.splitlines() or [""])]
    return ("\n".join(lines) + "\n\n").encode()


# Drawing, shared ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Drawn:
    """A fragment as last drawn; ``mark`` grows when its text changes."""

    tick: int
    version: tuple[int, int]
    mark: int
    text: str
    event: bytes


class Studio:
    """Draws for all open pages of this process and remembers what it drew."""

    def __init__(self, source: Hub) -> None:
        self._hub = source
        self._kept: OrderedDict[tuple[str, ...], _Drawn] = OrderedDict()
        self._rows: OrderedDict[tuple[str | int, ...], bytes] = OrderedDict()
        self.draws = 0
        """How often anything was drawn; the tests and the bench count it."""

    def fragment(self, audience: str, part: Fragment, scope: str, language: str) -> _Drawn:
        """Return the fragment as it is at this tick."""
        scope = "" if part.is_shared else scope
        key = (audience, part.name, scope, language)
        kept = self._kept.get(key)
        if kept is not None and kept.tick == self._hub.tick and not part.every_s:
            return kept
        mirror = self._hub.mirror
        bucket = int(time.time() / part.every_s) if part.every_s else 0
        version = (mirror.version_of(part.keys(mirror, scope)), bucket)
        if kept is not None and kept.version == version:
            kept.tick = self._hub.tick
            return kept
        self.draws += 1
        with override(language):
            text = part.draw(mirror, scope, language)
        if text is None:
            return kept or _Drawn(self._hub.tick, version, 0, "", b"")
        if kept is not None and kept.text == text:
            kept.tick, kept.version = self._hub.tick, version
            return kept
        mark = kept.mark + 1 if kept else 1
        drawn = _Drawn(self._hub.tick, version, mark, text, event(part.name, text, mirror.seq))
        _remember(self._kept, key, drawn)
        return drawn

    def rows(self, audience: str, part: Rows, language: str, since: int) -> bytes:
        """Return the event with the rows changed after version ``since``; with 0, all rows."""
        mirror = self._hub.mirror
        key = (audience, part.name, language, since, mirror.version_of(part.kinds))
        known = self._rows.get(key)
        if known is not None:
            return known
        changes = mirror.changed_since(since, part.kind) if since else None
        with override(language):
            if changes is None:
                text = self._elements(part, list(mirror.of_kind(part.kind)), language)
                made = event(f"{part.name}.all", text, mirror.seq)
            else:
                changed, removed = changes
                changed += _touched(part, mirror, since, set(changed))
                gone = "".join(_gone(part, item_key) for item_key in removed)
                text = self._elements(part, changed, language) + gone
                made = event(part.name, text, mirror.seq) if text else b""
        _remember(self._rows, key, made)
        return made

    def _elements(self, part: Rows, keys: list[str], language: str) -> str:
        texts = []
        for key in keys:
            self.draws += 1
            texts.append(part.draw(self._hub.mirror, self._hub.mirror.items[key], language) or _gone(part, key))
        return "".join(texts)


def _touched(part: Rows, mirror: Mirror, since: int, known: set[str]) -> list[str]:
    """Return the keys of items that show something else which has changed or is gone."""
    changes = mirror.changed_since(since, part.also_kind) if part.also is not None else None
    if part.also is None or changes is None:
        return []
    moved = {*changes[0], *changes[1]}
    if not moved:
        return []
    items = mirror.of_kind(part.kind).items()
    return [key for key, item in items if key not in known and not moved.isdisjoint(part.also(item))]


def _gone(part: Rows, key: str) -> str:
    return format_html('<template data-gone="{}-{}"></template>', part.name, key.partition(":")[2])


def _remember(kept: OrderedDict[KeyT, ValueT], key: KeyT, value: ValueT) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
