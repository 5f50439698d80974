"""The parts joined: comparisons with Asterisk, what the ledger tells, snapshots, the pages' `system`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from allo.control.arrivals import STRANGER, Known
from allo.control.centre import RECONCILE_AGAIN_S, Centre
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call_states import GREETED, WAITING
from allo.core.effects import AnswerCall
from allo.core.model import CallbackRules, Dialling, FloodRule, Queue
from allo.data.ledger import Entry
from allo.installation import Installation
from tests.control.centres import config, conversation, opening
from tests.control.fake_telephony import FakeTelephony
from tests.control.virtual_time import virtually


@dataclass
class Joined:
    centre: Centre
    telephony: FakeTelephony

    @classmethod
    def make(cls, here: Installation) -> Joined:
        """Without the parts that need a database: those are shown with whole processes."""
        centre = Centre(here, FakeTelephony)  # type: ignore[arg-type]
        centre.runner.start()
        centre.tasks.keep("the runner", centre.runner.run)
        centre.tasks.keep("the comparison with Asterisk", centre._reconcile)
        telephony: Any = centre.telephony
        return cls(centre, telephony)

    async def end(self) -> None:
        await self.centre.tasks.stop()
        self.centre.runner.timers.reset({})
        self.centre.runner.journal.close()


@virtually
async def test_what_happened_while_nobody_listened_is_learnt(installation: Installation) -> None:
    joined = Joined.make(installation)
    for what in [*opening(), *conversation()[:3]]:
        joined.centre.runner.put(what)
    await asyncio.sleep(0.1)
    joined.telephony.missed = [ev.LegEnded("c1"), ev.CallArrived("c2", "100")]
    joined.telephony.link(True)
    await asyncio.sleep(0.1)
    assert set(joined.centre.runner.state.calls) == {"c2"}
    assert AnswerCall("c2") in joined.telephony.effects
    assert joined.telephony.records is True
    await joined.end()


@virtually
async def test_a_comparison_that_fails_is_made_again_until_it_works(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    joined = Joined.make(installation)
    joined.telephony.unreachable_times = 3
    joined.telephony.fault = KeyError("a bug")
    joined.telephony.link(True)
    await asyncio.sleep(RECONCILE_AGAIN_S * 3 + 1)
    assert joined.telephony.reconciled == 5, "three without an answer, one with a fault, one that works"
    assert "the comparison with Asterisk failed" in caplog.text
    await asyncio.sleep(60)
    assert joined.telephony.reconciled == 5
    await joined.end()


@virtually
async def test_without_a_link_nothing_is_compared_and_the_next_link_is(installation: Installation) -> None:
    joined = Joined.make(installation)
    joined.telephony.unreachable_times = 1000
    joined.telephony.link(True)
    await asyncio.sleep(2)
    joined.telephony.link(False)
    count = joined.telephony.reconciled
    await asyncio.sleep(60)
    assert joined.telephony.reconciled - count <= 1
    joined.telephony.unreachable_times = 0
    joined.telephony.missed = [ev.CallArrived("c1", "999")]
    joined.telephony.link(True)
    await asyncio.sleep(1)
    assert "c1" in joined.centre.runner.state.calls
    await joined.end()


@virtually
async def test_a_state_rebuilt_while_it_was_compared_is_compared_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = Joined.make(installation)
    compared: list[object] = []

    async def reconcile(state: object) -> list[ev.Event]:
        compared.append(state)
        await asyncio.sleep(1)
        return []

    monkeypatch.setattr(joined.telephony, "reconcile", reconcile)
    joined.telephony.link(True)
    await asyncio.sleep(0.5)
    runner = joined.centre.runner
    runner.restore(runner.journal.load(), facts=False)
    await asyncio.sleep(5)
    assert len(compared) == 2
    assert compared[-1] is runner.state
    await joined.end()


@virtually
async def test_a_snapshot_is_promoted_when_the_oldest_waiting_fact_is_behind_it(installation: Installation) -> None:
    joined = Joined.make(installation)
    centre, written = joined.centre, joined.centre.ledger._waiting
    for what in [*opening(), *conversation()]:
        centre.runner.take(what)
    centre.runner.take_snapshot()
    pending = centre.runner.journal.pending_seq
    assert pending == centre.runner.seq
    while len(written) > 1:
        centre._written([written.popleft()], {})
        assert centre.runner.journal.pending_seq == pending
    centre._written([written.popleft()], {})
    assert vars(centre.runner.journal)["_pending_seq"] is None
    await joined.end()


@virtually
async def test_a_customer_made_by_the_ledger_is_seen_in_the_call_and_forgotten_with_it(
    installation: Installation,
) -> None:
    joined = Joined.make(installation)
    for what in [*opening(), *conversation()[:2]]:
        joined.centre.runner.take(what)
    joined.centre._written([], {"c1": "77", "long gone": "78"})
    joined.centre.feed.flush()
    assert joined.centre.feed.items["call:c1"]["customer_id"] == "77"
    joined.centre.runner.take(ev.LegEnded("c1"))
    joined.centre._tick()
    assert joined.centre.known_customers == {}
    await joined.end()


@virtually
async def test_an_ended_call_s_recording_is_finished_as_its_queue_wishes(installation: Installation) -> None:
    joined = Joined.make(installation)
    for what in [*opening(), *conversation()]:
        joined.centre.runner.take(what)
    entries: list[Entry] = list(joined.centre.ledger._waiting)
    joined.centre._written(entries, {})
    assert joined.centre.recordings._finished.get_nowait() == ("c1", True)
    assert joined.centre.recordings._finished.empty()
    await joined.end()


@virtually
async def test_the_pages_learn_of_a_clock_that_was_set_and_a_log_that_fails(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    joined = Joined.make(installation)
    joined.centre._tick()
    system = joined.centre.feed.items["system"]
    assert (system["asterisk"], system["ledger"], system["input_log"], system["clock_off_s"]) == ("down", "ok", "ok", 0)
    clock = joined.centre.runner.clock
    wall = clock._wall
    monkeypatch.setattr(clock, "_wall", lambda: wall() + 3600)
    joined.centre.runner.journal.is_failing = True
    joined.centre.runner.journal._unwritten.append(b"x" * 10)
    monkeypatch.setattr(joined.centre.runner.journal, "flush", lambda: False)
    joined.centre._tick()
    system = joined.centre.feed.items["system"]
    assert (system["clock_off_s"], system["input_log"]) == (3600, "failing")
    assert "clock was set by +3600 s" in caplog.text
    await joined.end()


@virtually
async def test_midnight_publishes_fresh_figures(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    joined = Joined.make(installation)
    for what in [*opening(), *conversation(), rq.GoReady("1")]:
        joined.centre.runner.take(what)
    joined.centre.feed.flush()
    assert joined.centre.feed.items["queue:10"]["today"]["answered"] == 1
    monkeypatch.setattr(joined.centre.today, "ends_at", joined.centre.runner.clock.now())
    joined.centre._tick()
    joined.centre.feed.flush()
    assert joined.centre.feed.items["queue:10"]["today"]["answered"] == 0
    assert joined.centre.feed.items["agent:1"]["today"]["answered"] == 0
    await joined.end()


class Now:
    """A database thread that is done at once."""

    async def run(self, work: Any, within_s: float | None = None) -> Any:
        return work()


@virtually
async def test_a_full_disk_stops_recording_and_no_call(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = Joined.make(installation)
    keeper, free = joined.centre.recordings, [0]
    monkeypatch.setattr(keeper, "_database", Now())
    monkeypatch.setattr(keeper.recordings, "_free_bytes", lambda _folder: free[0])
    joined.telephony.link(True)
    await asyncio.sleep(0.1)
    await keeper.look_at_disk()
    joined.centre._tick()
    assert joined.centre.feed.items["system"]["recording"] == "disk_full"
    assert joined.telephony.records is False
    for what in [*opening(), *conversation()[:3]]:
        joined.centre.runner.put(what)
    await asyncio.sleep(0.1)
    assert joined.centre.runner.state.calls["c1"].state.value == "talking"
    joined.telephony.link(False)
    joined.telephony.records = None
    joined.telephony.link(True)  # another Asterisk, which records by default
    await asyncio.sleep(0.1)
    assert vars(joined.telephony)["records"] is False
    free[0] = 10**12
    await keeper.look_at_disk()
    joined.centre._tick()
    assert joined.centre.feed.items["system"]["recording"] == "ok"
    assert vars(joined.telephony)["records"] is True
    await joined.end()


@virtually
async def test_a_caller_is_one_caller_and_a_number_one_number_however_it_is_sent_or_typed(
    installation: Installation,
) -> None:
    joined = Joined.make(installation)

    async def nobody(_caller: str) -> Known:
        return STRANGER

    joined.centre.arrivals._look_up = nobody
    setup = replace(
        config(),
        queues={"20": Queue("20", "Support", callback=CallbackRules(key="1"))},
        country="RU",
        flood=FloodRule(slow_beyond=2),
        dialling=Dialling(("+7*",)),
    )
    joined.centre.runner.put(ev.ConfigChanged(setup))
    await asyncio.sleep(0.1)
    for place, sent in enumerate(("89161234567", "+79161234567", "79161234567", "anonymous")):
        joined.telephony.on_event(ev.CallArrived(f"c{place}", "200", sent))
    await asyncio.sleep(0.1)
    state = joined.centre.runner.state
    assert {caller: len(calls) for caller, calls in state.recent_calls.items()} == {"+79161234567": 3}
    assert [call.state for call in state.calls.values()] == [WAITING, WAITING, GREETED, WAITING], "the third is slowed"
    for call_id, keys in (("c0", "11"), ("c3", "189161112233#1")):
        for key in keys:
            joined.telephony.on_event(ev.KeyPressed(call_id, key))
    await asyncio.sleep(0.1)
    callbacks = [call.callback for call in (state.calls["c0"], state.calls["c3"])]
    assert [one and (one.number, one.agreed_at > 0) for one in callbacks] == [
        ("+79161234567", True),
        ("+79161112233", True),
    ]
    await joined.end()
