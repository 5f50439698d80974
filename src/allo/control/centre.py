"""The centre at work: the runner joined with telephones, ledger, feed, recordings and the set-up.

Decides the order of a start: remember (replay), answer (API), read the set-up, connect the telephones, reconcile,
go on. Each part knows nothing of the others; what passes between them passes here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import Error

from allo.ari.telephony import Telephony, TelephonyAwayError
from allo.control.arrivals import LOOK_UP_WITHIN_S, Arrivals, Known, look_up
from allo.control.configuration import Configuration
from allo.control.database import Database
from allo.control.feed import Feed
from allo.control.journal import Journal
from allo.control.messages import Messages
from allo.control.recording_keeper import RecordingKeeper
from allo.control.recordings import Recordings
from allo.control.runner import Runner
from allo.control.spoken import Spoken
from allo.control.today import COUNTED, Today
from allo.control.views import Value, Views
from allo.core.effects import Effect, SendMessage
from allo.core.facts import CallEnded, Fact
from allo.data.ledger import Entry, Ledger
from allo.data.reading import calls_customers, facts_since
from allo.installation import Installation
from allo.tasks import Tasks

logger = logging.getLogger(__name__)

TICK_S = 1.0
RECONCILE_AGAIN_S = 0.5
FIRST_SETUP_WITHIN_S = 1.5
COUNT_AT_ONCE = 2_000
FIGURES_AGAIN_S = 5.0


class Centre:
    """Everything control does, but for its doors (`api`)."""

    def __init__(
        self, installation: Installation, make_telephony: Callable[[Installation, Callable[[str], str]], Telephony]
    ) -> None:
        self.installation = installation
        self.telephony = make_telephony(installation, self._media_of)
        self.loop = asyncio.get_running_loop()
        self.tasks = Tasks()
        self.database = Database("database")
        self.runner = Runner(Journal(installation.journal_folder), codes_secret=installation.secrets().codes_secret)
        self.runner.outputs = self
        self.ledger = Ledger(installation.journal_folder / "rejected-facts.jsonl", self._written_in_thread)
        self.started_at = self.runner.clock.now()
        self.today = Today(installation.zone, self.started_at)
        self.known_customers: dict[str, str] = {}
        self.feed = Feed(int(self.started_at * 1000), self._views)
        self.arrivals = Arrivals(self.runner.put, self._look_up, self.tasks, self._country)
        self.configuration = Configuration(self.database, self.telephony, self.runner.put)
        self.recordings = RecordingKeeper(
            Recordings(installation.recordings_folder, installation.zone),
            Database("recordings"),
            is_on=installation.record_calls,
            living=lambda: list(self.runner.state.calls),
            switch=self._switch_recording,
            spoken=Spoken(installation.recordings_folder, installation.zone, self.telephony.message_file),
        )
        self.messages = Messages(Database("messages"))
        self._link_since_at = self.started_at
        self._must_reconcile = asyncio.Event()
        self.telephony.on_event = self.arrivals.event
        self.telephony.on_link = self._link

    # Start and stop

    def remember(self) -> None:
        """Replay the journal: the state is what it was; the ledger gets what it may lack."""
        self.ledger.start()
        self.runner.start()
        self.started_at = self._link_since_at = self.runner.clock.now()  # never before what is remembered
        self.today.turn_page(self.started_at)
        self.feed.seq = int(self.started_at * 1000)
        self.feed.touch_all()
        state = self.runner.state
        logger.info(
            "Remembered %d calls and %d agents after input %d of the input log.",
            len(state.calls), len(state.agents), self.runner.seq,
        )  # fmt: skip

    def start(self) -> None:
        """Begin all endless work; the API may answer before this."""
        self.tasks.keep("the runner", self.runner.run)
        self.tasks.every("the centre's tick", TICK_S, self._tick)
        self.tasks.keep("the set-up's watch", partial(self.configuration.run, lambda: self.runner.state.config))
        self.tasks.keep("the telephones", self._run_telephony)
        self.tasks.keep("the comparison with Asterisk", self._reconcile)
        self.tasks.once("reading today's figures", self._read_today)
        self.tasks.keep("messages to customers", self.messages.run)
        self.recordings.start(self.tasks)

    async def _run_telephony(self) -> None:
        # A caller before the first set-up would hear "no such number"; with a remembered one, silence for a greeting.
        within_s = FIRST_SETUP_WITHIN_S if self.runner.state.config.numbers else None
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.configuration.first.wait()
        await self.telephony.run()

    async def stop(self) -> None:
        """End, with everything written down."""
        await self.tasks.stop()
        self.runner.drain()
        self.runner.timers.reset({})
        self.runner.take_snapshot()
        if await asyncio.to_thread(self.ledger.stop, 3.5):
            self.runner.journal.ledger_has(self.runner.seq)
        else:
            logger.warning("The database did not take all facts; they are in the input log.")
        self.runner.journal.close()
        await asyncio.gather(self.database.close(), self.recordings.close(), self.messages.close())

    def _media_of(self, prompt: str) -> str:
        return self.configuration.media_of(prompt)

    # The runner's outputs

    def carry_out(self, effect: Effect) -> None:
        """To the telephones."""
        self.telephony.carry_out(effect)

    def record(self, seq: int, index: int, fact: Fact | SendMessage) -> None:
        """To the ledger, and into today's figures."""
        uid = f"{self.runner.journal.epoch}-{seq}-{index}"
        self.ledger.put(seq, uid, fact)
        if not isinstance(fact, SendMessage):
            self.feed.touch(self.today.add(uid, fact, self.runner.state))

    def changed(self) -> None:
        """To the feed."""
        touched = self.runner.engine.touched
        if touched:
            self.feed.touch(touched)
            touched.clear()

    def rebuilt(self) -> None:
        """The state was made anew: everything may have changed, and Asterisk may be ahead of us."""
        self.feed.touch_all()
        self._must_reconcile.set()

    # What comes back

    def _written_in_thread(self, entries: Sequence[Entry], customers: dict[str, str]) -> None:
        with suppress(RuntimeError):  # the loop has ended: the process is leaving
            self.loop.call_soon_threadsafe(self._written, entries, customers)

    def _written(self, entries: Sequence[Entry], customers: dict[str, str]) -> None:
        state = self.runner.state
        for call_id, customer_id in customers.items():
            if call_id in state.calls:
                self.known_customers[call_id] = customer_id
                self.feed.touch([("call", call_id)])
        for entry in entries:
            if isinstance(entry.fact, CallEnded):
                queue = state.queues.get(entry.fact.queue_id)
                self.recordings.call_ended(entry.fact.call_id, is_wanted=queue is None or queue.is_recorded)
            elif isinstance(entry.fact, SendMessage):
                self.messages.wake()
        self._promote_snapshot()

    def _promote_snapshot(self) -> None:
        oldest = self.ledger.oldest_seq
        self.runner.journal.ledger_has(self.runner.seq if oldest is None else oldest - 1)

    def _link(self, is_up: bool) -> None:
        self._link_since_at = self.runner.clock.now()
        logger.log(logging.INFO if is_up else logging.ERROR, "Asterisk is %s.", "connected" if is_up else "away")
        self._publish_system()
        if is_up:
            self._must_reconcile.set()
            self.configuration.link_is_up()

    async def _reconcile(self) -> None:
        """Whenever the link is new or the state rebuilt, learn what happened while nobody listened. One at a time."""
        while True:
            await self._must_reconcile.wait()
            if not self.telephony.is_up:
                self._must_reconcile.clear()  # the next link sets it again
                continue
            try:
                # Cleared before, not after: what is rebuilt meanwhile must be compared again.
                self._must_reconcile.clear()
                state = self.runner.state
                events = await self.telephony.reconcile(state)
                if state is self.runner.state:
                    for event in events:
                        self.arrivals.event(event)
                    logger.info("Reconciled with Asterisk: %d events.", len(events))
                await self.recordings.tell()
            except TelephonyAwayError as error:
                logger.warning("Asterisk did not answer while reconciling: %s", error)
                self._must_reconcile.set()
                await asyncio.sleep(RECONCILE_AGAIN_S)
            except Exception:
                self._must_reconcile.set()  # `tasks` says it and begins again
                raise

    # Now and then

    def _tick(self) -> None:
        jumped_s = self.runner.clock.check()
        if jumped_s:
            logger.warning(
                "The machine's clock was set by %+.0f s. Calls and timers keep their length; times shown are off until "
                "Allo's clock has drifted there.", jumped_s,
            )  # fmt: skip
        if self.today.turn_page(self.runner.clock.now()):
            self.feed.touch_all()
        for call_id in self.known_customers.keys() - self.runner.state.calls.keys():
            del self.known_customers[call_id]
        self.runner.journal.flush()
        self._promote_snapshot()
        self._publish_system()

    def _publish_system(self) -> None:
        self.feed.publish("system", self._system())

    def _system(self) -> Value:
        return {
            "asterisk": "up" if self.telephony.is_up else "down",
            "asterisk_since_at": self._link_since_at,
            "control_started_at": self.started_at,
            "ledger": "behind" if self.ledger.is_behind else "ok",
            "recording": self.recordings.state,
            "config_revision": self.runner.state.config.revision,
            "time_zone": str(self.installation.zone),
            "input_log": "failing" if self.runner.journal.is_failing else "ok",
            "bad_inputs": self.runner.counters.bad_inputs,
            "clock_off_s": round(self.runner.clock.off_s),
            "lines": dict(self.configuration.line_states),
            "registrations": dict(self.configuration.registrations),
            "outgoing_line": self.configuration.outgoing_line.id if self.configuration.outgoing_line else "",
        }

    def health(self) -> dict[str, Any]:
        """What /health tells beside being there."""
        return {
            "ok": True,
            "asterisk": self.telephony.is_up,
            "calls": len(self.runner.state.calls),
            "seq": self.feed.seq,
        }

    def _views(self) -> Views:
        return Views(self.runner.state, self.today, self.known_customers)

    def _country(self) -> str:
        return self.runner.state.config.country

    async def _look_up(self, caller: str) -> Known:
        return await self.database.run(lambda: look_up(caller), LOOK_UP_WITHIN_S)

    async def _switch_recording(self, is_on: bool) -> None:
        if self.telephony.is_up:
            await self.telephony.set_recording(is_on)

    async def _read_today(self) -> None:
        """Today's figures from before this start, and the customers of calls under way."""
        begins_at = self.today.begins_at
        database = Database("figures")  # its own thread: a busy day's facts take seconds, and look-ups must not wait
        try:
            while True:
                try:
                    calls = list(self.runner.state.calls)
                    self.known_customers.update(await database.run(partial(calls_customers, calls)))
                    facts = await database.run(lambda: facts_since(begins_at, COUNTED))
                    break
                except Error as error:
                    logger.warning("Today's figures cannot be read yet: %s", error)
                    await asyncio.sleep(FIGURES_AGAIN_S)
        finally:
            await database.close()
        for place in range(0, len(facts), COUNT_AT_ONCE):
            self.today.add_all(facts[place : place + COUNT_AT_ONCE], self.runner.state)
            await asyncio.sleep(0)
        self.feed.touch_all()
