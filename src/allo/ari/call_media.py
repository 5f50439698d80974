"""What is known of calls inside Asterisk: shared by all who carry effects out. Decides nothing.

A call's id means the caller's channel, which has that id, until a dialled customer's leg has taken its place.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Protocol

from allo.ari.client import LINK_BROKEN, Answer, OnAnswer
from allo.ari.messages import CallerId

logger = logging.getLogger(__name__)

GONE = frozenset({404, 409, 422})
"""The party has left meanwhile: normal, its end arrives as an event."""


class Send(Protocol):
    """`client.Connection.send`."""

    def __call__(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: object = None,
        on_answer: OnAnswer | None = None,
    ) -> None: ...


@dataclass(slots=True)
class CallMedia:
    """One call; legs are channels here."""

    caller_leg: str
    caller: CallerId = field(default_factory=CallerId)
    is_answered: bool = False
    has_bridge: bool = False
    with_music: dict[str, str] = field(default_factory=dict)
    """Legs alone with music, and its class ("": not known)."""
    bridged: set[str] = field(default_factory=set)
    playing: str = ""
    """The playback that the caller hears."""
    play_count: int = 0


class Calls(dict[str, CallMedia]):
    """All calls that have not ended."""

    def of(self, call_id: str) -> CallMedia:
        """What is known of a call; nothing yet of a new one."""
        found = self.get(call_id)
        if found is None:
            found = self[call_id] = CallMedia(call_id)
        return found

    def channel(self, call_id: str, leg_id: str) -> str:
        """The channel which a leg of a call is."""
        found = self.get(call_id) if leg_id == call_id else None
        return found.caller_leg if found else leg_id


def failed(answer: Answer) -> bool:
    """Whether Asterisk did not do it although nobody has left."""
    return not answer.ok and answer.status not in GONE | {LINK_BROKEN}


def look(answer: Answer) -> None:
    """Log a refusal which nothing else deals with."""
    if failed(answer):
        logger.warning("Asterisk refused a request: %s %s", answer.status, answer.body[:200])
