"""Whether the expected waits that callers were told have come true.

A caller counts when it came out: answered, or still waiting when the told interval was over. Who left before that
proves nothing. Several sentences to one caller count once: all of them must have held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from allo.core.facts import Announced, CallAnswered, CallEnded, Fact


@dataclass(slots=True)
class Told:
    """How the callers fared to whom an expected wait was told."""

    callers: int = 0
    """To whom something was told."""
    came_out: int = 0
    held: int = 0
    """Of those that came out: for whom every sentence held."""
    sentences: int = 0
    wide_min: int = 0

    @property
    def coverage(self) -> float | None:
        """The share of callers for whom it held; None while nothing came out."""
        return self.held / self.came_out if self.came_out else None

    @property
    def width_min(self) -> float | None:
        """Minutes between the two ends, on average."""
        return self.wide_min / self.sentences if self.sentences else None


def told_waits(facts: Iterable[Fact]) -> Told:
    """Of a run, or of several one after the other."""
    told = Told()
    said: defaultdict[str, list[Announced]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, Announced) and fact.high_min:
            said[fact.call_id].append(fact)
        elif isinstance(fact, (CallAnswered, CallEnded)) and fact.call_id in said:
            _add(told, said.pop(fact.call_id), fact.at, is_answered=isinstance(fact, CallAnswered))
    return told


def _add(told: Told, sentences: list[Announced], at: float, *, is_answered: bool) -> None:
    told.callers += 1
    told.sentences += len(sentences)
    told.wide_min += sum(one.high_min - one.low_min for one in sentences)
    proved = [one for one in sentences if is_answered or at - one.at > one.high_min * 60]
    if proved:
        told.came_out += 1
        told.held += all(one.low_min * 60 <= at - one.at <= one.high_min * 60 for one in proved)
