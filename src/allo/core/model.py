"""What a centre consists of: the frozen configuration the engine routes by.

Decides nothing. Everything here is immutable and comes from outside (the web's tables, a simulation's
parameters); what changes from second to second lives in `state`.

Invariants: identifiers are opaque strings; every membership names a queue of the same `Config`
(`Config.problems` tells); durations are seconds (`_s`), instants are POSIX seconds in UTC (`_at`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from allo.core.break_plan import BreakRule, Forecast
from allo.core.callers_way import Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.config_check import problems_of
from allo.core.hours import Hours
from allo.core.number_pattern import fits, fixed_digits
from allo.core.problem import Problem
from allo.core.queue_speech import Announcing, Promise, Survey
from allo.core.skill import Requirement


class Strategy(StrEnum):
    """How a call chooses among the free agents of one membership level; ties go to the longest idle."""

    LONGEST_IDLE = "longest_idle"
    LEAST_CALLS = "least_calls"
    LEAST_OCCUPIED = "least_occupied"
    """The smallest share of handling in the time since log-in."""
    MOST_SKILLED = "most_skilled"
    """The highest proficiency, summed over what the call asks for."""
    ROUND_ROBIN = "round_robin"
    """The next one after whom the queue's last call was offered to, by id."""
    RING_ALL = "ring_all"
    """All of them ring; who answers first has the call."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """Against toll fraud: which outside numbers may be dialled (none unless allowed), how often, how many at once."""

    allowed: tuple[str, ...] = ()
    """Patterns (`number_pattern`), such as `+7*`."""
    most_a_day: int = 200
    """Of the whole centre, in `Config.zone`."""
    most_a_call: int = 6
    most_at_once: int = 20
    """Outside legs of the whole centre, ringing or talking."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where calls wait for agents. Calls of a higher `priority` are offered first."""

    id: str
    name: str
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    strategy: Strategy = Strategy.LONGEST_IDLE
    offer_timeout_s: float = 15.0
    wrapup_limit_s: float = 60.0
    outcome_required: bool = True
    """With it, reaching the wrap-up limit without an outcome makes the agent NotReady, not Ready."""
    service_level_target_s: float = 20.0
    service_level_goal: float = 0.8
    short_abandon_s: float = 5.0
    greetings: tuple[str, ...] = ()
    music: str = "default"
    is_recorded: bool = True
    hold_limit_s: float = 180.0
    lost_agent_patience_s: float = 20.0
    """How long a caller waits for an agent whose leg broke before going back to the queue's front."""
    transfer_patience_s: float = 20.0
    """How long a call that was passed to one agent waits for them alone."""
    cool_off_s: float = 90.0
    """How long an angry caller hears music before the talk goes on."""
    cool_off_prompt: str = ""
    recording_pause_limit_s: float = 120.0
    whisper: bool = False
    """The agent is told who calls, just before the conversation."""
    sticky_s: float = 0.0
    """How long a returning customer waits for the agent of the last call before anybody may answer; 0: not at all."""
    hours: Hours | None = None
    """When it takes calls; None: always. Who waits already at the end of the hours is still served."""
    when_closed: WayOut | None = None
    most_waiting: int = 0
    """Callers beyond so many waiting ones are sent on; 0: there is no limit."""
    when_full: WayOut | None = None
    longest_wait_s: float = 0.0
    """Who has waited in it so long is sent on; 0: never."""
    when_too_long: WayOut | None = None
    callback: CallbackRules | None = None
    when_anonymous: WayOut | None = None
    """Where callers go who hide their number; None: they wait."""
    when_nobody_at_work: WayOut | None = None
    """Where callers go while none of its agents is logged in; None: they wait."""
    announcing: Announcing | None = None
    """What waiting callers are told; None: they hear music only."""
    promise: Promise | None = None
    """What callers receive who are not answered soon; None: nothing."""
    survey: Survey | None = None
    """What callers are asked when the agent has hung up; None: nothing."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How callers of a queue are called back instead of waiting on the line."""

    key: str = "1"
    """A waiting caller's key that asks for it."""
    offer_after_s: float = 0.0
    """After so long a wait `offer_prompt` proposes it; 0: never."""
    offer_prompt: str = "system:callback_offer"
    hours: Hours | None = None
    """When customers may be called; None: always."""
    most_tries: int = 3
    retry_s: float = 600.0
    ring_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Block:
    """A caller's number (or pattern, `number_pattern`) whose calls are refused, and why."""

    pattern: str
    reason: str
    expires_at: float = 0.0
    """0: never."""
    message: str = "system:blocked"
    """"" gives the caller the busy tone, without answering."""

    def holds(self, at: float) -> bool:
        """Whether it is in force at this instant."""
        return not self.expires_at or at < self.expires_at


@dataclass(frozen=True, slots=True)
class FloodRule:
    """What happens to many calls from one number within a while."""

    within_s: float = 60.0
    slow_beyond: int = 5
    """More calls than these hear `message` and a pause first."""
    pause_s: float = 10.0
    message: str = "system:please_wait"
    refuse_beyond: int = 20
    """More calls than these are refused; 0: none."""
    refusal: str = ""
    """The message of the refusal; "" is the busy tone."""


@dataclass(frozen=True, slots=True)
class Membership:
    """An agent's place in a queue; agents of level 1 are asked first, then 2, and so on."""

    queue_id: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who answers. `device` names the endpoint which rings (`PJSIP/agent-5`)."""

    id: str
    name: str
    device: str
    memberships: tuple[Membership, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill to proficiency, 1-10."""
    is_automatic: bool = False


class PartyKind(StrEnum):
    """Whom an agent may ask or pass a call to."""

    AGENT = "agent"
    QUEUE = "queue"
    NUMBER = "number"


class SupervisionMode(StrEnum):
    """What a team leader does in a conversation."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """Hears both, is heard by the agent alone."""
    BARGE = "barge"


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why callers are put on hold: what they are told, and how long it may take (0: the queue's limit)."""

    id: str
    prompt: str = ""
    limit_s: float = 0.0


@dataclass(frozen=True, slots=True)
class NumberRoute:
    """What happens to a call to `number`: an opening message, then a queue (or another `target`).

    `priority` is added to the queue's, and `requirements` to what the queue requires: a number may stand for a reason,
    a language, a product, a region.
    """

    number: str
    queue_id: str = ""
    opening_message: str = ""
    language: str = "en"
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    target: Target | None = None
    """Where it leads instead of a queue."""
    when_anonymous: WayOut | None = None
    """Where callers go who hide their number; None: where all go."""

    @property
    def leads_to(self) -> Target:
        """Where a call to the number goes."""
        return self.target or Target(TargetKind.QUEUE, self.queue_id)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the engine routes by, as one immutable value."""

    revision: int = 0
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    numbers: Mapping[str, NumberRoute] = field(default_factory=dict)
    break_reasons: tuple[str, ...] = ()
    hold_reasons: Mapping[str, HoldReason] = field(default_factory=dict)
    dispositions: tuple[str, ...] = ()
    menus: Mapping[str, Menu] = field(default_factory=dict)
    voicemails: Mapping[str, Voicemail] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    """By pattern."""
    flood: FloodRule | None = None
    zone: str = "UTC"
    """Whose midnight begins a new day (IANA name)."""
    country: str = ""
    """The centre's own (ISO 3166), by which what a caller types is read as a number; "": none."""
    dialling: Dialling = Dialling()
    break_rules: Mapping[str, BreakRule] = field(default_factory=dict)
    """Break reason to how it is granted; the others are taken at will."""
    secret: str = field(default="", repr=False)
    """Known to this installation alone; compensation codes are made with it. Without it nothing is promised."""
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    """Queue to the calls expected in it."""
    spoken_in: Mapping[str, str] = field(default_factory=dict)
    """Prompt to its language; one that is not named suits every caller."""

    def in_language(self, prompts: tuple[str, ...], language: str) -> tuple[str, ...]:
        """Those of some prompts that suit a caller; all of them where none does."""
        return tuple(one for one in prompts if self.spoken_in.get(one, language) == language) or prompts

    def block_of(self, caller: str, at: float) -> Block | None:
        """The block in force against a caller's number."""
        if not self.blocks:
            return None
        exact = self.blocks.get(caller)
        if exact is not None and exact.holds(at):
            return exact
        fitting = (block for pattern, block in self.blocks.items() if fits(pattern, caller) and block.holds(at))
        return next(fitting, None)

    def may_dial(self, number: str) -> bool:
        """Whether the outside number is allowed at all."""
        digits = number.removeprefix("+")
        is_number = digits.isascii() and digits.isdecimal()
        return is_number and any(fits(pattern, number) for pattern in self.dialling.allowed)

    def route_of(self, dialled: str) -> NumberRoute | None:
        """Where a dialled number leads: its own entry, else the pattern that fixes the most digits."""
        exact = self.numbers.get(dialled)
        if exact is not None:
            return exact
        fitting = [route for pattern, route in self.numbers.items() if fits(pattern, dialled)]
        return max(fitting, key=lambda route: (fixed_digits(route.number), -len(route.number)), default=None)

    def problems(self) -> list[Problem]:
        """Sentences about references that lead nowhere; empty when the configuration is sound."""
        return problems_of(self)
