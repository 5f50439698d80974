"""What control has told this process, item by item: the live state of the centre as a plain dictionary.

Decides what an update changes and whether one was missed; does no input or output. Keys are
``call:<id>``, ``agent:<id>``, ``queue:<id>`` and ``system``; values are the feed's, see ARCHITECTURE.

Every change gets the next `version` (ours, always growing; control's `seq` may start again with a new
control). Invariant, tested as an equation: a snapshot with all updates after it equals a fresh snapshot.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from allo.web.control_client import Snapshot

Item = dict[str, Any]
REMEMBERED_REMOVALS = 4000


class GapError(Exception):
    """Updates were missed: only a fresh snapshot helps."""


class Mirror:
    """The items of the last snapshot with all updates since."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.seq = 0
        self.version = 0
        self.items: dict[str, Item] = {}
        self._versions: dict[str, int] = {}
        """The version of each key's last change; ``queue:`` stands for all queues together."""
        self._removals: deque[tuple[int, str]] = deque(maxlen=REMEMBERED_REMOVALS)
        if snapshot is not None:
            self.replace(snapshot)

    # Changing -------------------------------------------------------------------------------------

    def apply(self, update: Mapping[str, Any]) -> bool:
        """Take one line of control's updates; tell whether anything changed. Raises GapError."""
        if update.get("gap"):
            raise GapError
        if "beat" in update:
            if update["beat"] != self.seq:
                raise GapError
            return False
        if update["seq"] != self.seq + 1:
            raise GapError
        self.seq = update["seq"]
        return self._put(update["key"], update["value"])

    def replace(self, snapshot: Snapshot) -> bool:
        """Take a fresh snapshot; only what differs counts as changed."""
        before = self.version
        for key in [key for key in self.items if key not in snapshot.items]:
            self._put(key, None)
        for key, value in snapshot.items.items():
            self._put(key, value)
        self.seq = snapshot.seq
        return self.version != before

    def _put(self, key: str, value: Item | None) -> bool:
        if self.items.get(key) == value:
            return False
        self.version += 1
        if value is None:
            del self.items[key]
            self._removals.append((self.version, key))
            self._versions.pop(key, None)
        else:
            self.items[key] = value
            self._versions[key] = self.version
        self._versions[_kind(key)] = self.version
        return True

    # Reading --------------------------------------------------------------------------------------

    def get(self, key: str) -> Item | None:
        """Return an item, or None."""
        return self.items.get(key)

    def of_kind(self, kind: str) -> dict[str, Item]:
        """Return all items of a kind, ``call``, ``agent`` or ``queue``, by key."""
        start = f"{kind}:"
        return {key: value for key, value in self.items.items() if key.startswith(start)}

    def agent(self, agent_id: str) -> Item | None:
        """Return an agent's item, or None when control does not know the agent."""
        return self.items.get(f"agent:{agent_id}")

    def call_of(self, agent_id: str) -> Item | None:
        """Return the call which the agent is offered, talks on or wraps up; None also when it has ended."""
        agent = self.agent(agent_id)
        return self.items.get(f"call:{agent['call_id']}") if agent and agent["call_id"] else None

    @property
    def system(self) -> Item:
        """Return the state of the platform; empty before the first snapshot."""
        return self.items.get("system", {})

    def now(self) -> float:
        """Return the present instant by control's clock; since somebody set the machine's, the two may differ."""
        return time.time() - float(self.system.get("clock_off_s", 0))

    def version_of(self, keys: Iterable[str]) -> int:
        """Return the version of the latest change among ``keys``; ``queue:`` means all queues."""
        return max((self._versions.get(key, 0) for key in keys), default=0)

    def changed_since(self, version: int, kind: str) -> tuple[list[str], list[str]] | None:
        """Return keys of a kind changed and removed after ``version``; None when that is too long ago to know."""
        if len(self._removals) == REMEMBERED_REMOVALS and self._removals[0][0] > version:
            return None
        start = f"{kind}:"
        changed = [key for key in self.items if key.startswith(start) and self._versions[key] > version]
        removed = {
            key for at, key in self._removals if at > version and key.startswith(start) and key not in self.items
        }
        return changed, sorted(removed)


def _kind(key: str) -> str:
    kind, colon, _id = key.partition(":")
    return kind + colon
