"""What a queue says to its callers beyond the greeting, as set up beforehand.

Decides nothing: `announcing`, `promises` and `survey` do.
"""

from __future__ import annotations

from dataclasses import dataclass

from allo.core.hours import Hours


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
    """They take turns, one each time; those in the caller's language, if there are some."""
    comfort_after_s: float = 0.0
    """Who has waited so long hears `comfort_message`, once; 0: nobody."""
    comfort_message: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a survey and the keys that answer it (`12` for yes and no, `12345` for marks)."""

    id: str
    prompt: str
    keys: str = "12345"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a caller is asked who stays on the line when the agent has hung up."""

    questions: tuple[Question, ...]
    welcome_prompt: str = ""
    comment_prompt: str = ""
    """Asks for a spoken comment after the questions; "": none is asked for."""
    comment_limit_s: float = 60.0
    thanks_prompt: str = "system:survey_thanks"
    timeout_s: float = 6.0
    """How long an answer is waited for when the question is over."""
    most_tries: int = 2


@dataclass(frozen=True, slots=True)
class Promise:
    """Whoever is not answered within `within_s` gets something for it: "if nobody answers in 18 seconds ..."."""

    within_s: float = 18.0
    prompt: str = ""
    """Tells the promise; the time begins when it has been played."""
    missed_prompt: str = ""
    """Comes before the code."""
    countdown: tuple[int, ...] = (10, 5)
    """Seconds before the end that are spoken."""
    reward: str = ""
    """What the caller receives, in words; for those who talk to them."""
    amount: int = 0
    """What a missed promise costs, in the smallest unit of the currency."""
    daily_budget: int = 0
    """No promise is made that could cost more than what is left of this today; 0: none is made."""
    most_waiting: int = 0
    """Only while at most so many other callers wait in the queue; 0: however many."""
    least_waiting: int = 0
    """Only while at least so many other callers wait in the queue."""
    hours: Hours | None = None
    """Only then."""
    kinds: tuple[str, ...] = ()
    """Only for customers of these kinds (`CallArrived.kind`); empty: for all."""
    channel: str = ""
    """By which the code is sent as well (`sms`, `email`); "": it is not."""
    template: str = "compensation"
