"""What is simulated: a centre's configuration, its callers and its agents' shifts.

Decides nothing about routing: that is the engine's, by the same `Config` as in the live centre. Seconds count from
the opening. Agents log in when their shift begins and out when it ends, after the call they are in; they take every
offer after the answer delay. An agent whose delay was longer than the queue lets it ring presses Ready a little later.
Breaks are either times between two shifts, which need nobody's leave, or wishes, which the engine answers. What else
people do with the centre (close it, pass a call on, listen) is an `Act`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from allo.core.engine import Input
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.core.skill import Requirement
from allo.core.state import State
from allo.sim.arrivals import Arrivals, Poisson
from allo.sim.durations import FOR_EVER, NOTHING, Duration, Exponential

A_DAY_S = 86_400.0


class ScenarioError(ValueError):
    """This scenario cannot be played; the message says why, a sentence a line."""


class SimulationError(RuntimeError):
    """The engine refused what a simulated agent did: a fault of the simulator."""


@dataclass(frozen=True)
class Callers:
    """People of one sort who dial `number`: when they come, what they want, when they lose patience in the queue.

    What the centre knows of them (`language`, `kind`, `priority`, ...) is as in `core.events.CallArrived`.
    """

    number: str
    arrivals: Arrivals
    talk: Duration
    """With each agent (or outside number) whom the call reaches."""
    patience: Duration = FOR_EVER
    wrapup: Duration = NOTHING
    """The agent's work after their calls (no longer than the queue's limit, where it has one)."""
    callback_after: Duration = FOR_EVER
    """After so long a wait a caller presses the key for a call-back, where the queue has one."""
    reached: float = 1.0
    """The share of tries in which a customer who is called back answers."""
    phone: str = ""
    """The one number they all call from; "": each has their own."""
    hides_number: bool = False
    language: str = ""
    kind: str = ""
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    last_agents: tuple[str, ...] = ()
    """Who answered their last call: for each caller one of these, by chance; (): nobody is known."""
    keys: tuple[str, ...] = ()
    """What they press in menus, one key a question, when it has been asked; afterwards nothing."""
    message: Duration = NOTHING
    """How long they speak after a tone (voicemail, a survey's comment); 0: they hang up instead."""
    surveyed: float = 0.0
    """The share of conversations which the agent ends, so that the caller may be asked (by chance of the keys)."""


@dataclass(frozen=True)
class Shift:
    """An agent works from here to there. `None`: until nobody waits."""

    agent_id: str
    from_s: float = 0.0
    to_s: float | None = None


@dataclass(frozen=True)
class BreakWish:
    """At this second an agent wants a break of this length, and asks for it."""

    agent_id: str
    at_s: float
    reason: str
    lasts_s: float


@dataclass(frozen=True)
class Act:
    """At this second somebody does something: `what`, given the engine's state (to be read), says it, or None.

    A request that the engine refuses changes nothing; `Run.refused` counts it.
    """

    at_s: float
    what: Callable[[State], Input | None]


@dataclass(frozen=True)
class Scenario:
    """Everything a run depends on besides its seed. Raises ScenarioError when it makes no sense."""

    config: Config
    callers: tuple[Callers, ...]
    shifts: tuple[Shift, ...]
    open_s: float
    """Callers come during these seconds; those inside then are still served."""
    warm_up_s: float = 0.0
    """Calls that come in these first seconds are served but not counted."""
    answer_delay: Duration = NOTHING
    prompt_s: Mapping[str, float] = field(default_factory=dict)
    """How long greetings and opening messages last; 0 for those not named."""
    return_s: float = 60.0
    """After how long an agent who let it ring presses Ready."""
    breaks: tuple[BreakWish, ...] = ()
    acts: tuple[Act, ...] = ()
    opens_at: float = A_DAY_S
    """The instant of the opening; above 0, which in facts means never."""

    def __post_init__(self) -> None:
        found: list[str] = [*self.config.problems()]
        found += [
            f"Nobody answers number {one.number}: no queue is behind it."
            for one in self.callers
            if self.config.route_of(one.number) is None
        ]
        found += [
            f"Shift of agent {shift.agent_id}, who does not exist."
            for shift in self.shifts
            if shift.agent_id not in self.config.agents
        ]
        found += [
            f"Agent {wish.agent_id} wants a break for the reason {wish.reason}; the agent or the reason does not exist."
            for wish in self.breaks
            if wish.agent_id not in self.config.agents or wish.reason not in self.config.break_reasons
        ]
        found += [
            f"Queue {queue.name} requires an outcome of each call, but there are none to choose from."
            for queue in self.config.queues.values()
            if queue.outcome_required and not self.config.dispositions
        ]
        found += [
            f"Agent {agent_id} is to have answered callers of {one.number} before, but does not exist."
            for one in self.callers
            for agent_id in one.last_agents
            if agent_id not in self.config.agents
        ]
        found += [f"Two shifts of agent {agent_id} overlap." for agent_id in self._overlapping()]
        if not 0 <= self.warm_up_s < self.open_s:
            found.append("The warm-up must be shorter than the time the centre is open.")
        if self.opens_at <= 0:
            found.append("The centre must open after the instant 0.")
        if found:
            raise ScenarioError("\n".join(found))

    def _overlapping(self) -> list[str]:
        ends: dict[str, float] = {}
        found = []
        for shift in sorted(self.shifts, key=lambda shift: shift.from_s):
            if shift.from_s < ends.get(shift.agent_id, 0.0):
                found.append(shift.agent_id)
            ends[shift.agent_id] = inf if shift.to_s is None else shift.to_s
        return found


def one_queue(
    *,
    calls_per_hour: float,
    talk_s: float,
    agents: int,
    hours: float,
    patience_s: float | None = None,
    target_s: float = 20.0,
    warm_up_s: float = 0.0,
) -> Scenario:
    """The textbook's centre: Poisson arrivals, exponential talks and patience, equal agents, no wrap-up."""
    return Scenario(
        config=one_queue_config(agents, target_s),
        callers=(
            Callers(
                number="100",
                arrivals=Poisson([calls_per_hour]),
                talk=Exponential(talk_s),
                patience=FOR_EVER if patience_s is None else Exponential(patience_s),
            ),
        ),
        shifts=tuple(Shift(str(number)) for number in range(1, agents + 1)),
        open_s=hours * 3600 + warm_up_s,
        warm_up_s=warm_up_s,
    )


def one_queue_config(agents: int, target_s: float = 20.0) -> Config:
    """One queue behind number 100, agents "1" to `agents`, no wrap-up; every abandon counts."""
    queue = Queue(
        id="queue",
        name="Queue",
        wrapup_limit_s=0.0,
        outcome_required=False,
        service_level_target_s=target_s,
        short_abandon_s=0.0,
    )
    numbers = [str(number) for number in range(1, agents + 1)]
    return Config(
        queues={queue.id: queue},
        agents={number: Agent(number, f"Agent {number}", number, (Membership(queue.id),)) for number in numbers},
        numbers={"100": NumberRoute("100", queue.id)},
    )
