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


OFFLINE, NOT_READY, READY, OFFERED, ON_CALL, WRAP_UP = AgentState
"""The states by their bare names, as the rules write them (on Python 3.11 `AgentState.X` takes five times as long)."""

BUSY = frozenset({OFFERED, ON_CALL, WRAP_UP})
"""The states in which an agent is busy with a call."""

AGENT_TRANSITIONS: dict[AgentState, frozenset[AgentState]] = {
    OFFLINE: frozenset({NOT_READY}),
    NOT_READY: frozenset({READY, NOT_READY, ON_CALL, OFFLINE}),
    READY: frozenset({OFFERED, NOT_READY, OFFLINE}),
    OFFERED: frozenset({ON_CALL, READY, NOT_READY, OFFLINE}),
    ON_CALL: frozenset({WRAP_UP, READY, NOT_READY, OFFLINE}),
    WRAP_UP: frozenset({READY, NOT_READY, OFFLINE}),
}
