"""The states of a call and which may follow which.

                 CallArrived
                      │
                 ┌────▼────┐ prompts played  ┌─────────┐ agent answers ┌─────────┐  Hold   ┌──────┐
                 │ GREETED ├────────────────►│ WAITING ├──────────────►│ TALKING ├────────►│ HELD │
                 └────┬──▲─┘                 └─▲──┬────┘               └─┬─▲──┬──┘◄────────┴──┬───┘
               ┌──────▼┐ │                     │  │         leg breaks ┌─▼─┴┐ │      Resume   │
               │ MENU  ├─┘    not back in time └──┼──────────────────┤ LOST │◄┼───────────────┤
               └──────┬┘                          │                    └─┬──┘ │               │
                      └───────────────────────────┴──────► ENDED ◄───────┴────┴───────────────┘

From GREETED, MENU and WAITING a call may also go to VOICEMAIL (the caller leaves a message) and to DIALLING (an
outside number is rung): FORWARDED is a talk with that number; a call-back is DIALLING its customer for the agent who
answered, and then TALKING. A call-back, and a message that wants one, is WAITING until an agent is free. A conversation
may end in FORWARDED (a transfer) or in SURVEY (the caller stays for two questions).
A call that rings at an agent is still WAITING (it keeps its place); its open offer is a property of it.
ENDED calls leave the engine's state at once: what remains of them are facts.
"""

from __future__ import annotations

from enum import StrEnum


class CallState(StrEnum):
    """Where a call is."""

    GREETED = "greeted"
    MENU = "menu"
    WAITING = "waiting"
    DIALLING = "dialling"
    """An outside number is rung: for the caller, or the customer of a call-back while the agent waits."""
    TALKING = "talking"
    HELD = "held"
    LOST = "lost"
    FORWARDED = "forwarded"
    """Talks with an outside number, no agent in it."""
    VOICEMAIL = "voicemail"
    SURVEY = "survey"
    ENDED = "ended"


GREETED, MENU, WAITING, DIALLING, TALKING, HELD, LOST, FORWARDED, VOICEMAIL, SURVEY, ENDED = CallState
"""The states by their bare names, as the rules write them (on Python 3.11 `CallState.X` takes five times as long)."""
CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    GREETED: frozenset({MENU, WAITING, DIALLING, VOICEMAIL, ENDED}),
    MENU: frozenset({GREETED, MENU, WAITING, DIALLING, VOICEMAIL, ENDED}),
    WAITING: frozenset({GREETED, MENU, TALKING, DIALLING, VOICEMAIL, ENDED}),
    DIALLING: frozenset({GREETED, WAITING, TALKING, FORWARDED, ENDED}),
    TALKING: frozenset({HELD, LOST, WAITING, DIALLING, FORWARDED, SURVEY, ENDED}),
    HELD: frozenset({TALKING, LOST, WAITING, DIALLING, FORWARDED, SURVEY, ENDED}),
    LOST: frozenset({TALKING, WAITING, ENDED}),
    FORWARDED: frozenset({ENDED}),
    VOICEMAIL: frozenset({WAITING, ENDED}),
    SURVEY: frozenset({ENDED}),
    ENDED: frozenset(),
}
