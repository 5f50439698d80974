"""What changes from second to second: the calls and agents of this moment, and the timers under way.

Decides nothing. The whole of it is plain data, so that a restarted centre can load it, replay the inputs
since, and go on; ended calls leave it at once.

Invariants: `legs` names every agent leg there is, and its call; `waiting[q]` is sorted by `Call.order` and
holds exactly the calls in state WAITING of that queue; `ready` holds exactly the agents who are READY with
their device up, longest idle first.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import StrEnum

from allo.core.agent_states import AgentState
from allo.core.break_plan import BreakClaim
from allo.core.broken_rule import BrokenRuleError
from allo.core.call_states import CallState
from allo.core.expected_wait import Guess, Pace
from allo.core.facts import EndReason
from allo.core.model import Config, Menu, Queue, Requirement, SupervisionMode, Target, Voicemail
from allo.core.queue_speech import Promise, Survey


@dataclass(slots=True)
class Offer:
    """A call ringing one agent."""

    leg_id: str
    agent_id: str
    made_at: float
    expires_at: float
    reason: str


class ConsultState(StrEnum):
    """How far asking a third party has come."""

    RINGING = "ringing"
    TALKING = "talking"
    """Has answered: talks with the agent while the caller is held, hears music while the agent talks to the caller."""
    JOINED = "joined"
    """All three talk."""


@dataclass(slots=True)
class Consult:
    """A colleague or an outside number whom the agent of a call asks, beside the caller."""

    leg_id: str
    agent_id: str = ""
    number: str = ""
    queue_id: str = ""
    """The queue in which a free agent was looked for; "" when somebody was asked by name or number."""
    state: ConsultState = ConsultState.RINGING
    since_at: float = 0.0


@dataclass(slots=True)
class Supervision:
    """A team leader in a conversation."""

    leader_id: str
    leg_id: str
    mode: SupervisionMode
    is_there: bool = False
    """Whether the leader's telephone has answered."""


@dataclass(slots=True)
class Callback:
    """A call whose caller is called back when an agent is free; it keeps its place meanwhile."""

    number: str
    """Of the customer; "" while they type it."""
    typed: str = ""
    wrong_numbers: int = 0
    agreed_at: float = 0.0
    """0: not agreed yet."""
    is_alone: bool = False
    """The caller has hung up; an agent who answers for the call has the number dialled."""
    is_parked: bool = False
    """Not to be offered now."""
    not_before_at: float = 0.0
    tries: int = 0
    """How often the number has been dialled."""
    recording_id: str = ""
    """What the caller said, when it comes from a voicemail."""


@dataclass(slots=True)
class Message:
    """What a caller says in a voicemail."""

    recording_id: str = ""
    """Being recorded, or done; "" while the prompt is played."""
    tries: int = 0
    length_s: float = 0.0
    """0: not recorded yet."""
    is_caller_gone: bool = False


@dataclass(slots=True)
class Told:
    """What a waiting caller has been told so far, and what was thought of the wait."""

    position: int = 0
    high_min: int = 0
    """The longer end of the expected wait told last; 0: none was told."""
    messages: int = 0
    is_comforted: bool = False
    counts: bool = False
    """Whether nobody was free at once, so that the wait says something about the queue's speed."""
    guesses: list[Guess] = field(default_factory=list)


@dataclass(slots=True)
class Promised:
    """What one caller has been promised."""

    rule: Promise
    made_at: float
    day: str
    """Of whose budget it is."""
    deadline_at: float = 0.0
    """0.0: the promise is still being spoken."""
    is_over: bool = False
    """Kept, broken or lapsed."""
    code: str = ""
    """Issued because it was broken."""


@dataclass(slots=True)
class Surveyed:
    """How far a caller has come in a survey about `agent_id`."""

    survey: Survey
    agent_id: str
    question: int = 0
    tries: int = 0
    recording_id: str = ""
    """Of the comment that is being spoken, or was."""
    is_over: bool = False
    """Thanks are said, then the call ends."""


@dataclass(slots=True)
class PromiseDay:
    """What a queue's promises have cost on a local day, and what the open ones may."""

    day: str
    paid_amount: int = 0
    open_amount: int = 0


@dataclass(slots=True)
class Call:
    """One customer conversation, from arrival to end."""

    id: str
    number: str
    caller: str
    caller_name: str
    customer_id: str
    queue_id: str
    started_at: float
    state: CallState
    since_at: float
    """When the present state began."""
    order: tuple[float, float, int] = (0.0, 0.0, 0)
    """The urgency: (minus priority, instant at which the queue's target is broken, arrival number), smallest first."""
    priority: int = 0
    """The customer's and the number's; the queue's comes on top."""
    needs: tuple[Requirement, ...] = ()
    """The customer's and the number's requirements."""
    requirements: tuple[Requirement, ...] = ()
    """Those and the queue's."""
    relaxed_s: float = 0.0
    """Requirements that are relaxed after at most so long are not in force any more."""
    last_agent_id: str = ""
    last_greeting: str = ""
    reserved_for: str = ""
    """The agent whom the call waits for; nobody else may take it (until its timer `reserved:`)."""
    reserved_because: str = ""
    not_for: str = ""
    """An agent who may not take it (until the same timer)."""
    language: str = "en"
    """In which prompts are spoken."""
    prompts: list[str] = field(default_factory=list)
    """What is still to be played before the call goes to `target`; the first is playing."""
    target: Target | None = None
    """Where the call goes when its prompts have been played; None: nowhere, it ends."""
    callback: Callback | None = None
    """The caller is to be called back, or is being asked for that."""
    customer_kind: str = ""
    voicemail: Voicemail | None = None
    message: Message | None = None
    menu: Menu | None = None
    """The menu the caller is in, as it was when they entered it."""
    menu_tries: int = 0
    """Wrong keys and silences in this menu."""
    menu_count: int = 0
    """How many menus the call has been in."""
    reason: str = ""
    """What the call is about, as chosen in a menu."""
    is_greeted: bool = False
    """It has heard a queue's greeting; one is enough."""
    flow_count: int = 0
    """How often a queue has sent it on."""
    turned_away: EndReason | None = None
    """Why nobody takes it; it hears so and ends."""
    entered_at: float = 0.0
    """When it began to wait: in its queue, or in the one that sent it there."""
    queued_at: float = 0.0
    """When it entered its present queue."""
    waits_since_at: float = 0.0
    """`entered_at` of a queue that has sent it on, on its way to the next."""
    answered_at: float = 0.0
    answered_in: str = ""
    """The queue in which the call was answered first, after `answered_wait_s`."""
    answered_wait_s: float = 0.0
    served_by: str = ""
    """The agent who talked to the caller last."""
    parted_at: float = 0.0
    """When an agent last left the conversation, or was lost."""
    offers: dict[str, Offer] = field(default_factory=dict)
    """The agents it rings at, by leg: one, but for a queue in which all ring."""
    agent_id: str = ""
    leg_id: str = ""
    back_leg_id: str = ""
    """The leg on which an agent whose page reloaded is coming back."""
    outside_leg_id: str = ""
    """The leg to an outside number: being rung, or in talk (of a call-back it is the customer's)."""
    outside_count: int = 0
    """How many outside legs the call has had."""
    leg_count: int = 0
    told: Told | None = None
    """Of a call that waits where callers are told something."""
    promised: Promised | None = None
    surveyed: Surveyed | None = None
    routed_because: str = ""
    talk_s: float = 0.0
    hold_s: float = 0.0
    talk_before_s: float = 0.0
    """Of `talk_s`: with agents who have left the call since; and so for the hold."""
    hold_before_s: float = 0.0
    hold_reason: str = ""
    is_hold_late: bool = False
    is_muted: bool = False
    consult: Consult | None = None
    supervision: Supervision | None = None
    needs_help: bool = False
    """The agent has called the team leader."""
    is_recording_paused: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether the customer is to be dialled for the agent who takes the call."""
        return self.callback is not None and self.callback.is_alone and not self.outside_leg_id

    def offer_to(self, agent_id: str) -> Offer | None:
        """The open offer to an agent."""
        return next((offer for offer in self.offers.values() if offer.agent_id == agent_id), None)


@dataclass(slots=True)
class Closing:
    """A queue, or the whole centre, is closed by a team leader's button."""

    reason: str
    message: str
    leader_id: str
    since_at: float


@dataclass(slots=True)
class AgentLive:
    """One agent at this moment."""

    id: str
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    since_at: float = 0.0
    idle_since_at: float = 0.0
    """Since when the agent waits for a call; an offer that came to nothing does not begin it anew."""
    call_id: str = ""
    """The call offered, talked on, or wrapped up."""
    queue_id: str = ""
    device_up: bool = False
    next_state: AgentState = AgentState.READY
    """Where the agent goes when the present call is wrapped up."""
    next_reason: str = ""
    calls_taken: int = 0
    """Since log-in, as the following two."""
    ready_s: float = 0.0
    handling_s: float = 0.0
    """Ringing, talk, hold and wrap-up."""
    rested_at: float = 0.0
    """When the last break ended (comfort is none), or the log-in."""
    supervises: str = ""
    """The call in which this agent is as a team leader."""
    wrapup_since_at: float = 0.0
    wrapped_call_id: str = ""
    """The call whose wrap-up was finished last, so that a doubled request is recognised."""


@dataclass(slots=True)
class State:
    """Everything the engine remembers between two inputs."""

    config: Config = field(default_factory=Config)
    queues: dict[str, Queue] = field(default_factory=dict)
    """The configured queues, and removed ones for as long as calls are in them."""
    calls: dict[str, Call] = field(default_factory=dict)
    agents: dict[str, AgentLive] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, str] = field(default_factory=dict)
    """Waiting calls that are reserved, and the agents they are reserved for."""
    waiting: dict[str, list[Call]] = field(default_factory=dict)
    ready: dict[str, AgentLive] = field(default_factory=dict)
    timers: dict[str, float] = field(default_factory=dict)
    greeting_turns: dict[str, int] = field(default_factory=dict)
    last_offered: dict[str, str] = field(default_factory=dict)
    """Queue to the agent whom its last call was offered to (for `round_robin`)."""
    closed: dict[str, Closing] = field(default_factory=dict)
    """Queues closed by button; "" is the whole centre."""
    recent_calls: dict[str, list[float]] = field(default_factory=dict)
    """Callers to the instants of their latest calls (for `protection`), by the last one."""
    dialled_on: str = ""
    """The local day (`2026-03-08`) that `dialled_count` is about."""
    dialled_count: int = 0
    """Outside numbers dialled on that day."""
    paces: dict[str, Pace] = field(default_factory=dict)
    """Queue to how fast it has been lately, where the expected wait is told."""
    promise_days: dict[str, PromiseDay] = field(default_factory=dict)
    """Queue to what its promises cost today."""
    codes_on: str = ""
    """The local day that `codes_issued` is about."""
    codes_issued: int = 0
    break_claims: dict[str, BreakClaim] = field(default_factory=dict)
    """Agents who have asked for a break and may not go yet."""
    arrivals: int = 0
    last_at: float = 0.0
    """The instant of the last input; a clock that goes back a little stands still for the engine."""

    def enqueue(self, call: Call) -> int:
        """Put a call in its place; returns the position, 1 = next."""
        line = self.waiting.setdefault(call.queue_id, [])
        if not line or line[-1].order < call.order:
            line.append(call)
            return len(line)
        insort(line, call, key=_order)
        return bisect_left(line, call.order, key=_order) + 1

    def dequeue(self, call: Call) -> None:
        """Take a waiting call out of its queue."""
        line = self.waiting[call.queue_id]
        place = 0 if line[0] is call else bisect_left(line, call.order, key=_order)
        if line[place] is not call:
            raise BrokenRuleError(f"call {call.id} is not in its place")
        del line[place]

    def add_ready(self, agent: AgentLive) -> None:
        """Put an agent among the selectable ones, by idle time; the later one of equals goes behind."""
        ready = self.ready
        if agent.id in ready:
            return
        is_last = not ready or ready[next(reversed(ready))].idle_since_at <= agent.idle_since_at
        ready[agent.id] = agent
        if not is_last:
            in_order = sorted(ready.values(), key=lambda one: one.idle_since_at)
            ready.clear()
            ready.update((one.id, one) for one in in_order)


def restored(state: State) -> State:
    """Re-link a state that was written down and read again; hand the result to `Engine`.

    `waiting` and `ready` hold the very objects of `calls` and `agents`; decoding makes copies of them. Their order is
    kept. Changes and returns `state`. Raises BrokenRuleError when an index names what does not exist.
    """
    try:
        state.waiting = {queue: [state.calls[call.id] for call in line] for queue, line in state.waiting.items()}
        state.ready = {id_: state.agents[id_] for id_ in state.ready}
    except KeyError as error:
        raise BrokenRuleError(f"an index of the state names {error}, which is not in it") from error
    return state


def _order(call: Call) -> tuple[float, float, int]:
    return call.order
