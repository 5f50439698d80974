"""What agents did: states, breaks, work after a call."""

from __future__ import annotations

from allo.core.break_plan import BreakAnswer
from allo.core.frozen import frozen


@frozen
class StateForced:
    """A team leader has changed an agent's state."""

    at: float
    agent_id: str
    leader_id: str
    to: str
    reason: str


@frozen
class WrapUpEnded:
    """The agent's after-call work is over; `disposition` is "" when no outcome was recorded."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    disposition: str
    wrapup_s: float


@frozen
class BreakAnswered:
    """What an agent who asked for a break was told, and why; again when the answer changes."""

    at: float
    agent_id: str
    reason: str
    kind: str
    asked_at: float
    answer: BreakAnswer
    in_s: float
    place: int
    because: str


@frozen
class AgentStateChanged:
    """The agent was `previous` for `lasted_s` since `since_at`, and is `current` from now on."""

    at: float
    agent_id: str
    previous: str
    previous_reason: str
    since_at: float
    lasted_s: float
    current: str
    reason: str
    queue_id: str
    """The queue of the call the ended interval was about, or ""."""
