"""Today's calls of several queues added up, by the one definition of each figure (`core.metrics`)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from allo.core.metrics import CallTally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.web.mirror import Item, Mirror


@dataclass(slots=True)
class DayTally:
    """The queues there are, their calls of today, and who waits in them now."""

    queues: list[Item] = field(default_factory=list)
    calls: CallTally = field(default_factory=CallTally)
    waiting: int = 0
    longest_entered_at: float | None = None

    @property
    def goal(self) -> float | None:
        """The highest goal of them."""
        return max((queue["goal"] for queue in self.queues), default=None)


def tally(mirror: Mirror, queue_ids: Iterable[str]) -> DayTally:
    """Add up; a queue that is not there (any more) is left out."""
    found = DayTally()
    for queue in filter(None, (mirror.get(f"queue:{queue_id}") for queue_id in queue_ids)):
        today = queue["today"]
        found.queues.append(queue)
        found.calls.add(CallTally(**{one.name: today[one.name] for one in fields(CallTally) if today.get(one.name)}))
        found.waiting += len(queue["waiting"])
        oldest = queue["longest_entered_at"]
        if oldest and (found.longest_entered_at is None or oldest < found.longest_entered_at):
            found.longest_entered_at = oldest
    return found
