"""What to do: the engine's only output. Whoever runs the engine carries these out, in order.

Decides nothing. Carrying out an effect may fail; the failure comes back as an event (`LegEnded` for an
agent who could not be rung, `PlaybackFinished` for a prompt that could not be played).
"""

from __future__ import annotations

from allo.core.facts import Fact
from allo.core.frozen import frozen
from allo.core.requests import Refusal


@frozen
class AnswerCall:
    """Answer the caller's leg."""

    call_id: str


@frozen
class PlayPrompt:
    """Play an opening message or a greeting to the caller; end it with `PlaybackFinished`."""

    call_id: str
    prompt: str


@frozen
class StartMusic:
    """The caller waits alone with music of this class."""

    call_id: str
    music: str


@frozen
class OfferCall:
    """Ring the agent's device with a new leg; its answer is the acceptance."""

    call_id: str
    leg_id: str
    agent_id: str
    device: str
    auto_answer: bool = False
    """True when a lost agent's page is to take its own running conversation back without ringing."""


@frozen
class BridgeLegs:
    """Caller and agent hear each other (also the way back from hold)."""

    call_id: str
    leg_id: str


@frozen
class HoldCall:
    """The caller hears music, the agent's leg stays, hearing nothing."""

    call_id: str
    leg_id: str
    music: str


@frozen
class EndLeg:
    """Hang up a leg (a caller's leg has the call's id). Harmless when it is gone already."""

    leg_id: str


@frozen
class StartTimer:
    """Send `TimerFired(timer_id)` at `fires_at`; starting an existing one moves it."""

    timer_id: str
    fires_at: float


@frozen
class CancelTimer:
    """The timer is not needed any more. Harmless when it is not running."""

    timer_id: str


@frozen
class RecordFact:
    """Write a fact to the ledger."""

    fact: Fact


@frozen
class Accepted:
    """The request was carried out."""


@frozen
class Refused:
    """The request was not carried out and nothing has changed."""

    code: Refusal


Effect = (
    AnswerCall
    | PlayPrompt
    | StartMusic
    | OfferCall
    | BridgeLegs
    | HoldCall
    | EndLeg
    | StartTimer
    | CancelTimer
    | RecordFact
    | Accepted
    | Refused
)
