"""Keeps Allo's three processes alive: Asterisk, control, web.

Decides: when a process is dead (it ended, or did not answer three times in a row) and when it is started again (at
once, then with growing pauses). Does not know what the processes do. Invariants: one supervisor an installation (a
lock); a restart of one process never touches another; after `run` returns none of them is left.

    absent --start--> starting --first answer--> up --ended / 3 misses (then SIGKILL)--> absent

A supervisor that is killed leaves its processes behind. The next one finds them by `run/processes.json`: Asterisk,
with its conversations, is taken over when its configuration is the same; the others are ended and started anew.
"""

import asyncio
import fcntl
import json
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from allo.processes import Process

logger = logging.getLogger(__name__)

LOG_LIMIT = 20 * 1024 * 1024


class AlreadyRunningError(Exception):
    """Another supervisor has this installation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one process is started, asked and stopped."""

    name: str
    command: Callable[[], list[str]]
    """Prepares whatever is needed and returns the command; called at every start."""
    answers: Callable[[], Awaitable[bool]]
    """Asks the process; False, an OSError or silence counts as a miss."""
    fingerprint: Callable[[], str] | None = None
    """What a left-over process must match to be taken over; None: never taken over."""
    stop_within_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of the watch, in seconds."""

    between_s: float = 1.0
    answer_within_s: float = 2.0
    misses: int = 3
    start_within_s: float = 60.0
    first_pause_s: float = 0.2
    longest_pause_s: float = 10.0
    calm_s: float = 30.0
    """After so long without trouble the pauses start small again."""


@dataclass(slots=True)
class _State:
    process: Process | None = None
    restarts: int = 0
    up: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Runs the plans in their order and stops them in the reverse one."""

    def __init__(self, plans: list[Plan], run_folder: Path, log_folder: Path, pace: Pace | None = None) -> None:
        self.plans = plans
        self.pace = pace or Pace()
        self.run_folder = run_folder
        self.log_folder = log_folder
        self._states = {plan.name: _State() for plan in plans}
        self._left_over: dict[str, Process] = {}
        self._stopping = asyncio.Event()
        self._lock: TextIO | None = None

    @property
    def record(self) -> Path:
        """Where the processes' identities are kept."""
        return self.run_folder / "processes.json"

    def take_lock(self) -> None:
        """Become this installation's supervisor. Raises AlreadyRunningError."""
        lock = (self.run_folder / "supervisor.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise AlreadyRunningError(f"Allo is running already (process {owner}). To stop it: kill {owner}") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def sort_left_over(self) -> list[str]:
        """End what a killed supervisor left behind, but for what can be taken over: returns the names of that."""
        try:
            kept = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return []
        plans = {plan.name: plan for plan in self.plans}
        for name, entry in kept.items():
            process = Process.find(entry["pid"], entry["ticks"])
            if process is None:
                continue
            plan = plans.get(name)
            if plan and plan.fingerprint and entry.get("fingerprint") == plan.fingerprint():
                self._left_over[name] = process
            else:
                logger.warning("%s was left behind by an earlier run (process %d): ending it", name, process.pid)
                process.stop_now(5.0)
        return sorted(self._left_over)

    async def run(self, when_up: Callable[[], None] | None = None) -> None:
        """Start everything and keep it alive until `stop` is called; returns when all has ended."""
        keepers = [asyncio.create_task(self._keep(plan), name=plan.name) for plan in self.plans]
        announcer = asyncio.create_task(self._announce(when_up))
        try:
            await self._stopping.wait()
        finally:
            for task in (announcer, *keepers):
                task.cancel()
            await asyncio.gather(announcer, *keepers, return_exceptions=True)
            await self._stop_all()
            if self._lock:
                self._lock.close()

    def stop(self) -> None:
        """Stop everything in order; a second time: at once."""
        if self._stopping.is_set():
            for state in self._states.values():
                if state.process:
                    state.process.signal(signal.SIGKILL)
        self._stopping.set()

    async def _announce(self, when_up: Callable[[], None] | None) -> None:
        for state in self._states.values():
            await state.up.wait()
        if when_up:
            when_up()

    async def _stop_all(self) -> None:
        *others, first = reversed(self.plans)  # Asterisk last: control still tells it what to end
        await asyncio.gather(*(self._stop_one(plan) for plan in others))
        await self._stop_one(first)
        self.record.unlink(missing_ok=True)

    async def _stop_one(self, plan: Plan) -> None:
        process = self._states[plan.name].process
        if process:
            await process.stop(plan.stop_within_s)
            logger.info("%s stopped", plan.name)

    async def _keep(self, plan: Plan) -> None:
        state = self._states[plan.name]
        pause_s = self.pace.first_pause_s
        while True:
            began = time.monotonic()
            try:
                state.process = self._left_over.pop(plan.name, None) or self._start(plan)
                logger.info("%s started (process %d)", plan.name, state.process.pid)
                self._write_record()
                trouble = await self._watch(plan, state)
            except Exception as error:  # noqa: BLE001  one process's failed start must not stop the others
                trouble = f"could not be started: {error}"
                if state.process and state.process.is_running():
                    await state.process.stop(plan.stop_within_s)  # never a second one beside it
            if time.monotonic() - began > self.pace.calm_s:
                pause_s = self.pace.first_pause_s
            log = self.log_folder / f"{plan.name}.log"
            logger.error("%s %s (see %s); starting it again in %.1f s", plan.name, trouble, log, pause_s)
            state.restarts += 1
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, self.pace.longest_pause_s)

    def _start(self, plan: Plan) -> Process:
        log = self.log_folder / f"{plan.name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return Process.start(plan.command(), log)

    async def _watch(self, plan: Plan, state: _State) -> str:
        """Returns in words why the process is no more."""
        process = state.process
        assert process is not None  # the caller has just set it
        end = asyncio.create_task(process.ended())
        hang = asyncio.create_task(self._until_silent(plan, state))
        try:
            await asyncio.wait({end, hang}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                logger.error("%s does not answer: ending it", plan.name)
                process.signal(signal.SIGKILL)
                await end
                return "did not answer"
            return end.result()
        finally:
            end.cancel()
            hang.cancel()
            await asyncio.gather(end, hang, return_exceptions=True)

    async def _until_silent(self, plan: Plan, state: _State) -> None:
        """Returns when the process has not answered for too long."""
        patience_until = time.monotonic() + self.pace.start_within_s
        answered, misses = False, 0
        while True:
            asked_at = time.monotonic()
            if await self._asked(plan):
                if not answered:
                    logger.info("%s answers", plan.name)
                answered, misses = True, 0
                state.up.set()
            elif answered:
                misses += 1
            if misses >= self.pace.misses or (not answered and time.monotonic() > patience_until):
                return
            # While it starts it is asked more often, so that nobody waits for the next full second.
            between_s = self.pace.between_s if answered else self.pace.between_s / 10
            await asyncio.sleep(max(0.0, asked_at + between_s - time.monotonic()))

    async def _asked(self, plan: Plan) -> bool:
        try:
            async with asyncio.timeout(self.pace.answer_within_s):
                return await plan.answers()
        except Exception:  # noqa: BLE001  whatever goes wrong in asking, it has not answered
            return False

    def _write_record(self) -> None:
        plans = {plan.name: plan for plan in self.plans}
        entries = {
            name: {
                "pid": state.process.pid,
                "ticks": state.process.ticks,
                "fingerprint": fingerprint() if (fingerprint := plans[name].fingerprint) else "",
            }
            for name, state in self._states.items()
            if state.process
        }
        draft = self.record.with_suffix(".new")
        try:
            draft.write_text(json.dumps(entries))
            draft.replace(self.record)
        except OSError as error:  # a full disk: all goes on, but a next supervisor could not take over
            logger.error("Which processes run could not be written down: %s", error)  # noqa: TRY400
