"""Runs the engine: one inbox, and for each input in turn: stamp, write down, decide, carry out.

    put/ask ──► inbox ──► journal ──► Engine.handle ──► timers | telephony | ledger | answers
                                            └─ touched ──► feed

Invariants: an input is in the journal before the engine sees it; instants never decrease; nothing else changes
the state. An input that makes the engine raise is left out: the state is built anew from the journal without it,
because half of its change may have been made. After a restart the same journal gives the same state; effects of
that replay are dropped except facts and messages to customers, which the ledger knows already or takes now.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from allo.control.clock import Clock
from allo.control.journal import Journal
from allo.control.memory import Memory
from allo.control.timers import Timers
from allo.control.wire import BadInputError
from allo.core.effects import Accepted, CancelTimer, Effect, RecordFact, Refused, SendMessage, StartTimer
from allo.core.engine import Engine, Input
from allo.core.events import ConfigChanged
from allo.core.facts import Fact
from allo.core.requests import Request
from allo.core.state import State
from allo.data.phone_numbers import typed_number

logger = logging.getLogger(__name__)

SNAPSHOT_EVERY = 5_000
AGAIN_EVERY = 500
"""After a snapshot that could not be taken, or must still wait for its facts."""
MOST_BAD_INPUTS = 100
GRACE_S = 2.0
"""After a start no timer fires so soon: first it is learnt what happened meanwhile, say that an offer was answered."""


class EngineFailedError(Exception):
    """The engine could not take a request; it was left out and nothing has changed."""


class Outputs(Protocol):
    """Where the runner's work goes. None of these may block or raise."""

    def carry_out(self, effect: Effect) -> None:
        """Do what the engine asks of the telephones."""

    def record(self, seq: int, index: int, fact: Fact | SendMessage) -> None:
        """Keep a fact, or a message to be sent, for the ledger."""

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

    def __init__(
        self, journal: Journal, make_clock: Callable[[float], Clock] = Clock, *, codes_secret: str = ""
    ) -> None:
        """`make_clock` is given the instant before which the clock must not begin; `codes_secret` is for the engine
        alone (`Config.secret`) and is not written down with what it is given.
        """
        self.journal = journal
        self._codes_secret = codes_secret
        self._make_clock = make_clock
        self.clock = make_clock(0.0)
        self.timers = Timers(asyncio.get_running_loop(), self._now)
        self.timers.fire = self.put
        self.engine = Engine(number_of=typed_number)
        self.outputs: Outputs
        self.counters = Counters()
        self.seq = 0
        self.at = 0.0
        self._inbox: asyncio.Queue[tuple[Input, asyncio.Future[Accepted | Refused] | None]] = asyncio.Queue()
        self._snapshot_due = SNAPSHOT_EVERY

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
        if answer is not None and answer.done():
            return  # the asker has given up and was told that nothing has changed
        seq, at = self.seq + 1, max(self.at, self.clock.now())
        try:
            self.journal.append(seq, at, _with_secret(what, ""))
        except BadInputError:
            logger.exception("An input cannot be written down; it is left out.")
            self._refuse(what, answer)
            return
        self.seq, self.at = seq, at
        self.counters.inputs += 1
        try:
            effects = self.engine.handle(_with_secret(what, self._codes_secret), self.at)
        except Exception:
            logger.exception("The engine could not take input %d (%s); it is left out.", self.seq, type(what).__name__)
            self._leave_out(what, answer)
            return
        for index, effect in enumerate(effects):
            try:
                self._carry_out(index, effect, answer)
            except Exception:  # the state has changed already: what else is to be done must not be lost with it
                logger.exception("%s of input %d was not carried out", type(effect).__name__, self.seq)
        self.outputs.changed()
        if self.seq >= self._snapshot_due:
            self.take_snapshot()

    def _carry_out(self, index: int, effect: Effect, answer: asyncio.Future[Accepted | Refused] | None) -> None:
        kept = _kept(effect)
        if kept is not None:
            self.outputs.record(self.seq, index, kept)
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
        self.journal.skip(self.seq, self.at)
        seq, at = self.seq, self.at
        self.restore(self.journal.load(), facts=False)
        self.seq, self.at = max(seq, self.seq), max(at, self.at)
        self._refuse(what, answer)

    def _refuse(self, what: Input, answer: asyncio.Future[Accepted | Refused] | None) -> None:
        self.counters.bad_inputs += 1
        if answer is not None and not answer.done():
            answer.set_exception(EngineFailedError(type(what).__name__))

    # Memory

    def start(self) -> None:
        """Become what the journal remembers; facts of the replay go to the ledger again."""
        memory = self.journal.load()
        self.restore(memory)
        self.clock = self._make_clock(self.at)
        self.timers.reset(self.engine.state.timers, not_before=self.clock.now() + GRACE_S)

    def restore(self, memory: Memory, *, facts: bool = True) -> None:
        """Replay; inputs that the engine cannot take are left out for good."""
        for _ in range(MOST_BAD_INPUTS):
            found, bad = self._replay(memory)
            if bad is None:
                break
            self.journal.skip(*bad)
            memory = self.journal.load()
        else:
            logger.error("The input log makes no sense: more than %d inputs fail. All of it is left out.", len(found))
            self.engine, found = Engine(memory.state, typed_number), []
        if facts:
            for seq, index, fact in found:
                self.outputs.record(seq, index, fact)
        self.seq, self.at = memory.seq, memory.at
        self._snapshot_due = memory.seq - len(memory.inputs) + SNAPSHOT_EVERY
        self.timers.reset(self.engine.state.timers)
        self.outputs.rebuilt()
        if bad is not None:
            self.take_snapshot()  # what was left out must not come back

    def _replay(self, memory: Memory) -> tuple[list[tuple[int, int, Fact | SendMessage]], tuple[int, float] | None]:
        """The facts, and None or the number and instant of the input which cannot be taken."""
        memory.state.config = replace(memory.state.config, secret=self._codes_secret)
        self.engine = Engine(memory.state, typed_number)
        found: list[tuple[int, int, Fact | SendMessage]] = []
        for seq, at, what in memory.inputs:
            try:
                effects = self.engine.handle(_with_secret(what, self._codes_secret), at)
            except Exception:
                logger.exception("The engine cannot take input %d of the input log again; it is left out.", seq)
                return found, (seq, at)
            kept = ((index, _kept(effect)) for index, effect in enumerate(effects))
            found += [(seq, index, what) for index, what in kept if what is not None]
        self.engine.touched.clear()
        return found, None

    def take_snapshot(self) -> None:
        """Write the state down, so that a restart has little to replay."""
        state = self.engine.state
        config, state.config = state.config, replace(state.config, secret="")
        try:
            is_taken = self.journal.take_snapshot(self.seq, self.at, state)
        finally:
            state.config = config
        self._snapshot_due = self.seq + (SNAPSHOT_EVERY if is_taken else AGAIN_EVERY)

    @property
    def state(self) -> State:
        """The engine's state; read it, never change it."""
        return self.engine.state


def _kept(effect: Effect) -> Fact | SendMessage | None:
    """What the ledger keeps of an effect."""
    if isinstance(effect, RecordFact):
        return effect.fact
    return effect if isinstance(effect, SendMessage) else None


def _with_secret(what: Input, secret: str) -> Input:
    """The input as the engine sees it, or ("") as it is written down."""
    if isinstance(what, ConfigChanged) and what.config.secret != secret:
        return replace(what, config=replace(what.config, secret=secret))
    return what
