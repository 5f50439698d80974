"""Who calls, when, and for how long: arithmetic and chance, nothing else.

Numbers are made up and belong to nobody: those of films and books (555-01xx) in English, of a code that is given to
nobody in Russian. Some callers have called before, so that their cards fill; nobody calls twice within
`APART` calls, so that a number in the centre is one call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

APART = 12
RETURNING_SHARE = 0.35
REMEMBERED = 200
_SCATTER = 2.0
"""How far calls stray from an even stream, in their mean distances: then they come as people call, by chance."""
_LONGEST_SCATTER_S = 120.0
_LONGEST_MEANS = 5.0

NAMES = {
    "en": ("Olivia Hart", "James Reed", "Emma Stone", "Noah Fields", "Ava Brooks", "Liam Carter", "Mia Young",
           "Lucas Grant", "Ella Woods", "Henry Lane"),
    "ru": ("Ольга Громова", "Игорь Рыков", "Марина Лесная", "Павел Полевой", "Анна Ручьева", "Олег Каретин",
           "Нина Юнина", "Лев Гранин", "Елена Борова", "Юрий Дорожкин"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for."""

    number: str = "100"
    rate_per_minute: float = 12.0
    talk_s: float = 45.0
    patience_s: float = 60.0
    ring_s: float = 3.0
    wrapup_s: float = 8.0
    agents: int = 0
    calls: int = 0
    """0: as many as there is time for."""
    duration_s: float = 0.0
    """0: until it is stopped."""
    is_fixed: bool = False
    """Every talk and patience lasts exactly its mean."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One call to be made."""

    number: str
    name: str
    delay_ms: int
    """From SIPp's even beat to this caller's own moment."""


def callers(chance: Random, language: str, rate_per_minute: float) -> Iterator[Caller]:
    """Callers without end."""
    known: list[tuple[str, str]] = []
    recent: list[str] = []
    while True:
        free = [one for one in known if one[0] not in recent]
        if free and chance.random() < RETURNING_SHARE:
            number, name = chance.choice(free)
        else:
            number = _number(chance, language)
            if any(number == one for one, _ in known):
                continue
            name = chance.choice(NAMES[language]) if chance.random() < 0.5 else ""
            known = [*known[-REMEMBERED + 1 :], (number, name)]
        recent = [*recent[-APART + 1 :], number]
        yield Caller(number, name, delay_ms(chance, rate_per_minute))


def delay_ms(chance: Random, rate_per_minute: float) -> int:
    """A random displacement of an even stream: it becomes one of independent callers, of the same rate."""
    spread_s = min(_SCATTER * 60.0 / rate_per_minute, _LONGEST_SCATTER_S)
    return int(chance.uniform(0, spread_s) * 1000)


def length_s(chance: Random, mean_s: float, *, is_fixed: bool) -> float:
    """How long a talk, a wait or a wrap-up lasts: exponential by its mean, never absurdly long."""
    return mean_s if is_fixed else min(chance.expovariate(1.0 / mean_s), _LONGEST_MEANS * mean_s)


def injection_file(made: Iterator[Caller], count: int) -> str:
    """The first `count` callers in SIPp's form."""
    rows = "".join(f"{one.number};{one.name};{one.delay_ms}\n" for one in islice(made, count))
    return f"SEQUENTIAL\n{rows}"


def rate_arguments(rate_per_minute: float) -> list[str]:
    """SIPp's rate: so many calls in so many milliseconds."""
    return ["-r", "1", "-rp", str(max(1, round(60_000 / rate_per_minute)))]


def ringing_ms(ring_s: float) -> tuple[int, int, int]:
    """Three lengths of ringing around a mean, one of which an agent takes by chance."""
    return (max(1, int(ring_s * 500)), max(1, int(ring_s * 1000)), max(1, int(ring_s * 1500)))


def _number(chance: Random, language: str) -> str:
    if language == "ru":
        return f"+7000{chance.randrange(10**7):07d}"
    return (
        f"+1{chance.randrange(2, 10)}{chance.randrange(0, 9)}{chance.randrange(1, 10)}55501{chance.randrange(100):02d}"
    )
