"""What happened: the inputs that nobody asked for (the network, the telephones, the clock).

Decides nothing. An event is a fact about the outside world and is never refused: the engine takes a late,
doubled or unknown one calmly, because after a restart any of them may come.
"""

from __future__ import annotations

from enum import StrEnum

from allo.core.frozen import frozen
from allo.core.model import Config
from allo.core.skill import Requirement


class LegEnd(StrEnum):
    """Why a leg ended, as the telephone network saw it (the hangup cause, reduced to what routing needs)."""

    NORMAL = "normal"
    """The party hung up."""
    DECLINED = "declined"
    """Busy or rejected: the device said no."""
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """No such device, not registered, network failure before answering."""
    LOST = "lost"
    """An answered leg broke without a hang-up: media timed out, the browser vanished."""
    PLATFORM = "platform"
    """Asterisk itself went away with the leg."""


@frozen
class ConfigChanged:
    """The configuration was published anew; in force from this input on."""

    config: Config


@frozen
class CallArrived:
    """A caller reached one of our numbers and hears ringing. `caller` is the caller's number or ""."""

    call_id: str
    number: str
    caller: str = ""
    caller_name: str = ""
    customer_id: str = ""
    last_greeting: str = ""
    """The greeting this customer heard last time, so that it is not the same twice running."""
    last_agent_id: str = ""
    """Who answered this customer's last call."""
    priority: int = 0
    """The customer's own, on top of the queue's and the number's."""
    requirements: tuple[Requirement, ...] = ()
    """What this customer needs of an agent beside what the queue and the number require."""
    language: str = ""
    """The customer's own, before the number's; "" is not known."""
    kind: str = ""
    """What sort of customer it is (`new`, `vip`, ...), for menus and rules; "" is not known."""


@frozen
class PlaybackFinished:
    """The opening message or greeting `prompt` has been played to the end (or could not be played)."""

    call_id: str
    prompt: str


@frozen
class KeyPressed:
    """The caller pressed a key: one of `0123456789*#`. What it means depends on the state of the call."""

    call_id: str
    key: str


@frozen
class MessageRecorded:
    """What `RecordMessage` began is over: ended by the key, by its limit or by a hang-up."""

    call_id: str
    recording_id: str
    length_s: float


@frozen
class LegAnswered:
    """An agent's device answered (the offer is accepted, or a lost agent is back), or an outside number did."""

    leg_id: str


@frozen
class LegEnded:
    """A leg is gone; a caller's leg has the call's own id."""

    leg_id: str
    end: LegEnd = LegEnd.NORMAL
    cause: int = 16
    """The network's hangup cause (ITU-T Q.850), kept for the facts."""


@frozen
class DeviceUp:
    """An agent's telephone is registered and reachable."""

    agent_id: str


@frozen
class DeviceDown:
    """An agent's telephone is not reachable any more."""

    agent_id: str


@frozen
class TimerFired:
    """A timer which the engine started has run out."""

    timer_id: str


Event = (
    ConfigChanged
    | CallArrived
    | PlaybackFinished
    | KeyPressed
    | MessageRecorded
    | LegAnswered
    | LegEnded
    | DeviceUp
    | DeviceDown
    | TimerFired
)
