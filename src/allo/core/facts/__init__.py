"""Immutable records of what happened in the centre. Every report is computed from these alone.

Each fact has the instant `at` (POSIX seconds, UTC). A call's life in facts:

    CallStarted ── CallEntered ──┬─ OfferMade ── OfferEnded(outcome) ─┐ (repeats until accepted)
                                 └────────────────────────────────────┘
    CallAnswered ── HoldStarted ── HoldEnded ── AgentLost ── AgentBack ── CallEnded ── WrapUpEnded

`CallEnded` comes exactly once for every started call and sums it up, so that a report reads one row a call. Agent time
comes from `AgentStateChanged`, which closes the previous interval. Here all facts come together, as `Fact`.
"""

from __future__ import annotations

from allo.core.facts.agents import (
    AgentStateChanged,
    BreakAnswered,
    StateForced,
    WrapUpEnded,
)
from allo.core.facts.calls import (
    CallAnswered,
    CallEnded,
    CallEntered,
    CallRequeued,
    CallStarted,
    CallWidened,
    GreetingPlayed,
    OfferEnded,
    OfferMade,
)
from allo.core.facts.journey import (
    CallRefused,
    CallSlowed,
    FlowedOut,
    MenuEntered,
    MenuLeft,
    MessageLeft,
    OutsideDialled,
    OutsideRefused,
    QueueClosed,
    QueueReopened,
)
from allo.core.facts.outcomes import (
    EndReason,
    OfferOutcome,
    Outcome,
    OutsideRefusal,
    TryOutcome,
)
from allo.core.facts.talking import (
    AgentBack,
    AgentLost,
    CallTaken,
    CallTransferred,
    ConferenceStarted,
    ConsultEnded,
    ConsultStarted,
    HelpCalled,
    HoldEnded,
    HoldLimitReached,
    HoldStarted,
    RecordingPaused,
    SupervisionEnded,
    SupervisionStarted,
    SurveyAnswered,
    SurveyCommented,
    SurveyStarted,
)
from allo.core.facts.waiting import (
    Announced,
    CallbackAgreed,
    CallbackTried,
    PromiseKept,
    PromiseLapsed,
    PromiseMade,
    PromiseMissed,
    PromiseWithheld,
)

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

__all__ = [
    "AgentBack",
    "AgentLost",
    "AgentStateChanged",
    "Announced",
    "BreakAnswered",
    "CallAnswered",
    "CallEnded",
    "CallEntered",
    "CallRefused",
    "CallRequeued",
    "CallSlowed",
    "CallStarted",
    "CallTaken",
    "CallTransferred",
    "CallWidened",
    "CallbackAgreed",
    "CallbackTried",
    "ConferenceStarted",
    "ConsultEnded",
    "ConsultStarted",
    "EndReason",
    "Fact",
    "FlowedOut",
    "GreetingPlayed",
    "HelpCalled",
    "HoldEnded",
    "HoldLimitReached",
    "HoldStarted",
    "MenuEntered",
    "MenuLeft",
    "MessageLeft",
    "OfferEnded",
    "OfferMade",
    "OfferOutcome",
    "Outcome",
    "OutsideDialled",
    "OutsideRefusal",
    "OutsideRefused",
    "PromiseKept",
    "PromiseLapsed",
    "PromiseMade",
    "PromiseMissed",
    "PromiseWithheld",
    "QueueClosed",
    "QueueReopened",
    "RecordingPaused",
    "StateForced",
    "SupervisionEnded",
    "SupervisionStarted",
    "SurveyAnswered",
    "SurveyCommented",
    "SurveyStarted",
    "TryOutcome",
    "WrapUpEnded",
]
