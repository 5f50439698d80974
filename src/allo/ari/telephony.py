"""The one object through which control speaks to Asterisk: events come out, effects go in.

Decides: when a connection counts as up, and in which order requests leave. Does not decide anything about
calls: that is the engine's. Asterisk's own words (channel, bridge) do not leave this package.

    telephony = Telephony(installation, prompts=media_of)
    telephony.on_event = feed_the_engine          # in the loop, in the order in which things happened
    telephony.on_link = link_changed              # True: connected and subscribed; now call `reconcile`
    await telephony.run()                         # for ever: connects, connects again
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from allo.core.effects import Effect
from allo.core.events import Event
from allo.core.state import State
from allo.installation import Installation


class TelephonyAwayError(Exception):
    """Asterisk does not answer (in time), or refused; the message is for the log."""


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What a telephone needs to register."""

    username: str
    password: str = field(repr=False)
    uri: str
    ws_path: str
    codec: str


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """One line of a telephone company. Empty `username`: it is known by its addresses alone."""

    id: str
    host: str
    port: int = 5060
    username: str = ""
    secret: str = field(default="", repr=False)
    networks: tuple[str, ...] = ()


class Telephony:
    """See the module. Not thread-safe: everything happens in the loop in which `run` runs."""

    on_event: Callable[[Event], None]
    on_link: Callable[[bool], None]

    def __init__(self, installation: Installation, prompts: Callable[[str], str]) -> None:
        """`prompts`: a prompt id of the core → an ARI media URI (`sound:allo/prompts/en/please-wait`)."""
        raise NotImplementedError

    @property
    def is_up(self) -> bool:
        """True between `on_link(True)` and `on_link(False)`."""
        raise NotImplementedError

    @property
    def started_at(self) -> float:
        """When Asterisk was started (POSIX seconds, whole); 0.0 before the first connection."""
        raise NotImplementedError

    async def run(self) -> None:
        """Connect, and again whenever the connection breaks. Ends by cancellation only."""
        raise NotImplementedError

    def carry_out(self, effect: Effect) -> None:
        """Start carrying out an effect; never blocks, never raises.

        Effects of one call are executed in order. What cannot be done comes back by `on_event`. Timers, facts and
        answers (StartTimer, CancelTimer, RecordFact, Accepted, Refused) are not telephony: they are ignored here.
        While the link is down effects are dropped; `reconcile` repairs what was missed.
        """
        raise NotImplementedError

    async def reconcile(self, state: State) -> list[Event]:
        """What happened while nobody was listening, as events for the engine, in order. Repairs are under way.

        Call it once after every `on_link(True)`, with the engine's living state. Raises TelephonyAwayError.
        """
        raise NotImplementedError

    async def make_agent_endpoint(self, agent_id: str, codec: str = "ulaw") -> PhoneAccount:
        """A browser phone's account with a fresh password. Codec: ulaw, alaw or opus. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def make_sip_agent_endpoint(self, agent_id: str, contact_uri: str) -> None:
        """An agent whose telephone is always at `contact_uri` (`sip:5@192.168.1.20:5060`). Raises TelephonyAwayError."""
        raise NotImplementedError

    async def remove_agent_endpoint(self, agent_id: str) -> None:
        """Forget the agent's telephone; harmless when there is none. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def make_web_caller_endpoint(self) -> PhoneAccount:
        """An account for one visitor of the public page; it expires by itself. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def make_trunk(self, trunk: TrunkSettings) -> None:
        """Add or change a line; in force at once. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def remove_trunk(self, trunk_id: str) -> None:
        """Remove a line; harmless when there is none. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def trunk_states(self) -> dict[str, str]:
        """Trunk id → "online" | "offline" | "unknown". Raises TelephonyAwayError."""
        raise NotImplementedError

    async def set_recording(self, on: bool) -> None:  # noqa: FBT001
        """Whether calls arriving from now on are recorded. Raises TelephonyAwayError."""
        raise NotImplementedError

    async def ping(self) -> None:
        """Return when Asterisk answers. Raises TelephonyAwayError."""
        raise NotImplementedError
