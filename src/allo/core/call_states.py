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
    WAITING = "waiting"
    TALKING = "talking"
    HELD = "held"
    LOST = "lost"
    ENDED = "ended"


CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    CallState.GREETED: frozenset({CallState.WAITING, CallState.ENDED}),
    CallState.WAITING: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.TALKING: frozenset({CallState.HELD, CallState.LOST, CallState.ENDED}),
    CallState.HELD: frozenset({CallState.TALKING, CallState.LOST, CallState.ENDED}),
    CallState.LOST: frozenset({CallState.TALKING, CallState.WAITING, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}
