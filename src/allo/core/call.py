"""One call at this moment, and what belongs to it: ringing offers, a call-back, a promise, who else is in it.

Decides nothing. Plain data that can be written down and read again; an ended call leaves the state at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from allo.core.call_states import CallState
from allo.core.callers_way import KeyChoice, Menu, Target, Voicemail
from allo.core.expected_wait import Guess
from allo.core.facts import EndReason
from allo.core.model import SupervisionMode
from allo.core.queue_speech import Promise, Survey
from allo.core.skill import Requirement


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
    is_told: bool = False
    """The caller has heard the code."""


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
    """The customer's, the number's and that of what was chosen in menus; the queue's comes on top."""
    needs: tuple[Requirement, ...] = ()
    """The customer's and the number's requirements."""
    choices: dict[str, KeyChoice] = field(default_factory=dict)
    """What was chosen last in each menu, by its id; their requirements count too."""
    requirements: tuple[Requirement, ...] = ()
    """All those and the queue's."""
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
    answered_entered_at: float = 0.0
    """`entered_at` of that wait."""
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
    """The leg to an outside number that is being rung."""
    customer_leg_id: str = ""
    """The leg of a customer who has been called back; it stands for the caller's own, which has ended."""
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
        return self.callback is not None and self.callback.is_alone and not self.customer_leg_id

    @property
    def is_parked(self) -> bool:
        """Whether it is a call-back that is not to be offered now: it waits, and takes no agent from anybody."""
        return self.callback is not None and self.callback.is_parked

    def next_agent_leg_id(self) -> str:
        """The name of a fresh leg to an agent or team leader; what is named once is not named so again."""
        self.leg_count += 1
        return f"{self.id}-a{self.leg_count}"

    def offer_to(self, agent_id: str) -> Offer | None:
        """The open offer to an agent."""
        return next((offer for offer in self.offers.values() if offer.agent_id == agent_id), None)
