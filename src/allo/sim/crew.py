"""What simulated agents do of themselves: shifts, work after a call, breaks.

An agent asks for a break as they would on their page, waits for it as long as the engine says, and comes back when it
has lasted. A wish that comes up while another one is open is uttered when that one is over; one that comes up outside
the shift is forgotten. An agent who was too slow to answer presses Ready a little later.
"""

from __future__ import annotations

from allo.core.agent_states import NOT_READY, OFFERED, OFFLINE, ON_CALL, WRAP_UP, SystemReason
from allo.core.events import DeviceUp
from allo.core.facts import AgentStateChanged
from allo.core.requests import FinishWrapUp, GoReady, LogIn, LogOut, TakeBreak
from allo.core.state import AgentLive
from allo.sim.callers import Caller
from allo.sim.scenario import BreakWish
from allo.sim.world import World

ASK_AGAIN_S = 60.0
_BUSY = frozenset({OFFERED, ON_CALL})


class Crew:
    """The agents of a scenario."""

    def __init__(self, world: World, callers: dict[str, Caller]) -> None:
        self._world = world
        self._callers = callers
        self._disposition = next(iter(world.scenario.config.dispositions), "")
        self._wishes: dict[str, BreakWish] = {}
        """The break that an agent has asked for, or is on."""

    def plan(self) -> None:
        """Everything that agents do by the clock."""
        world, scenario = self._world, self._world.scenario
        for shift in scenario.shifts:
            world.at(scenario.opens_at + shift.from_s, self._shift_begins, shift.agent_id)
            if shift.to_s is not None:
                world.at(scenario.opens_at + shift.to_s, self.shift_ends, shift.agent_id)
        for wish in scenario.breaks:
            world.at(scenario.opens_at + wish.at_s, self._ask, wish)

    def sees(self, change: AgentStateChanged) -> None:
        """What their own page shows an agent, and what they do about it."""
        world = self._world
        if change.current == WRAP_UP:
            call_id = world.engine.state.agents[change.agent_id].call_id
            done = FinishWrapUp(change.agent_id, call_id, self._disposition)
            world.at(world.now + self._callers[call_id].wrapup_s, self._finish_wrapup, done)
        elif change.current == NOT_READY:
            wish = self._wishes.get(change.agent_id)
            if change.reason == SystemReason.NO_ANSWER:
                world.at(world.now + world.scenario.return_s, self._back_again, change.agent_id)
            elif wish is not None and change.reason == wish.reason:
                world.at(world.now + wish.lasts_s, self._break_ends, wish)

    def who_ends(self, call_id: str) -> str:
        """The agent who can hang up; "" when none is in the talk."""
        call = self._world.engine.state.calls.get(call_id)
        return call.agent_id if call is not None else ""

    def shift_ends(self, agent_id: str) -> None:
        """Log out, now or after the call."""
        self._wishes.pop(agent_id, None)
        if self._agent(agent_id) is not None:
            self._world.say(LogOut(agent_id))

    def _shift_begins(self, agent_id: str) -> None:
        if self._agent(agent_id) is not None:
            for what in (DeviceUp(agent_id), LogIn(agent_id), GoReady(agent_id)):
                self._world.say(what)

    def _agent(self, agent_id: str) -> AgentLive | None:
        """None for one who has been removed from the set-up meanwhile."""
        state = self._world.engine.state
        return state.agents[agent_id] if agent_id in state.config.agents else None

    def _finish_wrapup(self, done: FinishWrapUp) -> None:
        agent = self._agent(done.agent_id)
        # The very call may have come back meanwhile: then there is nothing to finish yet.
        if agent is not None and agent.call_id == done.call_id and agent.state not in _BUSY:
            self._world.say(done)

    def _back_again(self, agent_id: str) -> None:
        agent = self._agent(agent_id)
        if agent is not None and agent.reason == SystemReason.NO_ANSWER:
            self._world.say(GoReady(agent_id))

    def _ask(self, wish: BreakWish) -> None:
        agent = self._agent(wish.agent_id)
        if agent is None or OFFLINE in (agent.state, agent.next_state):
            return
        if wish.agent_id in self._wishes:
            self._world.at(self._world.now + ASK_AGAIN_S, self._ask, wish)
            return
        self._wishes[wish.agent_id] = wish
        self._world.say(TakeBreak(wish.agent_id, wish.reason))

    def _break_ends(self, wish: BreakWish) -> None:
        if self._wishes.get(wish.agent_id) is wish:
            del self._wishes[wish.agent_id]
            if self._agent(wish.agent_id) is not None:
                self._world.say(GoReady(wish.agent_id))
