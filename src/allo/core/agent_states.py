"""The states of an agent and which may follow which.

              LogIn                GoReady              selected              answers
    OFFLINE ────────► NOT_READY ◄───────────► READY ─────────────► OFFERED ─────────────► ON_CALL
       ▲               ▲  ▲  (reason)          ▲ ▲ caller left        │                      │ call ends
       │               │  │                    │ └────────────────────┤                      ▼
       │               │  └────────────────────┼── declined, expired ─┘                  WRAP_UP
       │               │                       └───────── outcome recorded ─────────────────┤
       │               └───── break asked for, or limit passed without an outcome ──────────┤
       └───────────────────── log-out asked for ────────────────────────────────────────────┘

ON_CALL goes straight on where the queue gives no wrap-up, and to NOT_READY when the agent was lost and the
caller went back to the queue. A wish made during a call (break, log-out) waits in `next_state` and is granted
when the wrap-up ends. An agent is in one state for all queues: wrap-up after one queue's call holds off the
calls of every other. READY is selectable only while the agent's device is up.
"""

from __future__ import annotations

from enum import StrEnum


class AgentState(StrEnum):
    """What an agent is doing."""

    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"


class SystemReason(StrEnum):
    """Reasons for NotReady that the engine gives by itself; all others are configured break reasons."""

    LOGGED_IN = "logged_in"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    PHONE_LOST = "phone_lost"
    PHONE_FAILED = "phone_failed"
    OUTCOME_MISSING = "outcome_missing"
    REMOVED = "removed"


BUSY = frozenset({AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP})
"""The states in which an agent is busy with a call."""

AGENT_TRANSITIONS: dict[AgentState, frozenset[AgentState]] = {
    AgentState.OFFLINE: frozenset({AgentState.NOT_READY}),
    AgentState.NOT_READY: frozenset({AgentState.READY, AgentState.NOT_READY, AgentState.ON_CALL, AgentState.OFFLINE}),
    AgentState.READY: frozenset({AgentState.OFFERED, AgentState.NOT_READY, AgentState.OFFLINE}),
    AgentState.OFFERED: frozenset({AgentState.ON_CALL, AgentState.READY, AgentState.NOT_READY, AgentState.OFFLINE}),
    AgentState.ON_CALL: frozenset({AgentState.WRAP_UP, AgentState.READY, AgentState.NOT_READY, AgentState.OFFLINE}),
    AgentState.WRAP_UP: frozenset({AgentState.READY, AgentState.NOT_READY, AgentState.OFFLINE}),
}
