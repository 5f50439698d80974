"""Each agent's own part of a call, folded from the call's facts in their order. Pure; `today` and `projections` use it.

Decides whose the seconds are: `CallTransferred` tells what the leaving agent had, the last agent has the rest of the
call's sums. An agent whose connection broke and who did not come back has the time until then, by the instants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allo.core import facts

CALL, LOST = "call", "lost"


@dataclass(slots=True)
class Part:
    """One agent's part; `ended_at` is 0 while it lasts."""

    agent_id: str
    queue_id: str
    started_at: float
    ended_at: float = 0.0
    talk_s: float = 0.0
    """While it lasts: minus the seconds in which the agent was lost."""
    hold_s: float = 0.0
    wrapup_s: float = 0.0
    ended_by: str = ""
    is_consulted: bool = False


@dataclass(slots=True)
class CallParts:
    """The parts of one call so far."""

    parts: list[Part] = field(default_factory=list)

    def add(self, fact: facts.Fact) -> None:
        """Take the call's next fact; other kinds change nothing."""
        change = _CHANGES.get(type(fact))
        if change is not None:
            change(self, fact)

    @property
    def _open(self) -> Part | None:
        last = self.parts[-1] if self.parts else None
        return last if last is not None and not last.ended_by else None

    def begin(self, fact: facts.CallAnswered | facts.CallTaken) -> None:
        """An agent is in the conversation."""
        if self._open is None:
            self.parts.append(Part(fact.agent_id, fact.queue_id, fact.at))

    def hold_ended(self, fact: facts.HoldEnded) -> None:
        """A hold of the agent's is over."""
        if self._open is not None:
            self._open.hold_s += fact.held_s

    def lost(self, fact: facts.AgentLost) -> None:
        """The agent's connection broke."""
        if self._open is not None:
            self._open.ended_at = fact.at

    def back(self, fact: facts.AgentBack) -> None:
        """The lost agent is there again."""
        if self._open is not None:
            self._open.ended_at = 0.0
            self._open.talk_s -= fact.away_s

    def requeued(self, _fact: facts.CallRequeued) -> None:
        """The lost agent did not come back."""
        part = self._open
        if part is not None:
            part.talk_s = max(0.0, part.talk_s + part.ended_at - part.started_at - part.hold_s)
            part.ended_by = LOST

    def transferred(self, fact: facts.CallTransferred) -> None:
        """The agent has left, the call goes on."""
        part = self._open
        if part is None:
            return
        lost_talk_s, lost_hold_s = self._just_lost()
        part.talk_s, part.hold_s = max(0.0, fact.talk_s - lost_talk_s), max(0.0, fact.hold_s - lost_hold_s)
        part.ended_at, part.ended_by, part.is_consulted = fact.at, fact.kind, fact.is_consulted
        if fact.kind == "leader" or (fact.kind == "agent" and fact.is_consulted):
            self.parts.append(Part(fact.to, fact.queue_id, fact.at))

    def _just_lost(self) -> tuple[float, float]:
        """Seconds of the lost agents directly before the open part: the engine counts them to the next transfer."""
        talk_s = hold_s = 0.0
        for part in self.parts[-2::-1]:
            if part.ended_by != LOST:
                break
            talk_s, hold_s = talk_s + part.talk_s, hold_s + part.hold_s
        return talk_s, hold_s

    def ended(self, fact: facts.CallEnded) -> None:
        """The call is over."""
        part = self._open
        if part is None:
            return
        others = self.parts[:-1]
        part.talk_s = max(0.0, fact.talk_s - sum(one.talk_s for one in others))
        part.hold_s = max(0.0, fact.hold_s - sum(one.hold_s for one in others))
        part.ended_at, part.ended_by = part.ended_at or fact.at, CALL

    def wrapped_up(self, fact: facts.WrapUpEnded) -> None:
        """An agent's after-call work is over."""
        for part in reversed(self.parts):
            if part.agent_id == fact.agent_id:
                part.wrapup_s += fact.wrapup_s
                return


_CHANGES: dict[type, Callable[[CallParts, Any], None]] = {
    facts.CallAnswered: CallParts.begin,
    facts.CallTaken: CallParts.begin,
    facts.HoldEnded: CallParts.hold_ended,
    facts.AgentLost: CallParts.lost,
    facts.AgentBack: CallParts.back,
    facts.CallRequeued: CallParts.requeued,
    facts.CallTransferred: CallParts.transferred,
    facts.CallEnded: CallParts.ended,
    facts.WrapUpEnded: CallParts.wrapped_up,
}
PART_FACTS = tuple(_CHANGES)
