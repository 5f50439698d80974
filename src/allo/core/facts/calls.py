"""A call from its first ring to its end: arriving, queueing, ringing at agents, being answered."""

from __future__ import annotations

from allo.core.facts.outcomes import EndReason, OfferOutcome, Outcome
from allo.core.frozen import frozen


@frozen
class CallStarted:
    """A caller reached a number of ours."""

    at: float
    call_id: str
    number: str
    caller: str
    caller_name: str
    queue_id: str


@frozen
class GreetingPlayed:
    """A greeting, or another prompt on the caller's way, began to play."""

    at: float
    call_id: str
    greeting: str
    queue_id: str = ""
    """Whose greeting it is; "" for all other prompts."""


@frozen
class CallEntered:
    """The call entered a queue: waiting begins to count."""

    at: float
    call_id: str
    queue_id: str
    position: int


@frozen
class CallWidened:
    """The wait was long enough for the call to go without these skills: more agents may take it."""

    at: float
    call_id: str
    queue_id: str
    skills: tuple[str, ...]


@frozen
class OfferMade:
    """The call rings at one agent; `reason` tells why this agent (`selection`)."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    leg_id: str
    reason: str


@frozen
class OfferEnded:
    """The ringing is over, one way or another."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    leg_id: str
    outcome: OfferOutcome
    rang_s: float


@frozen
class CallAnswered:
    """An agent answered after `wait_s` since entering the queue."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    wait_s: float


@frozen
class CallRequeued:
    """The lost agent did not come back: the call waits at the front of its queue again."""

    at: float
    call_id: str
    queue_id: str


@frozen
class CallEnded:
    """The call is over; once for every call, with its sums. Seconds are 0 for what did not happen.

    Queue and wait are those in which it was answered first, or waited last; `entered_at` is 0 for one that no queue
    kept to its end (`FlowedOut`).
    """

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    number: str
    caller: str
    outcome: Outcome
    end_reason: EndReason
    cause: int
    started_at: float
    entered_at: float
    answered_at: float
    wait_s: float
    talk_s: float
    hold_s: float
    is_callback: bool = False
    """The customer was to be called back; the wait is the one on the line before that."""
