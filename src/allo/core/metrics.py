"""The centre's figures, each defined once, computed from facts.

A `CallTally` counts calls of a queue, an agent, an interval or a day; a `TimeTally` adds up agents' seconds by
state. Both are folded from facts (`add_*`), can be added to each other, and give the figures as properties. A figure
that cannot be computed yet (nothing to divide by) is None, never 0 or 100 %.

Calls belong to the interval in which they entered the queue. Definitions are the field's usual ones (ICMI, COPC);
`FORMULAS` holds each as a sentence, shown beside the number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum

from allo.core.agent_states import AgentState
from allo.core.facts import AgentStateChanged, CallEnded, FlowedOut, Outcome, WrapUpEnded


class ServiceLevelRule(StrEnum):
    """How abandoned calls count in the service level."""

    STANDARD = "standard"
    """answered ≤ T / (answered + abandoned − short abandons)"""
    ASTERISK = "asterisk"
    """answered ≤ T / answered, as Asterisk's app_queue counts"""
    LEFT_QUEUE = "left_queue"
    """left the queue ≤ T, answered or not / (entered + flow-outs), as Amazon Connect counts"""
    FLOW_OUTS = "flow_outs"
    """as STANDARD, and calls that the queue sent on after waiting count as not answered in time"""


FORMULAS: dict[str, str] = {
    "service_level": "answered within the target / (answered + abandoned - short abandons)",
    "service_level_asterisk": "answered within the target / answered",
    "service_level_left_queue": "left the queue within the target, answered or not / (entered + flow-outs)",
    "service_level_flow_outs": "answered within the target / (answered + abandoned - short abandons + flow-outs)",
    "abandonment": "abandoned (without short abandons) / (entered - short abandons)",
    "asa": "sum of the waits of answered calls / answered calls",
    "aht": "(talk + hold + wrap-up time) / (answered calls + customers called back)",
    "occupancy": "handling time / (handling time + ready time); handling = ringing, talk, hold, wrap-up",
}
"""Names to formulas in words; msgids for the pages."""


@dataclass(slots=True)
class CallTally:
    """Counts and sums over calls."""

    entered: int = 0
    """Calls whose wait ended here: answered, abandoned, called back, failed. Each call once, in its last queue."""
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    """All who left the queue unanswered, short abandons included."""
    short_abandons: int = 0
    abandoned_in_target: int = 0
    flowed_out: int = 0
    """Sent elsewhere after waiting; whoever takes such a call counts it as entered."""
    flowed_out_in_target: int = 0
    turned_away: int = 0
    """Not taken at all: closed, full, nobody at work."""
    callbacks: int = 0
    """Callers who hung up to be called back; neither answered nor abandoned."""
    callbacks_reached: int = 0
    failed: int = 0
    answered_wait_s: float = 0.0
    longest_wait_s: float = 0.0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrapup_s: float = 0.0

    def add_call(self, call: CallEnded, target_s: float, short_abandon_s: float) -> None:
        """Count an ended call; one that never entered a queue does not count."""
        if not call.entered_at:
            return
        self.entered += 1
        self.longest_wait_s = max(self.longest_wait_s, call.wait_s)
        if call.is_callback:
            self.callbacks += 1
            self.callbacks_reached += call.outcome is Outcome.ANSWERED
            self.talk_s += call.talk_s
            self.hold_s += call.hold_s
            return
        in_target = call.wait_s <= target_s
        if call.outcome is Outcome.ANSWERED:
            self.answered += 1
            self.answered_in_target += in_target
            self.answered_wait_s += call.wait_s
            self.talk_s += call.talk_s
            self.hold_s += call.hold_s
        elif call.outcome is Outcome.ABANDONED:
            self.abandoned += 1
            self.abandoned_in_target += in_target
            self.short_abandons += call.wait_s < short_abandon_s
        else:
            self.failed += 1

    def add_flow_out(self, flow: FlowedOut, target_s: float) -> None:
        """Count a call that this queue did not keep."""
        if flow.was_waiting:
            self.flowed_out += 1
            self.flowed_out_in_target += flow.wait_s <= target_s
        else:
            self.turned_away += 1

    def add_wrapup(self, wrapup: WrapUpEnded) -> None:
        """Count the after-call work of a call."""
        self.wrapup_s += wrapup.wrapup_s

    def add(self, other: CallTally) -> None:
        """Add another tally, say of another interval, to this one."""
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            is_extreme = item.name == "longest_wait_s"
            setattr(self, item.name, max(mine, theirs) if is_extreme else mine + theirs)

    def service_level(self, rule: ServiceLevelRule = ServiceLevelRule.STANDARD) -> float | None:
        """The share answered in time, 0..1."""
        if rule is ServiceLevelRule.ASTERISK:
            return _ratio(self.answered_in_target, self.answered)
        if rule is ServiceLevelRule.LEFT_QUEUE:
            left = self.answered_in_target + self.abandoned_in_target + self.flowed_out_in_target
            return _ratio(left, self.entered + self.flowed_out)
        counted = self.answered + self.abandoned - self.short_abandons
        counted += self.flowed_out if rule is ServiceLevelRule.FLOW_OUTS else 0
        return _ratio(self.answered_in_target, counted)

    @property
    def abandonment(self) -> float | None:
        """The share of callers who gave up, 0..1, short abandons left out."""
        return _ratio(self.abandoned - self.short_abandons, self.entered - self.short_abandons)

    @property
    def asa_s(self) -> float | None:
        """Average speed of answer: the mean wait of the answered."""
        return _ratio(self.answered_wait_s, self.answered)

    @property
    def aht_s(self) -> float | None:
        """Average handling time: talk + hold + wrap-up of the answered, and of customers called back."""
        return _ratio(self.talk_s + self.hold_s + self.wrapup_s, self.handled)

    @property
    def handled(self) -> int:
        """Calls with an agent: answered, or the customer was called back and reached."""
        return self.answered + self.callbacks_reached


_HANDLING = (AgentState.OFFERED.value, AgentState.ON_CALL.value, AgentState.WRAP_UP.value)


@dataclass(slots=True)
class TimeTally:
    """Agents' seconds by state (`AgentState` values)."""

    seconds: dict[str, float] = field(default_factory=dict)

    def add_interval(self, change: AgentStateChanged) -> None:
        """Count the interval which a state change closed."""
        self.add_seconds(change.previous, change.lasted_s)

    def add_seconds(self, state: str, lasted_s: float) -> None:
        """Count seconds in a state, say of an interval still open or cut at midnight."""
        self.seconds[state] = self.seconds.get(state, 0.0) + lasted_s

    def add(self, other: TimeTally) -> None:
        """Add another tally to this one."""
        for state, lasted_s in other.seconds.items():
            self.add_seconds(state, lasted_s)

    @property
    def handling_s(self) -> float:
        """Seconds with a call: ringing, talking, holding, wrapping up."""
        return sum(self.seconds.get(state, 0.0) for state in _HANDLING)

    @property
    def logged_in_s(self) -> float:
        """Seconds in any state but Offline."""
        return sum(s for state, s in self.seconds.items() if state != AgentState.OFFLINE.value)

    @property
    def occupancy(self) -> float | None:
        """Handling / (handling + ready), 0..1."""
        return _ratio(self.handling_s, self.handling_s + self.seconds.get(AgentState.READY.value, 0.0))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
