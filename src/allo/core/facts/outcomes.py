"""How things that can go several ways went: the values that facts are told in."""

from __future__ import annotations

from enum import StrEnum


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
    """Nobody could take it: an unknown number, closed, full, blocked."""
    INFORMED = "informed"
    """The caller heard the message which they had chosen, or which the number has."""
    MESSAGE_LEFT = "message_left"
    """The caller left a spoken message."""
    FORWARDED = "forwarded"
    """An outside number answered."""
    NOT_REACHED = "not_reached"
    """A call-back was agreed on and did not come about."""
    FAILED = "failed"
    """Our own platform broke before anyone answered."""


class EndReason(StrEnum):
    """Who or what ended the call (ours; the network's hangup cause is kept beside it)."""

    CALLER_HUNG_UP = "caller_hung_up"
    AGENT_HUNG_UP = "agent_hung_up"
    UNKNOWN_NUMBER = "unknown_number"
    PLATFORM_RESTARTED = "platform_restarted"
    CALLER_LOST = "caller_lost"
    CLOSED = "closed"
    EMERGENCY = "emergency"
    """Closed by a team leader's button."""
    FULL = "full"
    TOO_LONG = "too_long"
    NOBODY_AT_WORK = "nobody_at_work"
    UNAVAILABLE = "unavailable"
    """Where the call was to go does not exist (any more), or the outside number did not answer."""
    NO_CHOICE = "no_choice"
    """A menu heard no key that it knows."""
    BLOCKED = "blocked"
    ANONYMOUS = "anonymous"
    FLOOD = "flood"
    """Too many calls from one number."""
    MESSAGE_PLAYED = "message_played"
    MESSAGE_LEFT = "message_left"
    NO_MESSAGE = "no_message"
    """Nothing was said in the voicemail."""
    OUTSIDE_HUNG_UP = "outside_hung_up"
    CALLBACK_FAILED = "callback_failed"
    """The customer was dialled as often as agreed and did not answer."""
    CALLBACK_CANCELLED = "callback_cancelled"


class OutsideRefusal(StrEnum):
    """Why an outside number was not dialled."""

    NOT_ALLOWED = "not_allowed"
    DAY_LIMIT = "day_limit"
    CALL_LIMIT = "call_limit"
    AT_ONCE_LIMIT = "at_once_limit"


class TryOutcome(StrEnum):
    """What came of dialling a customer."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    NOT_ALLOWED = "not_allowed"
    AGENT_LEFT = "agent_left"
    """The agent hung up before the customer answered."""
    AGENT_LOST = "agent_lost"
