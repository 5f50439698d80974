"""One input being handled: the state, the instant, and the effects so far.

Decides nothing but keeps the state's bookkeeping in one place: whatever moves an agent or a call from one
state to the next goes through here, so that `State`'s invariants hold and no interval lacks its fact.
`touched` collects the keys of everything that changed, for whoever shows the centre live.
"""

from __future__ import annotations

from collections.abc import Callable

from allo.core.agent_states import AGENT_TRANSITIONS, BUSY, NOT_READY, OFFERED, OFFLINE, READY, AgentState
from allo.core.break_plan import BreakKind
from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call
from allo.core.call_states import CALL_TRANSITIONS, HELD, TALKING, CallState
from allo.core.effects import CancelTimer, Effect, EndLeg, RecordFact, StartTimer
from allo.core.facts import AgentStateChanged, Fact
from allo.core.state import AgentLive, State

NumberOf = Callable[[str, str], str]
"""What digits that were typed mean as a number to be dialled, in a country (`Config.country`)."""


def with_plus(typed: str, _country: str) -> str:
    """The digits are those of an international number."""
    return f"+{typed}"


class Turn:
    """The handling of one input at `now`; the engine makes a fresh one each time."""

    __slots__ = ("effects", "has_somebody_left", "now", "number_of", "onward", "queued", "state", "touched")

    def __init__(
        self, state: State, now: float, touched: set[tuple[str, str]], number_of: NumberOf = with_plus
    ) -> None:
        self.number_of = number_of
        self.state = state
        self.now = now
        self.effects: list[Effect] = []
        self.touched = touched
        self.onward: list[Call] = []
        """Calls that are to arrive at their targets before the turn ends."""
        self.queued: list[Call] = []
        """Calls that have got a place in a queue which speaks to its callers."""
        self.has_somebody_left = False
        """An agent has logged out."""

    def do(self, effect: Effect) -> None:
        """Ask for an effect."""
        self.effects.append(effect)

    def record(self, fact: Fact) -> None:
        """Ask for a fact to be written."""
        self.effects.append(RecordFact(fact))

    def start_timer(self, timer_id: str, fires_at: float) -> None:
        """Start a timer, or move it."""
        self.state.timers[timer_id] = fires_at
        self.effects.append(StartTimer(timer_id, fires_at))

    def cancel_timer(self, timer_id: str) -> None:
        """Stop a timer if it runs."""
        if self.state.timers.pop(timer_id, None) is not None:
            self.effects.append(CancelTimer(timer_id))

    def end_leg(self, leg_id: str) -> None:
        """Let go of a leg of ours: what is told of it from now on concerns no call."""
        self.state.legs.pop(leg_id, None)
        self.effects.append(EndLeg(leg_id))

    def settle(self, call: Call) -> None:
        """Add the time since the last change to the call's talk or hold; it counts from now on again."""
        lasted_s = self.now - call.since_at
        if call.state is TALKING:
            call.talk_s += lasted_s
        elif call.state is HELD:
            call.hold_s += lasted_s
        call.since_at = self.now

    def move_call(self, call: Call, to: CallState) -> None:
        """Change a call's state, adding the time since the last change to its talk or hold."""
        if to not in CALL_TRANSITIONS[call.state]:
            raise BrokenRuleError(f"call {call.id}: {call.state.value} → {to.value}")
        if call.state is TALKING or call.state is HELD:
            self.settle(call)
        else:
            call.since_at = self.now
        call.state = to
        self.touched.add(("call", call.id))
        if call.queue_id:
            self.touched.add(("queue", call.queue_id))

    def move_agent(self, agent: AgentLive, to: AgentState, reason: str = "") -> None:
        """Change an agent's state and record the interval that ended."""
        was, now = agent.state, self.now
        if to not in AGENT_TRANSITIONS[was]:
            raise BrokenRuleError(f"agent {agent.id}: {was} → {to}")
        lasted_s = now - agent.since_at
        change = AgentStateChanged(
            now, agent.id, was, agent.reason, agent.since_at, lasted_s, to, reason, agent.queue_id
        )
        self.effects.append(RecordFact(change))
        if was is READY:
            agent.ready_s += lasted_s
        elif was in BUSY:
            agent.handling_s += lasted_s
        elif was is NOT_READY:
            rule = self.state.config.break_rules.get(agent.reason)
            if rule is not None and rule.kind is not BreakKind.COMFORT:
                agent.rested_at = now
        if to is READY and was is not OFFERED:
            agent.idle_since_at = now
        elif to is OFFLINE:
            self.has_somebody_left = True
        agent.state = to
        agent.reason = reason
        agent.since_at = now
        if to is READY or was is READY:
            self.refresh_ready(agent)
        self.touched.add(("agent", agent.id))

    def refresh_ready(self, agent: AgentLive) -> None:
        """Keep the index of selectable agents true: who is in it, and longest idle first."""
        if agent.state is READY and agent.device_up:
            self.state.add_ready(agent)
        else:
            self.state.ready.pop(agent.id, None)
