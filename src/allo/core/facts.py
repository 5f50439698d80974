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

from allo.core.break_plan import BreakAnswer
from allo.core.frozen import frozen
from allo.core.model import TargetKind


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
class FlowedOut:
    """A queue sent the call on, for this reason; `was_waiting` is false for one that it did not even take."""

    at: float
    call_id: str
    queue_id: str
    target_kind: TargetKind
    target_id: str
    reason: EndReason
    was_waiting: bool
    wait_s: float
    """In this queue."""


class OutsideRefusal(StrEnum):
    """Why an outside number was not dialled."""

    NOT_ALLOWED = "not_allowed"
    DAY_LIMIT = "day_limit"
    CALL_LIMIT = "call_limit"


@frozen
class OutsideDialled:
    """An outside number rings for the call."""

    at: float
    call_id: str
    leg_id: str
    number: str


@frozen
class OutsideRefused:
    """An outside number was to be dialled and was not."""

    at: float
    call_id: str
    number: str
    reason: OutsideRefusal


@frozen
class MessageLeft:
    """The caller left a spoken message."""

    at: float
    call_id: str
    voicemail_id: str
    recording_id: str
    length_s: float


@frozen
class CallbackAgreed:
    """The caller hangs up after waiting so long and will be called back."""

    at: float
    call_id: str
    queue_id: str
    number: str
    wait_s: float


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


@frozen
class CallbackTried:
    """The customer was dialled for the agent, for the `number_of_try`-th time."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    number: str
    number_of_try: int
    outcome: TryOutcome


@frozen
class CallRefused:
    """A caller was not let in: blocked, anonymous, or one of a flood; `rule` tells which block or number."""

    at: float
    call_id: str
    caller: str
    because: EndReason
    rule: str


@frozen
class CallSlowed:
    """One of many calls from one number has to pause first."""

    at: float
    call_id: str
    caller: str
    calls: int
    pause_s: float


@frozen
class MenuEntered:
    """The call came to a menu."""

    at: float
    call_id: str
    menu_id: str


@frozen
class MenuLeft:
    """The call went on to a target: by a key, or with none ("") by a rule of the menu."""

    at: float
    call_id: str
    menu_id: str
    key: str
    target_kind: TargetKind
    target_id: str


@frozen
class QueueClosed:
    """A team leader closed a queue by button ("": the whole centre)."""

    at: float
    queue_id: str
    leader_id: str
    reason: str
    message: str


@frozen
class QueueReopened:
    """A team leader opened it again."""

    at: float
    queue_id: str
    leader_id: str
    closed_s: float


@frozen
class PromiseMade:
    """The caller was promised `amount` unless somebody answers within `within_s` of the promise's last word."""

    at: float
    call_id: str
    queue_id: str
    within_s: float
    amount: int


@frozen
class PromiseWithheld:
    """The queue makes promises, but not this caller one; `because` of load, hours, customer_kind, budget ..."""

    at: float
    call_id: str
    queue_id: str
    because: str


@frozen
class PromiseKept:
    """An agent answered in time, `after_s` since the promise was made."""

    at: float
    call_id: str
    queue_id: str
    after_s: float


@frozen
class PromiseMissed:
    """Nobody answered in time (or the call was sent on): the caller has a compensation code."""

    at: float
    call_id: str
    queue_id: str
    code: str
    amount: int
    because: str


@frozen
class PromiseLapsed:
    """The caller left before the time was over, or asked for a call-back."""

    at: float
    call_id: str
    queue_id: str
    because: str


@frozen
class SurveyStarted:
    """The agent has hung up, the caller is asked about the talk."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str


@frozen
class SurveyAnswered:
    """The caller answered a question by a key."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    question: str
    key: str


@frozen
class SurveyCommented:
    """The caller spoke a comment; its length is 0 where they hung up in the middle of it."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    recording_id: str
    length_s: float


@frozen
class Announced:
    """A waiting caller was told something; the minutes are 0 where no expected wait was told, `because` says why."""

    at: float
    call_id: str
    queue_id: str
    prompts: tuple[str, ...]
    position: int
    low_min: int
    high_min: int
    because: str


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
class HoldStarted:
    """The caller was put on hold."""

    at: float
    call_id: str
    agent_id: str
    reason: str = ""


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
class CallTransferred:
    """The agent has passed the call on and left it, after `talk_s` and `hold_s` with this agent."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    kind: str
    """agent, queue, number, another (to anybody but this agent) or leader (who has taken the call over)."""
    to: str
    is_consulted: bool
    talk_s: float
    hold_s: float


@frozen
class CallTaken:
    """A further agent is in the call, after a transfer or a loss; `wait_s` is the caller's wait since then."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    wait_s: float


@frozen
class ConsultStarted:
    """The agent asks somebody beside the caller: a colleague by name, one of a queue, or an outside number."""

    at: float
    call_id: str
    agent_id: str
    asked_agent_id: str
    number: str
    queue_id: str


@frozen
class ConsultEnded:
    """Asking is over: how the ringing came out, and the seconds since it began."""

    at: float
    call_id: str
    agent_id: str
    asked_agent_id: str
    number: str
    outcome: OfferOutcome
    lasted_s: float


@frozen
class ConferenceStarted:
    """Caller, agent and the asked party talk together."""

    at: float
    call_id: str
    agent_id: str


@frozen
class HoldLimitReached:
    """The caller has been on hold for longer than is agreed; the agent is reminded."""

    at: float
    call_id: str
    agent_id: str
    held_s: float


@frozen
class HelpCalled:
    """The agent has pressed the emergency button."""

    at: float
    call_id: str
    agent_id: str


@frozen
class RecordingPaused:
    """Recording was paused (or goes on): card numbers are spoken."""

    at: float
    call_id: str
    agent_id: str
    is_paused: bool


@frozen
class SupervisionStarted:
    """A team leader listens, whispers or has stepped in."""

    at: float
    call_id: str
    agent_id: str
    leader_id: str
    mode: str


@frozen
class SupervisionEnded:
    """The team leader has left the conversation."""

    at: float
    call_id: str
    leader_id: str


@frozen
class StateForced:
    """A team leader has changed an agent's state."""

    at: float
    agent_id: str
    leader_id: str
    to: str
    reason: str


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
    is_callback: bool = False
    """The customer was to be called back; the wait is the one on the line before that."""


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


Fact = (
    CallStarted
    | GreetingPlayed
    | CallEntered
    | FlowedOut
    | OutsideDialled
    | OutsideRefused
    | MessageLeft
    | CallbackAgreed
    | CallbackTried
    | CallRefused
    | CallSlowed
    | MenuEntered
    | MenuLeft
    | QueueClosed
    | QueueReopened
    | PromiseMade
    | PromiseWithheld
    | PromiseKept
    | PromiseMissed
    | PromiseLapsed
    | SurveyStarted
    | SurveyAnswered
    | SurveyCommented
    | Announced
    | CallWidened
    | OfferMade
    | OfferEnded
    | CallAnswered
    | HoldStarted
    | HoldEnded
    | AgentLost
    | AgentBack
    | CallRequeued
    | CallTransferred
    | CallTaken
    | ConsultStarted
    | ConsultEnded
    | ConferenceStarted
    | HoldLimitReached
    | HelpCalled
    | RecordingPaused
    | SupervisionStarted
    | SupervisionEnded
    | StateForced
    | CallEnded
    | WrapUpEnded
    | BreakAnswered
    | AgentStateChanged
)
