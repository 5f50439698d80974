"""What others need to know of a telephone or a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What a telephone needs to register."""

    username: str
    password: str = field(repr=False)
    uri: str
    ws_path: str
    codec: str


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """One line of a telephone company. Empty `username`: it is known by its addresses alone."""

    id: str
    host: str
    port: int = 5060
    username: str = ""
    secret: str = field(default="", repr=False)
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """The line through which outside numbers are rung, and the number of the centre that is shown there."""

    id: str
    shown_number: str = ""
    spell: Callable[[str], str] = field(default=str, compare=False)
    """A number (E.164) as the company takes it; "" where it cannot be told so."""
