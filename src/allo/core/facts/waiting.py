"""What callers were told and promised while they waited, and call-backs that they agreed on."""

from __future__ import annotations

from allo.core.facts.outcomes import TryOutcome
from allo.core.frozen import frozen


@frozen
class CallbackAgreed:
    """The caller hangs up after waiting so long and will be called back."""

    at: float
    call_id: str
    queue_id: str
    number: str
    wait_s: float


@frozen
class CallbackTried:
    """The customer was dialled for the agent, for the `number_of_try`-th time."""

    at: float
    call_id: str
    queue_id: str
    agent_id: str
    number: str
    number_of_try: int
    outcome: TryOutcome


@frozen
class PromiseMade:
    """The caller was promised `amount` unless somebody answers within `within_s` of the promise's last word."""

    at: float
    call_id: str
    queue_id: str
    within_s: float
    amount: int


@frozen
class PromiseWithheld:
    """The queue makes promises, but not this caller one; `because` of load, hours, customer_kind, budget ..."""

    at: float
    call_id: str
    queue_id: str
    because: str


@frozen
class PromiseKept:
    """An agent answered in time, `after_s` since the promise was made."""

    at: float
    call_id: str
    queue_id: str
    after_s: float


@frozen
class PromiseMissed:
    """Nobody answered in time (or the call was sent on): the caller has a compensation code."""

    at: float
    call_id: str
    queue_id: str
    code: str
    amount: int
    because: str


@frozen
class PromiseLapsed:
    """The caller left before the time was over, or asked for a call-back."""

    at: float
    call_id: str
    queue_id: str
    because: str


@frozen
class Announced:
    """A waiting caller was told something; the minutes are 0 where no expected wait was told, `because` says why."""

    at: float
    call_id: str
    queue_id: str
    prompts: tuple[str, ...]
    position: int
    low_min: int
    high_min: int
    because: str
