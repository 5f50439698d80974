"""What a queue says to its callers beyond the greeting, as set up beforehand.

Decides nothing: `announcing`, `promises` and `survey` do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announcing:
    """What callers hear while they wait, beside music."""

    first_s: float = 20.0
    """After so long a wait for the first time, then every `every_s`."""
    every_s: float = 60.0
    position: bool = True
    wait: bool = True
    """Whether the expected wait is told (whenever it can be told honestly)."""
    widest_s: float = 600.0
    """An expected wait that is less certain than this is not told."""
    messages: tuple[str, ...] = ()
    """They take turns, one each time."""
    comfort_after_s: float = 0.0
    """Who has waited so long hears `comfort_message`, once; 0: nobody."""
    comfort_message: str = ""
