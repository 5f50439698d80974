"""What people ask of the engine. Each is answered by exactly one `Accepted` or `Refused`.

Asking twice for what is already so (a double click, two tabs) is accepted and changes nothing.
A request names who asks (`agent_id`); who may ask is the web's business, whether it makes sense now
is decided by the engine's rules, which answer a `Refusal` where it makes none.
"""

from __future__ import annotations

from allo.core.agent_states import AgentState
from allo.core.frozen import frozen
from allo.core.model import PartyKind, SupervisionMode


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
    """The agent wants a break; during an offer, a call or wrap-up it begins right after it.

    One whose reason has a rule begins when it is granted (`breaks`); the answer is a fact and in the state.
    """

    agent_id: str
    reason: str


@frozen
class WithdrawBreak:
    """The agent does not want the break any more which has not been granted yet."""

    agent_id: str


@frozen
class AnswerBreak:
    """A team leader grants or refuses a break whatever the rule says (comfort needs no answer)."""

    leader_id: str
    agent_id: str
    is_granted: bool


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
    """The caller hears music, the agent hears nothing (or the party who is being asked)."""

    agent_id: str
    call_id: str
    reason: str = ""


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


@frozen
class CoolOff:
    """The caller is angry: music for a while, then on with the same agent, or with another one."""

    agent_id: str
    call_id: str
    with_another: bool = False


@frozen
class Transfer:
    """Pass the call on at once and leave it. `to`: an agent's or queue's id, or a number."""

    agent_id: str
    call_id: str
    kind: PartyKind
    to: str


@frozen
class ConsultParty:
    """Put the caller on hold and ask somebody; Hold and Resume then go from one to the other."""

    agent_id: str
    call_id: str
    kind: PartyKind
    to: str


@frozen
class JoinParties:
    """Caller, agent and the asked party talk together."""

    agent_id: str
    call_id: str


@frozen
class CompleteTransfer:
    """The asked party goes on with the caller, the agent leaves."""

    agent_id: str
    call_id: str


@frozen
class DropParty:
    """The asked party leaves (or stops ringing)."""

    agent_id: str
    call_id: str


@frozen
class PauseRecording:
    """Do not record for a while (card numbers), or do again."""

    agent_id: str
    call_id: str
    is_paused: bool


@frozen
class CallForHelp:
    """The emergency button: the team leader is wanted in this call."""

    agent_id: str
    call_id: str


@frozen
class Supervise:
    """A team leader (`agent_id`) listens, whispers or steps in; again with another mode changes it."""

    agent_id: str
    call_id: str
    mode: SupervisionMode


@frozen
class StopSupervising:
    """The team leader leaves the conversation."""

    agent_id: str
    call_id: str


@frozen
class TakeOver:
    """The team leader who is in the conversation takes the agent's place."""

    agent_id: str
    call_id: str


@frozen
class ForceState:
    """A team leader (`agent_id`) makes an agent Ready, NotReady (with a break reason) or logs them out."""

    agent_id: str
    whose: str
    to: AgentState
    reason: str = ""


@frozen
class CancelCallback:
    """A team leader takes a call-back off the list."""

    leader_id: str
    call_id: str


@frozen
class SetEmergencyClosed:
    """A team leader closes a queue ("": all) at once, with a reason and a message prompt, or opens it again."""

    leader_id: str
    queue_id: str
    is_closed: bool
    reason: str = ""
    message: str = ""
    """The prompt that callers hear; "" is the queue's own."""


Request = (
    SetEmergencyClosed
    | CancelCallback
    | LogIn
    | LogOut
    | GoReady
    | TakeBreak
    | WithdrawBreak
    | AnswerBreak
    | Decline
    | AttachPhone
    | Hold
    | Resume
    | CoolOff
    | SetMuted
    | HangUp
    | FinishWrapUp
    | Transfer
    | ConsultParty
    | JoinParties
    | CompleteTransfer
    | DropParty
    | PauseRecording
    | CallForHelp
    | Supervise
    | StopSupervising
    | TakeOver
    | ForceState
)
