"""Where a call can go, as set up beforehand: targets, ways out of a queue, menus and voicemails.

Decides nothing: `journey` sends calls on, `menu` asks, `voicemail` takes messages. A target names its place by id, so
that places may lead to each other; that each one exists is told by `config_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from allo.core.frozen import frozen
from allo.core.hours import Hours
from allo.core.skill import Requirement


class TargetKind(StrEnum):
    """What sort of place a call may be sent to."""

    QUEUE = "queue"
    MENU = "menu"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"
    """A prompt, and then the end."""
    NUMBER = "number"
    """An outside number."""
    HANG_UP = "hang_up"


@frozen
class Target:
    """Where a call goes next; `id` names the queue, menu, voicemail, prompt or outside number."""

    kind: TargetKind
    id: str = ""


HANG_UP = Target(TargetKind.HANG_UP)


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a queue does with a caller whom it does not keep: a message, and where they go."""

    target: Target = HANG_UP
    message: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """One question to the caller, answered by a key; a tree of them is made by targets."""

    id: str
    prompt: str
    choices: Mapping[str, KeyChoice] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    timeout_s: float = 5.0
    """How long a choice is waited for when the prompt is over."""
    most_tries: int = 3
    wrong_key_prompt: str = "system:wrong_key"
    no_key_prompt: str = "system:no_key"
    otherwise: Target = HANG_UP
    """Where a caller goes who has not chosen in so many tries."""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What a key of a menu stands for: a target, and what is known of the call from then on."""

    target: Target
    language: str = ""
    reason: str = ""
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Callers who are sent on from a menu without being asked: all its conditions hold (an empty one always does)."""

    target: Target
    hours: Hours | None = None
    when_open: bool = False
    """Whether it holds within the hours, or outside them."""
    kinds: tuple[str, ...] = ()
    """Kinds of customer (`CallArrived.kind`)."""
    languages: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Voicemail:
    """Where callers leave spoken messages; each becomes a call-back in the queue, if one is named."""

    id: str
    prompt: str
    queue_id: str = ""
    limit_s: float = 120.0
    shortest_s: float = 2.0
    """What is shorter is no message."""
