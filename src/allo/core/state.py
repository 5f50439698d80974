"""What changes from second to second: the calls and agents of this moment, and the timers under way.

Decides nothing. The whole of it is plain data, so that a restarted centre can load it, replay the inputs
since, and go on; ended calls leave it at once.

Invariants: `legs` names every agent leg there is, and its call; `waiting[q]` is sorted by `Call.order` and
holds exactly the calls in state WAITING of that queue; `ready` holds exactly the agents who are READY with
their device up, longest idle first.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from allo.core.agent_states import AgentState, SystemReason
from allo.core.break_plan import BreakClaim
from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call
from allo.core.expected_wait import Pace
from allo.core.model import Config, Queue


@dataclass(slots=True)
class PromiseDay:
    """What a queue's promises have cost on a local day, and what the open ones may."""

    day: str
    paid_amount: int = 0
    open_amount: int = 0


@dataclass(slots=True)
class Closing:
    """A queue, or the whole centre, is closed by a team leader's button."""

    reason: str
    message: str
    leader_id: str
    since_at: float


@dataclass(slots=True)
class AgentLive:
    """One agent at this moment."""

    id: str
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    since_at: float = 0.0
    idle_since_at: float = 0.0
    """Since when the agent waits for a call; an offer that came to nothing does not begin it anew."""
    call_id: str = ""
    """The call offered, talked on, or wrapped up."""
    queue_id: str = ""
    device_up: bool = False
    next_state: AgentState = AgentState.READY
    """Where the agent goes when the present call is wrapped up."""
    next_reason: str = ""
    calls_taken: int = 0
    """Since log-in, as the following two."""
    ready_s: float = 0.0
    handling_s: float = 0.0
    """Ringing, talk, hold and wrap-up."""
    rested_at: float = 0.0
    """When the last break ended (comfort is none), or the log-in."""
    supervises: str = ""
    """The call in which this agent is as a team leader."""
    wrapup_since_at: float = 0.0
    wrapped_call_id: str = ""
    """The call whose wrap-up was finished last, so that a doubled request is recognised."""

    @property
    def lacks_outcome(self) -> bool:
        """Whether the last call still has no outcome after the wrap-up limit."""
        return self.state is AgentState.NOT_READY and self.reason == SystemReason.OUTCOME_MISSING.value


@dataclass(slots=True)
class State:
    """Everything the engine remembers between two inputs."""

    config: Config = field(default_factory=Config)
    queues: dict[str, Queue] = field(default_factory=dict)
    """The configured queues, and removed ones for as long as calls are in them."""
    calls: dict[str, Call] = field(default_factory=dict)
    agents: dict[str, AgentLive] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    """Waiting calls that are reserved, and the agents they are reserved for."""
    waiting: dict[str, list[Call]] = field(default_factory=dict)
    ready: dict[str, AgentLive] = field(default_factory=dict)
    timers: dict[str, float] = field(default_factory=dict)
    greeting_turns: dict[str, int] = field(default_factory=dict)
    last_offered: dict[str, str] = field(default_factory=dict)
    """Queue to the agent whom its last call was offered to (for `round_robin`)."""
    closed: dict[str, Closing] = field(default_factory=dict)
    """Queues closed by button; "" is the whole centre."""
    recent_calls: dict[str, list[float]] = field(default_factory=dict)
    """Callers to the instants of their latest calls (for `protection`), by the last one."""
    dialled_on: str = ""
    """The local day (`2026-03-08`) that `dialled_count` is about."""
    dialled_count: int = 0
    """Outside numbers dialled on that day."""
    paces: dict[str, Pace] = field(default_factory=dict)
    """Queue to how fast it has been lately, where the expected wait is told."""
    promise_days: dict[str, PromiseDay] = field(default_factory=dict)
    """Queue to what its promises cost today."""
    codes_on: str = ""
    """The local day that `codes_issued` is about."""
    codes_issued: int = 0
    break_claims: dict[str, BreakClaim] = field(default_factory=dict)
    """Agents who have asked for a break and may not go yet."""
    arrivals: int = 0
    last_at: float = 0.0
    """The instant of the last input; a clock that goes back a little stands still for the engine."""

    def enqueue(self, call: Call) -> int:
        """Put a call in its place; returns the position, 1 = next."""
        line = self.waiting.setdefault(call.queue_id, [])
        if not line or line[-1].order < call.order:
            line.append(call)
            return len(line)
        insort(line, call, key=_order)
        return bisect_left(line, call.order, key=_order) + 1

    def dequeue(self, call: Call) -> None:
        """Take a waiting call out of its queue."""
        line = self.waiting[call.queue_id]
        place = 0 if line[0] is call else bisect_left(line, call.order, key=_order)
        if line[place] is not call:
            raise BrokenRuleError(f"call {call.id} is not in its place")
        del line[place]

    def add_ready(self, agent: AgentLive) -> None:
        """Put an agent among the selectable ones, by idle time; the later one of equals goes behind."""
        ready = self.ready
        if agent.id in ready:
            return
        is_last = not ready or ready[next(reversed(ready))].idle_since_at <= agent.idle_since_at
        ready[agent.id] = agent
        if not is_last:
            in_order = sorted(ready.values(), key=lambda one: one.idle_since_at)
            ready.clear()
            ready.update((one.id, one) for one in in_order)


def restored(state: State) -> State:
    """Re-link a state that was written down and read again; hand the result to `Engine`.

    `waiting` and `ready` hold the very objects of `calls` and `agents`; decoding makes copies of them. Their order is
    kept. Changes and returns `state`. Raises BrokenRuleError when an index names what does not exist.
    """
    try:
        state.waiting = {queue: [state.calls[call.id] for call in line] for queue, line in state.waiting.items()}
        state.ready = {id_: state.agents[id_] for id_ in state.ready}
    except KeyError as error:
        raise BrokenRuleError(f"an index of the state names {error}, which is not in it") from error
    return state


def _order(call: Call) -> tuple[float, float, int]:
    return call.order
