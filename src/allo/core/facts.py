"""Immutable records of what happened in the centre. Every report is computed from these alone.

Each fact has the instant `at` (POSIX seconds, UTC). A call's life in facts:

    CallStarted ── CallEntered ──┬─ OfferMade ── OfferEnded(outcome) ─┐ (repeats until accepted)
                                 └────────────────────────────────────┘
    CallAnswered ── HoldStarted ── HoldEnded ── AgentLost ── AgentBack ── CallEnded ── WrapUpEnded

`CallEnded` comes exactly once for every started call and sums the call up, so that a report reads one
row a call. Agent time comes from `AgentStateChanged`, which closes the previous interval.
"""

from __future__ import annotations

from enum import StrEnum

from allo.core.frozen import frozen


class OfferOutcome(StrEnum):
    """How a call ringing one agent came out."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    """The device could not be rung."""


class Outcome(StrEnum):
    """What became of a call: exactly one of these."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    """The caller left the queue before an agent answered."""
    LEFT_EARLY = "left_early"
    """The caller left during the opening message or greeting, before entering the queue."""
    REJECTED = "rejected"
    """Nobody could take it: an unknown number."""
    FAILED = "failed"
    """Our own platform broke before anyone answered."""


class EndReason(StrEnum):
    """Who or what ended the call (ours; the network's hangup cause is kept beside it)."""

    CALLER_HUNG_UP = "caller_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    UNKNOWN_NUMBER = "unknown_number"
    PLATFORM_RESTARTED = "platform_restarted"
    CALLER_LOST = "caller_lost"


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
    """A greeting began to play to the caller."""

    at: float
    call_id: str
    greeting: str


@frozen
class CallEntered:
    """The call entered a queue: waiting begins to count."""

    at: float
    call_id: str
    queue_id: str
    position: int


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
class HoldStarted:
    """The caller was put on hold."""

    at: float
    call_id: str
    agent_id: str


@frozen
class HoldEnded:
    """The hold ended: resumed, or the call ended."""

    at: float
    call_id: str
    agent_id: str
    held_s: float


@frozen
class AgentLost:
    """The agent's leg broke in a conversation; the caller hears music and waits for the same agent."""

    at: float
    call_id: str
    agent_id: str


@frozen
class AgentBack:
    """The lost agent is in the conversation again after `away_s`."""

    at: float
    call_id: str
    agent_id: str
    away_s: float


@frozen
class CallRequeued:
    """The lost agent did not come back: the call waits at the front of its queue again."""

    at: float
    call_id: str
    queue_id: str


@frozen
class CallEnded:
    """The call is over; once for every call, with its sums. Seconds are 0 for what did not happen."""

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


Fact = (
    CallStarted
    | GreetingPlayed
    | CallEntered
    | OfferMade
    | OfferEnded
    | CallAnswered
    | HoldStarted
    | HoldEnded
    | AgentLost
    | AgentBack
    | CallRequeued
    | CallEnded
    | WrapUpEnded
    | AgentStateChanged
)
