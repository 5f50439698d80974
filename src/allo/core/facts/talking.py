"""What happened in a conversation, and what the caller was asked after it."""

from __future__ import annotations

from allo.core.facts.outcomes import OfferOutcome
from allo.core.frozen import frozen


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
