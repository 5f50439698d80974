"""Skills: what some agents can and others cannot, and how well (1 to 10).

Decides nothing: who has what a call asks for is decided in `selection`, when a call goes without it in `waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass

LOWEST_PROFICIENCY, HIGHEST_PROFICIENCY = 1, 10


@dataclass(frozen=True, slots=True)
class Requirement:
    """A skill that an agent must have for a call, at least so well (1-10)."""

    skill: str
    at_least: int = LOWEST_PROFICIENCY
    relax_after_s: float = 0.0
    """After so long a wait the call goes without it (it widens its search); 0: never."""
