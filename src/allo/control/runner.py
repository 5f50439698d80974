"""Runs the engine: one inbox, and for each input in turn: stamp, write down, decide, carry out.

    put/ask ──► inbox ──► journal ──► Engine.handle ──► timers | telephony | ledger | answers
                                            └─ touched ──► feed

Invariants: an input is in the journal before the engine sees it; instants never decrease; nothing else changes
the state. An input that makes the engine raise is left out: the state is built anew from the journal without it,
because half of its change may have been made. After a restart the same journal gives the same state; effects of
that replay are dropped except facts, which the ledger knows by their uids.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from allo.control.clock import Clock
from allo.control.journal import Journal, Memory
from allo.control.timers import Timers
from allo.core.effects import Accepted, CancelTimer, Effect, RecordFact, Refused, StartTimer
from allo.core.engine import Engine, Input
from allo.core.facts import Fact
from allo.core.requests import Request
from allo.core.state import State

logger = logging.getLogger(__name__)

SNAPSHOT_EVERY = 5_000
MOST_BAD_INPUTS = 100


class EngineFailedError(Exception):
    """The engine could not take a request; it was left out and nothing has changed."""


class Outputs(Protocol):
    """Where the runner's work goes. None of these may block or raise."""

    def carry_out(self, effect: Effect) -> None:
        """Do what the engine asks of the telephones."""

    def record(self, seq: int, index: int, fact: Fact) -> None:
        """Keep a fact for the ledger."""

    def changed(self) -> None:
        """`engine.touched` has grown."""

    def rebuilt(self) -> None:
        """The state is another object now and may differ anywhere."""


@dataclass(slots=True)
class Counters:
    """What `system` shows of the runner's troubles."""

    inputs: int = 0
    bad_inputs: int = 0


class Runner:
    """One engine with its journal. `start` replays; then `run` takes inputs until it is cancelled."""

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop | None = None, clock: Clock | None = None):
        self.journal = journal
        self.clock = clock or Clock()
        self.timers = Timers(loop or asyncio.get_running_loop(), self._now)
        self.timers.fire = self.put
        self.engine = Engine()
        self.outputs: Outputs
        self.counters = Counters()
        self.seq = 0
        self.at = 0.0
        self._inbox: asyncio.Queue[tuple[Input, asyncio.Future[Accepted | Refused] | None]] = asyncio.Queue()
        self._snapshot_seq = 0

    def _now(self) -> float:
        return self.clock.now()  # the clock is another one after `start`

    # Inputs

    def put(self, what: Input) -> None:
        """Something has happened."""
        self._inbox.put_nowait((what, None))

    async def ask(self, request: Request) -> Accepted | Refused:
        """Somebody asks for something. Raises EngineFailedError when the engine has a fault."""
        answer: asyncio.Future[Accepted | Refused] = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait((request, answer))
        return await answer

    async def run(self) -> None:
        """Take inputs, in their order, for ever."""
        while True:
            what, answer = await self._inbox.get()
            self.take(what, answer)

    def drain(self) -> None:
        """Take what is in the inbox now."""
        while not self._inbox.empty():
            self.take(*self._inbox.get_nowait())

    def take(self, what: Input, answer: asyncio.Future[Accepted | Refused] | None = None) -> None:
        """Handle one input now, from the journal to its effects."""
        self.seq += 1
        self.at = max(self.at, self.clock.now())
        self.journal.append(self.seq, self.at, what)
        self.counters.inputs += 1
        try:
            effects = self.engine.handle(what, self.at)
        except Exception:
            logger.exception("The engine could not take input %d (%s); it is left out.", self.seq, type(what).__name__)
            self._leave_out(what, answer)
            return
        self._carry_out(effects, answer)
        self.outputs.changed()
        if self.seq - self._snapshot_seq >= SNAPSHOT_EVERY or self.journal.is_failing:
            self.take_snapshot()

    def _carry_out(self, effects: list[Effect], answer: asyncio.Future[Accepted | Refused] | None) -> None:
        for index, effect in enumerate(effects):
            if isinstance(effect, RecordFact):
                self.outputs.record(self.seq, index, effect.fact)
            elif isinstance(effect, StartTimer):
                self.timers.start(effect.timer_id, effect.fires_at)
            elif isinstance(effect, CancelTimer):
                self.timers.cancel(effect.timer_id)
            elif isinstance(effect, (Accepted, Refused)):
                if answer is not None and not answer.done():
                    answer.set_result(effect)
            else:
                self.outputs.carry_out(effect)

    def _leave_out(self, what: Input, answer: asyncio.Future[Accepted | Refused] | None) -> None:
        """The engine raised: say so, and go back to the state before this input."""
        self.counters.bad_inputs += 1
        self.journal.skip(self.seq, self.at)
        seq, at = self.seq, self.at
        self.restore(self.journal.load(), facts=False)
        self.seq, self.at = max(seq, self.seq), max(at, self.at)
        if answer is not None and not answer.done():
            answer.set_exception(EngineFailedError(type(what).__name__))

    # Memory

    def start(self) -> None:
        """Become what the journal remembers; facts of the replay go to the ledger again."""
        memory = self.journal.load()
        self.restore(memory)
        self.clock = Clock(not_before=self.at)
        self.timers.reset(self.engine.state.timers)

    def restore(self, memory: Memory, *, facts: bool = True) -> None:
        """Replay; inputs that the engine cannot take are left out for good."""
        record: Callable[[int, int, Fact], None] = self.outputs.record if facts else _drop
        for _ in range(MOST_BAD_INPUTS):
            bad = self._replay(memory, record)
            if bad is None:
                break
            self.journal.skip(*bad)
            memory = self.journal.load()
        else:
            logger.error("The input log makes no sense: more than %d inputs fail.", MOST_BAD_INPUTS)
            self.engine = Engine(memory.state)
        self.seq, self.at = memory.seq, memory.at
        self._snapshot_seq = memory.seq - len(memory.inputs)
        self.timers.reset(self.engine.state.timers)
        self.outputs.rebuilt()

    def _replay(self, memory: Memory, record: Callable[[int, int, Fact], None]) -> tuple[int, float] | None:
        """None, or the number and instant of the input which cannot be taken."""
        self.engine = Engine(memory.state)
        for seq, at, what in memory.inputs:
            try:
                effects = self.engine.handle(what, at)
            except Exception:
                logger.exception("The engine cannot take input %d of the input log again; it is left out.", seq)
                return seq, at
            for index, effect in enumerate(effects):
                if isinstance(effect, RecordFact):
                    record(seq, index, effect.fact)
        self.engine.touched.clear()
        return None

    def take_snapshot(self) -> None:
        """Write the state down, so that a restart has little to replay."""
        if self.journal.take_snapshot(self.seq, self.at, self.engine.state):
            self._snapshot_seq = self.seq

    @property
    def state(self) -> State:
        """The engine's state; read it, never change it."""
        return self.engine.state


def _drop(_seq: int, _index: int, _fact: Fact) -> None:
    """Facts of a second replay are with the ledger already."""
