"""Where else a call went than to an agent: menus, other queues, voicemail, outside numbers; or not at all."""

from __future__ import annotations

from allo.core.callers_way import TargetKind
from allo.core.facts.outcomes import EndReason, OutsideRefusal
from allo.core.frozen import frozen


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
