"""Days of a centre, written as facts by the ledger's own writer, so that what reports read is projected for real.

`Story` writes down calls and agents' states one by one. `make_days` lets a small centre work: calls come at random,
the agent free longest answers, callers give up when they have waited too long; the same seed gives the same days.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from allo.core import facts
from allo.core.agent_states import AgentState
from allo.core.callers_way import TargetKind
from allo.data.ledger import Entry, write_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allo.data.models import Disposition, Queue, User

RING_S = 3.0
HOUR = 3600.0


@dataclass
class Story:
    """Facts on their way to the ledger."""

    told: list[facts.Fact] = field(default_factory=list)
    prefix: str = "made"
    """Calls are named after it: two stories in one ledger need two."""
    _states: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def write(self) -> None:
        """Write what was told so far, in order of time, as control does it."""
        in_order = sorted(self.told, key=lambda fact: fact.at)
        entries = [Entry(place, f"{self.prefix}-{place}", fact) for place, fact in enumerate(in_order)]
        for start in range(0, len(entries), 500):
            write_facts(entries[start : start + 500])

    # Agents

    def state(self, agent: User, at: float, state: AgentState, queue: Queue | None = None, reason: str = "") -> None:
        """The agent changes state; ``queue`` is that of the call which the interval now closed was about."""
        before, before_reason, since = self._states.get(agent.agent_id, (AgentState.OFFLINE.value, "", at))
        self._states[agent.agent_id] = (state.value, reason, at)
        about = queue.queue_id if queue else ""
        self.told.append(
            facts.AgentStateChanged(
                at, agent.agent_id, before, before_reason, since, at - since, state.value, reason, about
            )
        )

    # Calls

    def started(self, at: float, queue: Queue | None, caller: str = "+74950000001", number: str = "100") -> str:
        """A call comes in; returns its id."""
        call_id = f"{self.prefix}.{next(self._ids)}"
        self.told.append(facts.CallStarted(at, call_id, number, caller, "", queue.queue_id if queue else ""))
        return call_id

    def lost(
        self,
        at: float,
        queue: Queue,
        wait_s: float,
        outcome: facts.Outcome = facts.Outcome.ABANDONED,
        caller: str = "+74950000001",
        *,
        is_callback: bool = False,
    ) -> str:
        """A call that nobody answered after ``wait_s`` in the queue (or, LEFT_EARLY, before it)."""
        call_id = self.started(at, queue, caller)
        is_early = outcome in {facts.Outcome.LEFT_EARLY, facts.Outcome.REJECTED}
        entered = 0.0 if is_early else at
        if entered:
            self.told.append(facts.CallEntered(at, call_id, queue.queue_id, 1))
        reason = facts.EndReason.PLATFORM_RESTARTED if outcome is facts.Outcome.FAILED else None
        self.told.append(
            facts.CallEnded(
                at + wait_s, call_id, queue.queue_id, "", "100", caller, outcome,
                reason or facts.EndReason.CALLER_HUNG_UP, 16, at, entered, 0.0, 0.0 if is_early else wait_s, 0.0, 0.0,
                is_callback,
            )
        )  # fmt: skip
        return call_id

    def not_kept(self, at: float, queue: Queue, wait_s: float = 0.0, *, was_waiting: bool = True) -> str:
        """A call that the queue sent away after ``wait_s``, or did not take."""
        call_id = self.started(at, queue)
        reason = facts.EndReason.TOO_LONG if was_waiting else facts.EndReason.FULL
        if was_waiting:
            self.told.append(facts.CallEntered(at, call_id, queue.queue_id, 1))
        self.told.append(
            facts.FlowedOut(at + wait_s, call_id, queue.queue_id, TargetKind.HANG_UP, "", reason, was_waiting, wait_s)
        )
        self.told.append(
            facts.CallEnded(
                at + wait_s + 3.0, call_id, queue.queue_id, "", "100", "+74950000001", facts.Outcome.REJECTED,
                reason, 16, at, 0.0, 0.0, 0.0, 0.0, 0.0,
            )
        )  # fmt: skip
        return call_id

    def answered(
        self,
        at: float,
        queue: Queue,
        agent: User,
        *,
        wait_s: float = 8.0,
        talk_s: float = 100.0,
        hold_s: float = 0.0,
        wrapup_s: float = 20.0,
        disposition: Disposition | None = None,
        caller: str = "+74950000001",
        is_callback: bool = False,
    ) -> str:
        """A call that ``agent`` answered ``wait_s`` after it entered the queue at ``at``."""
        call_id = self.started(at, queue, caller)
        about, leg, rang_s = (call_id, queue.queue_id, agent.agent_id), f"{call_id}-a1", min(RING_S, wait_s)
        answered_at = at + wait_s
        ended_at = answered_at + talk_s + hold_s
        self.told += [
            facts.CallEntered(at, call_id, queue.queue_id, 1),
            facts.OfferMade(answered_at - rang_s, *about, leg, "call:longest_idle:level=1"),
            facts.OfferEnded(answered_at, *about, leg, facts.OfferOutcome.ACCEPTED, rang_s),
            facts.CallAnswered(answered_at, *about, wait_s),
        ]
        if hold_s:
            self.told.append(facts.HoldStarted(answered_at + talk_s / 2, call_id, agent.agent_id))
            self.told.append(facts.HoldEnded(answered_at + talk_s / 2 + hold_s, call_id, agent.agent_id, hold_s))
        self.told.append(
            facts.CallEnded(
                ended_at, *about, "100", caller, facts.Outcome.ANSWERED, facts.EndReason.CALLER_HUNG_UP, 16,
                at, at, answered_at, wait_s, talk_s, hold_s, is_callback,
            )
        )  # fmt: skip
        outcome = str(disposition.pk) if disposition else ""
        self.told.append(facts.WrapUpEnded(ended_at + wrapup_s, *about, outcome, wrapup_s))
        return call_id


def make_days(
    midnights: Sequence[float],
    queues: Sequence[Queue],
    agents: Sequence[User],
    dispositions: Sequence[Disposition],
    *,
    seed: int = 1,
    calls_an_hour: float = 40.0,
    until: float = float("inf"),
) -> Story:
    """Let the centre work from 9 to 18 on each day, until the instant ``until``; the story is not written yet."""
    chance = random.Random(seed)
    story = Story()
    for midnight in midnights:
        _work_a_day(story, midnight + 9 * HOUR, queues, agents, dispositions, chance, calls_an_hour, until)
    return story


def _work_a_day(
    story: Story,
    opening: float,
    queues: Sequence[Queue],
    agents: Sequence[User],
    dispositions: Sequence[Disposition],
    chance: random.Random,
    calls_an_hour: float,
    until: float,
) -> None:
    free_at = {agent.pk: opening + chance.uniform(-600, 0) for agent in agents}
    lunch = {agent.pk: opening + chance.uniform(3 * HOUR, 5 * HOUR) for agent in agents}
    for agent in agents:
        story.state(agent, free_at[agent.pk], AgentState.NOT_READY, reason="logged_in")
        story.state(agent, free_at[agent.pk] + 5, AgentState.READY)
        free_at[agent.pk] += 5
    at, closing = opening, min(opening + 9 * HOUR, until)
    while True:
        hour = (at - opening) / HOUR
        at += chance.expovariate(calls_an_hour / HOUR * (1.5 if 2 <= hour <= 4 else 0.8))
        if at >= closing - 600:
            break
        queue = chance.choice(queues)
        caller = f"+7495{chance.randrange(200):07}"
        if chance.random() < 0.02:
            story.lost(at, queue, 2.0, facts.Outcome.LEFT_EARLY, caller)
            continue
        agent = min(agents, key=lambda one: free_at[one.pk])
        patience = chance.expovariate(1 / 90.0)
        starts = max(at, free_at[agent.pk] + 1.0)
        if starts + RING_S - at > patience + RING_S:
            story.lost(at, queue, patience, caller=caller)
            continue
        talk_s, wrapup_s = chance.lognormvariate(4.9, 0.5), chance.uniform(5, 45)
        hold_s = chance.uniform(10, 60) if chance.random() < 0.15 else 0.0
        answered = starts + RING_S
        if answered + talk_s + hold_s + wrapup_s > closing:
            break
        chosen = chance.choice([*dispositions, *dispositions, None]) if dispositions else None
        story.answered(
            at, queue, agent, wait_s=answered - at, talk_s=talk_s, hold_s=hold_s, wrapup_s=wrapup_s,
            disposition=chosen, caller=caller,
        )  # fmt: skip
        story.state(agent, starts, AgentState.OFFERED)
        story.state(agent, answered, AgentState.ON_CALL, queue)
        story.state(agent, answered + talk_s + hold_s, AgentState.WRAP_UP, queue)
        over = answered + talk_s + hold_s + wrapup_s
        if over > lunch[agent.pk]:
            story.state(agent, over, AgentState.NOT_READY, queue, reason="lunch")
            over += chance.uniform(900, 2400)
            lunch[agent.pk] = float("inf")
            if over < closing:
                story.state(agent, over, AgentState.READY)
        else:
            story.state(agent, over, AgentState.READY, queue)
        free_at[agent.pk] = over
    if closing < until:
        for agent in agents:
            story.state(agent, max(free_at[agent.pk] + 1, closing), AgentState.OFFLINE)
