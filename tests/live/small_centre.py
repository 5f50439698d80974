"""Telephony with a real engine behind it and nothing else: no journal, no database, no pages."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypeVar

from allo.ari.telephony import Telephony, TelephonyAwayError
from allo.core.call import Call
from allo.core.effects import CancelTimer, Effect, RecordFact, StartTimer
from allo.core.engine import Engine, Input
from allo.core.events import ConfigChanged, Event, TimerFired
from allo.core.facts import Fact
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.core.requests import GoReady, LogIn
from allo.installation import Installation
from tests.waiting import until

E = TypeVar("E")
_START_S = 0.3
"""Asterisk deafens a connection that is made just when it sees the end of the one before (ADR 0004)."""


def a_config(greeting: bool = False, **queue: Any) -> Config:
    """Queue `q`, reached by 100, with agent 5."""
    agent = Agent("5", "Ann", "PJSIP/agent-5", (Membership("q"),))
    return Config(
        queues={"q": Queue("q", "Sales", greetings=("g",) if greeting else (), **queue)},
        agents={"5": agent},
        numbers={"100": NumberRoute("100", "q")},
    )


class Listener:
    """Telephony alone; the test itself decides what to do. `events` is everything that it said.

    All prompts are `prompt`, but for those in `prompts`.
    """

    def __init__(self, installation: Installation, prompt: str = "sound:allo/prompts/en/please-wait") -> None:
        self.prompts: dict[str, str] = {}
        self.telephony = Telephony(installation, lambda name: self.prompts.get(name, prompt))
        self.telephony.on_event = self.take
        self.telephony.on_link = self.link
        self.events: list[Event] = []
        self.links: list[bool] = []
        self._task: asyncio.Task[None] | None = None

    def take(self, event: Event) -> None:
        """Something happened."""
        self.events.append(event)

    def link(self, is_up: bool) -> None:
        """The connection came or went."""
        self.links.append(is_up)

    async def __aenter__(self) -> Any:
        self._task = asyncio.create_task(self.telephony.run())
        await until(lambda: self.telephony.is_up)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.die()

    async def die(self) -> None:
        """End at once, as a killed process does; the next one needs a moment to start, as a process does."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            await asyncio.sleep(_START_S)

    async def wait_for(self, kind: type[E], **fields: Any) -> E:
        """The first event of a kind with these fields."""

        def found() -> list[E]:
            return [
                one
                for one in self.events
                if isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items())
            ]

        await until(found)
        return found()[0]


class SmallCentre(Listener):
    """The same with an engine that decides."""

    def __init__(self, installation: Installation, engine: Engine | None = None, config: Config | None = None) -> None:
        super().__init__(installation)
        self.engine = engine or Engine()
        self.facts: list[Fact] = []
        self.reconciled = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        if engine is None:
            self.put(ConfigChanged(config or a_config()))
        for timer_id, fires_at in list(self.engine.state.timers.items()):
            self._start_timer(StartTimer(timer_id, fires_at))

    def take(self, event: Event) -> None:
        super().take(event)
        self.put(event)

    def link(self, is_up: bool) -> None:
        super().link(is_up)
        if is_up:
            task = asyncio.create_task(self._reconcile())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reconcile(self) -> None:
        while self.telephony.is_up:
            try:
                for event in await self.telephony.reconcile(self.engine.state):
                    self.take(event)
                self.reconciled += 1
            except TelephonyAwayError:
                await asyncio.sleep(0.1)
            else:
                return

    async def die(self) -> None:
        await super().die()
        for timer in self._timers.values():
            timer.cancel()

    def put(self, what: Input) -> list[Effect]:
        """Let the engine handle an input and carry its effects out."""
        effects = self.engine.handle(what, time.time())
        for effect in effects:
            if isinstance(effect, RecordFact):
                self.facts.append(effect.fact)
            elif isinstance(effect, StartTimer):
                self._start_timer(effect)
            elif isinstance(effect, CancelTimer):
                self._timers.pop(effect.timer_id).cancel()
            else:
                self.telephony.carry_out(effect)
        return effects

    def _start_timer(self, timer: StartTimer) -> None:
        if timer.timer_id in self._timers:
            self._timers.pop(timer.timer_id).cancel()
        delay_s = max(0.0, timer.fires_at - time.time())
        self._timers[timer.timer_id] = asyncio.get_running_loop().call_later(
            delay_s, lambda: (self._timers.pop(timer.timer_id, None), self.put(TimerFired(timer.timer_id)))
        )

    def runs_out(self, timer_id: str) -> None:
        """The moment of a running timer has come: no test waits for it, and none comes too late for it."""
        self._timers.pop(timer_id).cancel()
        self.put(TimerFired(timer_id))

    async def agent_at(self, contact_uri: str) -> None:
        """Agent 5 sits at this telephone and is ready."""
        await self.telephony.make_sip_agent_endpoint("5", contact_uri)
        await until(lambda: self.engine.state.agents["5"].device_up)
        self.put(LogIn("5"))
        self.put(GoReady("5"))

    @property
    def call(self) -> Call:
        """The only call there is."""
        [call] = self.engine.state.calls.values()
        return call


class Proxy:
    """A cable between telephony and Asterisk that can be cut, held still, and plugged in again."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def plug_in(self) -> None:
        """Let connections through, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        await until(lambda: not self._writers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
        else:
            self._writers.add(far_writer)
            if writer.transport.is_closing():  # the cable was cut meanwhile
                far_writer.transport.abort()
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
            self._writers.discard(far_writer)
        self._writers.discard(writer)

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while some := await reader.read(65536):
                writer.write(some)
        except OSError:
            pass
        writer.transport.abort()
