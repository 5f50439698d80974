"""What callers and automatic agents do, by what the centre's feed tells.

A caller loses patience when the wait has lasted as long as this one's patience, and ends the conversation when
everything is said. An automatic agent logs in, goes Ready, and finishes its wrap-up with an outcome by chance.
Control may die and come back meanwhile: then everything is compared anew with its snapshot.
Does not know SIPp beyond `sipp.Callers`, nor how anything is shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from allo.commands.traffic.plan import Wishes, length_s
from allo.commands.traffic.sipp import Callers
from allo.core.agent_states import AgentState, SystemReason
from allo.core.call_states import CallState
from allo.core.requests import FinishWrapUp, GoReady, LogIn, LogOut, Request
from allo.web.control_client import ControlAwayError, ControlClient

AGAIN_S = 0.5
Value = dict[str, Any]

_TALKING = frozenset({CallState.TALKING, CallState.HELD, CallState.LOST})


@dataclass(slots=True)
class Counted:
    """What has become of the calls so far."""

    answered: int = 0
    abandoned: int = 0
    failed: int = 0


@dataclass(slots=True)
class OpenCall:
    """One of our calls, as the centre knows it."""

    sip_id: str
    state: str = ""
    was_answered: bool = False
    leaving: asyncio.TimerHandle | None = None
    leaves_while: str = ""


class CallerCrowd:
    """All callers: each one's calls in the centre are matched with SIPp's by the number."""

    def __init__(self, callers: Callers, wishes: Wishes, chance: Random) -> None:
        self.callers = callers
        self.counted = Counted()
        self.calls: dict[str, OpenCall] = {}
        self.seen: set[str] = set()
        """Every call of ours that the centre had."""
        self._wishes = wishes
        self._chance = chance
        self._unmatched: dict[str, Value] = {}
        self._over: set[str] = set()

    def take(self, call_id: str, value: Value | None) -> None:
        """News of a call, perhaps one of ours."""
        if value is None:
            self._unmatched.pop(call_id, None)
            self._ended(call_id)
            return
        if call_id not in self.calls:
            sip_id = self._find(value["caller"])
            if sip_id is None:
                self._unmatched[call_id] = value
                return
            self._unmatched.pop(call_id, None)
            self.calls[call_id] = OpenCall(sip_id)
            self.seen.add(call_id)
        self._follow(self.calls[call_id], value)

    def tick(self) -> None:
        """Now and then: read SIPp's log, and see to calls that did not match or did not end."""
        self.callers.look()
        for call_id, value in list(self._unmatched.items()):
            self.take(call_id, value)
        self._over &= self.callers.open.keys()
        for sip_id in self._over:  # the centre has ended it and the caller does not know: Asterisk was killed
            self.callers.hang_up(sip_id)

    def leave(self) -> None:
        """Everybody hangs up."""
        for sip_id in self.callers.open:
            self.callers.hang_up(sip_id)

    @property
    def waiting(self) -> int:
        return sum(call.state in (CallState.GREETED, CallState.WAITING) for call in self.calls.values())

    @property
    def talking(self) -> int:
        return sum(call.state in _TALKING for call in self.calls.values())

    def _find(self, number: str) -> str | None:
        self.callers.look()
        matched = {call.sip_id for call in self.calls.values()} | self._over
        fitting = (sip_id for sip_id, one in self.callers.open.items() if one == number and sip_id not in matched)
        return next(fitting, None)

    def _follow(self, call: OpenCall, value: Value) -> None:
        call.state = value["state"]
        if value["answered_at"] and not call.was_answered:
            call.was_answered = True
            self.counted.answered += 1
        if call.state == CallState.WAITING and not call.was_answered:
            self._leave_later(call, self._wishes.patience_s)
        elif call.state in _TALKING:
            self._leave_later(call, self._wishes.talk_s)

    def _leave_later(self, call: OpenCall, mean_s: float) -> None:
        phase = "talk" if call.was_answered else "wait"
        if call.leaves_while == phase:
            return
        if call.leaving is not None:
            call.leaving.cancel()
        call.leaves_while = phase
        after_s = length_s(self._chance, mean_s, is_fixed=self._wishes.is_fixed)
        call.leaving = asyncio.get_running_loop().call_later(after_s, self.callers.hang_up, call.sip_id)

    def _ended(self, call_id: str) -> None:
        call = self.calls.pop(call_id, None)
        if call is None:
            return
        if call.leaving is not None:
            call.leaving.cancel()
        if not call.was_answered and call.state == CallState.WAITING:
            self.counted.abandoned += 1
        self._over.add(call.sip_id)


@dataclass(slots=True)
class AgentCrowd:
    """All automatic agents of this run."""

    control: ControlClient
    ids: frozenset[str]
    dispositions: tuple[str, ...]
    wrapup_s: float
    chance: Random
    is_leaving: bool = False
    known: dict[str, Value] = field(default_factory=dict)
    _asking: set[str] = field(default_factory=set)
    _wrapping: dict[str, str] = field(default_factory=dict)
    """Agent → the call whose wrap-up has been planned."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, agent_id: str, value: Value | None) -> None:
        """News of an agent, perhaps one of ours."""
        if agent_id not in self.ids:
            return
        if value is None:
            self.known.pop(agent_id, None)
            return
        self.known[agent_id] = value
        self._act(agent_id, value)

    def tick(self) -> None:
        """Ask again for what was refused or lost."""
        for agent_id, value in self.known.items():
            self._act(agent_id, value)

    async def leave(self, within_s: float) -> bool:
        """Log everybody out; False when somebody was still busy after this time."""
        self.is_leaving = True
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while loop.time() < until:
            self.tick()
            await asyncio.sleep(AGAIN_S / 2)
            if all(value["state"] == AgentState.OFFLINE for value in self.known.values()):
                return True
        return False

    def _act(self, agent_id: str, value: Value) -> None:
        wish = self._wish(agent_id, value)
        if wish is None or agent_id in self._asking:
            return
        delay_s = 0.0
        if isinstance(wish, FinishWrapUp) and not self.is_leaving and value["state"] == AgentState.WRAP_UP:
            if self._wrapping.get(agent_id) == wish.call_id:
                return
            delay_s = length_s(self.chance, self.wrapup_s, is_fixed=False)
            self._wrapping[agent_id] = wish.call_id
        else:
            self._asking.add(agent_id)
        task = asyncio.get_running_loop().create_task(self._ask(agent_id, wish, delay_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wish(self, agent_id: str, value: Value) -> Request | None:
        state, is_outcome_missing = value["state"], value["reason"] == SystemReason.OUTCOME_MISSING
        if state == AgentState.WRAP_UP or (state == AgentState.NOT_READY and is_outcome_missing):
            if self.is_leaving and value["next_state"] != AgentState.OFFLINE:
                return LogOut(agent_id)
            disposition = self.chance.choice(self.dispositions) if self.dispositions else ""
            return FinishWrapUp(agent_id, value["call_id"], disposition)
        if self.is_leaving:
            is_on_the_way = state == AgentState.OFFLINE or value["next_state"] == AgentState.OFFLINE
            return None if is_on_the_way else LogOut(agent_id)
        if state == AgentState.OFFLINE:
            return LogIn(agent_id)
        is_sent_away = value["reason"] not in set(SystemReason)  # on a break: by a leader, for it asks for none
        return GoReady(agent_id) if state == AgentState.NOT_READY and value["device_up"] and not is_sent_away else None

    async def _ask(self, agent_id: str, wish: Request, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await asyncio.to_thread(self.control.send, wish)
        self._asking.discard(agent_id)
        if isinstance(wish, FinishWrapUp):
            self._wrapping.pop(agent_id, None)


@dataclass(slots=True)
class Feed:
    """The centre's live state, followed for both crowds."""

    control: ControlClient
    callers: CallerCrowd
    agents: AgentCrowd | None = None
    is_away: bool = False
    system: Value = field(default_factory=dict)
    _keys: set[str] = field(default_factory=set)

    async def follow(self) -> None:
        """For ever, also over restarts of control."""
        while True:
            try:
                snapshot = await self.control.asnapshot()
                self.is_away = False
                for key in self._keys - snapshot.items.keys():
                    self._take(key, None)
                for key, value in snapshot.items.items():
                    self._take(key, value)
                async with self.control.updates(snapshot.seq) as updates:
                    async for update in updates:
                        if update.get("gap"):
                            break
                        if "key" in update:
                            self._take(update["key"], update["value"])
            except ControlAwayError:
                self.is_away = True
                await asyncio.sleep(AGAIN_S)

    def _take(self, key: str, value: Value | None) -> None:
        if value is None:
            self._keys.discard(key)
        else:
            self._keys.add(key)
        kind, _, id_ = key.partition(":")
        if kind == "call":
            self.callers.take(id_, value)
        elif kind == "agent" and self.agents is not None:
            self.agents.take(id_, value)
        elif kind == "system":
            self.system = value or {}
