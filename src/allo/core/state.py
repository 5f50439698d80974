"""What changes from second to second: the calls and agents of this moment, and the timers under way.

Decides nothing. The whole of it is plain data, so that a restarted centre can load it, replay the inputs
since, and go on; ended calls leave it at once.

Invariants: `legs` names every agent leg there is, and its call; `waiting[q]` is sorted by `Call.order` and
holds exactly the calls in state WAITING of that queue; `ready` holds exactly the agents who are READY with
their device up, longest idle first.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

from allo.core.agent_states import AgentState
from allo.core.call_states import CallState
from allo.core.model import Config, Queue


@dataclass(slots=True)
class Offer:
    """A call ringing one agent."""

    leg_id: str
    agent_id: str
    made_at: float
    expires_at: float
    reason: str


@dataclass(slots=True)
class Call:
    """One customer conversation, from arrival to end."""

    id: str
    number: str
    caller: str
    caller_name: str
    customer_id: str
    queue_id: str
    started_at: float
    state: CallState
    since_at: float
    """When the present state began."""
    order: tuple[float, float, int] = (0.0, 0.0, 0)
    """The place in the queue: (minus priority, entered_at, arrival number), smallest first."""
    prompts: list[str] = field(default_factory=list)
    """What is still to be played before the call enters its queue; the first is playing."""
    entered_at: float = 0.0
    answered_at: float = 0.0
    offer: Offer | None = None
    agent_id: str = ""
    leg_id: str = ""
    back_leg_id: str = ""
    """The leg on which an agent whose page reloaded is coming back."""
    leg_count: int = 0
    routed_because: str = ""
    talk_s: float = 0.0
    hold_s: float = 0.0
    is_muted: bool = False


@dataclass(slots=True)
class AgentLive:
    """One agent at this moment."""

    id: str
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    since_at: float = 0.0
    call_id: str = ""
    """The call offered, talked on, or wrapped up."""
    queue_id: str = ""
    device_up: bool = False
    next_state: AgentState = AgentState.READY
    """Where the agent goes when the present call is wrapped up."""
    next_reason: str = ""
    calls_taken: int = 0
    wrapup_since_at: float = 0.0
    wrapped_call_id: str = ""
    """The call whose wrap-up was finished last, so that a doubled request is recognised."""


@dataclass(slots=True)
class State:
    """Everything the engine remembers between two inputs."""

    config: Config = field(default_factory=Config)
    queues: dict[str, Queue] = field(default_factory=dict)
    """The configured queues, and removed ones for as long as calls are in them."""
    calls: dict[str, Call] = field(default_factory=dict)
    agents: dict[str, AgentLive] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, list[Call]] = field(default_factory=dict)
    ready: dict[str, AgentLive] = field(default_factory=dict)
    timers: dict[str, float] = field(default_factory=dict)
    greeting_turns: dict[str, int] = field(default_factory=dict)
    arrivals: int = 0

    def enqueue(self, call: Call) -> int:
        """Put a call in its place; returns the position, 1 = next."""
        line = self.waiting.setdefault(call.queue_id, [])
        if not line or line[-1].order < call.order:
            line.append(call)
            return len(line)
        insort(line, call, key=_order)
        return line.index(call) + 1

    def dequeue(self, call: Call) -> None:
        """Take a waiting call out of its queue."""
        line = self.waiting[call.queue_id]
        if line[0] is call:
            del line[0]
        else:
            line.remove(call)


def _order(call: Call) -> tuple[float, float, int]:
    return call.order
