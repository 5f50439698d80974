"""The states of a call and which may follow which.

                 CallArrived
                      │
                 ┌────▼────┐ prompts played  ┌─────────┐ agent answers ┌─────────┐  Hold   ┌──────┐
                 │ GREETED ├────────────────►│ WAITING ├──────────────►│ TALKING ├────────►│ HELD │
                 └────┬────┘                 └─▲──┬────┘               └─┬─▲──┬──┘◄────────┴──┬───┘
                      │                        │  │         leg breaks ┌─▼─┴┐ │      Resume   │
                      │       not back in time └──┼──────────────────┤ LOST │◄┼───────────────┤
                      │                           │                    └─┬──┘ │               │
                      └───────────────────────────┴──────► ENDED ◄───────┴────┴───────────────┘

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
    """A customer who asked for a call-back is being dialled; the agent waits."""
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
    _S.GREETED: frozenset({_S.MENU, _S.WAITING, _S.VOICEMAIL, _S.FORWARDED, _S.ENDED}),
    _S.MENU: frozenset({_S.GREETED, _S.WAITING, _S.VOICEMAIL, _S.FORWARDED, _S.ENDED}),
    _S.WAITING: frozenset({_S.GREETED, _S.MENU, _S.TALKING, _S.DIALLING, _S.VOICEMAIL, _S.FORWARDED, _S.ENDED}),
    _S.DIALLING: frozenset({_S.TALKING, _S.WAITING, _S.ENDED}),
    _S.TALKING: frozenset({_S.HELD, _S.LOST, _S.WAITING, _S.FORWARDED, _S.SURVEY, _S.ENDED}),
    _S.HELD: frozenset({_S.TALKING, _S.LOST, _S.WAITING, _S.FORWARDED, _S.SURVEY, _S.ENDED}),
    _S.LOST: frozenset({_S.TALKING, _S.WAITING, _S.ENDED}),
    _S.FORWARDED: frozenset({_S.ENDED}),
    _S.VOICEMAIL: frozenset({_S.WAITING, _S.ENDED}),
    _S.SURVEY: frozenset({_S.ENDED}),
    _S.ENDED: frozenset(),
}
