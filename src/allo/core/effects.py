"""What to do: the engine's only output. Whoever runs the engine carries these out, in order.

Decides nothing. Carrying out an effect may fail; the failure comes back as an event (`LegEnded` for an
agent who could not be rung, `PlaybackFinished` for a prompt that could not be played).
"""

from __future__ import annotations

from allo.core.facts import Fact
from allo.core.frozen import frozen
from allo.core.refusal import Refusal


@frozen
class AnswerCall:
    """Answer the caller's leg."""

    call_id: str


@frozen
class PlayPrompt:
    """Play a prompt to the caller instead of what they hear now; end it with `PlaybackFinished`.

    A prompt that speaks values is named `say:<what>:<args>` (`say:position:3`, `say:wait:2-4` in minutes,
    `say:number:+7911`). One that is replaced by another effect for the caller sends nothing any more.
    """

    call_id: str
    prompt: str
    language: str = "en"


@frozen
class StartMusic:
    """The caller waits alone with music of this class."""

    call_id: str
    music: str


@frozen
class RecordMessage:
    """Record what the caller says, until `end_key`, a hang-up or `limit_s`; end it with `MessageRecorded`."""

    call_id: str
    recording_id: str
    limit_s: float
    end_key: str = "#"


@frozen
class DialNumber:
    """Ring an outside number with a new leg; its answer or end comes back as `LegAnswered`, `LegEnded`."""

    call_id: str
    leg_id: str
    number: str
    ring_s: float


@frozen
class AdoptLeg:
    """The dialled customer's leg is the caller's leg from now on: what names the call by its id means this leg."""

    call_id: str
    leg_id: str


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
class ConnectLegs:
    """Those `together` hear each other and nobody else; those `apart` are each alone with music (`hearing`)."""

    call_id: str
    together: tuple[str, ...]
    apart: tuple[str, ...]
    music: str


@frozen
class SuperviseLeg:
    """The leader on `leg_id` hears the call; with `is_heard` the agent on `beside` hears the leader too (whisper)."""

    call_id: str
    leg_id: str
    beside: str
    is_heard: bool


@frozen
class WhisperPrompt:
    """Say something to an agent alone, over the conversation."""

    call_id: str
    leg_id: str
    prompt: str
    language: str


@frozen
class SetRecording:
    """Record the call's conversation from now on, or do not."""

    call_id: str
    is_on: bool


@frozen
class SendMessage:
    """Send a written message: to the number `to`, or to the customer's address where the channel needs another."""

    call_id: str
    channel: str
    to: str
    customer_id: str
    template: str
    values: tuple[tuple[str, str], ...]
    language: str


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
    | RecordMessage
    | DialNumber
    | AdoptLeg
    | OfferCall
    | ConnectLegs
    | SuperviseLeg
    | WhisperPrompt
    | SetRecording
    | SendMessage
    | EndLeg
    | StartTimer
    | CancelTimer
    | RecordFact
    | Accepted
    | Refused
)
