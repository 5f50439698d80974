"""What people ask of the engine. Each is answered by exactly one `Accepted` or `Refused`.

Asking twice for what is already so (a double click, two tabs) is accepted and changes nothing.
A request names who asks (`agent_id`); who may ask is the web's business, whether it makes sense now
is decided here. `Refusal` codes are stable: pages translate them to sentences.
"""

from __future__ import annotations

from enum import StrEnum

from allo.core.frozen import frozen


class Refusal(StrEnum):
    """Why a request was not carried out. Nothing has changed when one of these is given."""

    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_CALL = "unknown_call"
    UNKNOWN_BREAK = "unknown_break"
    UNKNOWN_DISPOSITION = "unknown_disposition"
    NOT_LOGGED_IN = "not_logged_in"
    PHONE_NOT_CONNECTED = "phone_not_connected"
    NOT_YOUR_CALL = "not_your_call"
    NO_OFFER = "no_offer"
    NO_OUTCOME = "no_outcome"
    NOT_IN_WRAPUP = "not_in_wrapup"
    IN_CALL = "in_call"


@frozen
class LogIn:
    """The agent starts working: Offline → NotReady. Harmless when already logged in."""

    agent_id: str


@frozen
class LogOut:
    """The agent stops working; during a call or its wrap-up this happens right after it."""

    agent_id: str


@frozen
class GoReady:
    """The agent wants calls; during a call it cancels an asked-for break."""

    agent_id: str


@frozen
class TakeBreak:
    """The agent wants a break; during an offer, a call or wrap-up it begins right after it."""

    agent_id: str
    reason: str


@frozen
class Decline:
    """The agent does not take the offered call."""

    agent_id: str
    call_id: str


@frozen
class AttachPhone:
    """The agent's page (re)loaded and its telephone is registered: bring a running call back to it."""

    agent_id: str


@frozen
class Hold:
    """The caller hears music, the agent hears nothing."""

    agent_id: str
    call_id: str


@frozen
class Resume:
    """Back from hold."""

    agent_id: str
    call_id: str


@frozen
class SetMuted:
    """The agent's microphone was muted or unmuted (in the browser); told so that the floor sees it."""

    agent_id: str
    call_id: str
    is_muted: bool


@frozen
class HangUp:
    """The agent ends the conversation."""

    agent_id: str
    call_id: str


@frozen
class FinishWrapUp:
    """The outcome of the call is recorded; the agent is free again (or goes to the asked-for break)."""

    agent_id: str
    call_id: str
    disposition: str = ""


Request = (
    LogIn | LogOut | GoReady | TakeBreak | Decline | AttachPhone | Hold | Resume | SetMuted | HangUp | FinishWrapUp
)
