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


_S = CallState
CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    _S.GREETED: frozenset({_S.MENU, _S.WAITING, _S.DIALLING, _S.VOICEMAIL, _S.ENDED}),
    _S.MENU: frozenset({_S.GREETED, _S.MENU, _S.WAITING, _S.DIALLING, _S.VOICEMAIL, _S.ENDED}),
    _S.WAITING: frozenset({_S.GREETED, _S.MENU, _S.TALKING, _S.DIALLING, _S.VOICEMAIL, _S.ENDED}),
    _S.DIALLING: frozenset({_S.GREETED, _S.WAITING, _S.TALKING, _S.FORWARDED, _S.ENDED}),
    _S.TALKING: frozenset({_S.HELD, _S.LOST, _S.WAITING, _S.DIALLING, _S.FORWARDED, _S.SURVEY, _S.ENDED}),
    _S.HELD: frozenset({_S.TALKING, _S.LOST, _S.WAITING, _S.DIALLING, _S.FORWARDED, _S.SURVEY, _S.ENDED}),
    _S.LOST: frozenset({_S.TALKING, _S.WAITING, _S.ENDED}),
    _S.FORWARDED: frozenset({_S.ENDED}),
    _S.VOICEMAIL: frozenset({_S.WAITING, _S.ENDED}),
    _S.SURVEY: frozenset({_S.ENDED}),
    _S.ENDED: frozenset(),
}
