"""The runner: one input after another, replays that equal the live run, inputs that the engine cannot take."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.control import runner as runner_module
from allo.control.clock import Clock
from allo.control.journal import Journal
from allo.control.runner import GRACE_S, EngineFailedError, Runner
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.effects import Accepted, EndLeg, OfferCall, Refused
from allo.core.engine import Engine, Input
from allo.core.facts import CallAnswered, CallEnded, CallStarted
from allo.core.model import Config
from allo.core.refusal import Refusal
from tests.control.centres import INPUTS, SECRET, Outputs, config, conversation, opening
from tests.control.test_journal import full_disk
from tests.control.virtual_time import virtually


class Walls:
    """The machine's clock, which somebody may set; time passes with the loop."""

    def __init__(self) -> None:
        self.off_s = 1_700_000_000.0
        self.loop = asyncio.get_running_loop()

    def clock(self, not_before: float) -> Clock:
        return Clock(not_before, lambda: self.loop.time() + self.off_s, self.loop.time)


def started(folder: Path, walls: Walls | None = None, secret: str = "") -> tuple[Runner, Outputs]:
    runner = Runner(Journal(folder), (walls or Walls()).clock, codes_secret=secret)
    runner.outputs = outputs = Outputs()
    runner.start()
    return runner, outputs


def pending(runner: Runner) -> int | None:
    return runner.journal.pending_seq


def said(runner: Runner, inputs: list[Input]) -> None:
    for what in inputs:
        runner.take(what)


@virtually
async def test_inputs_are_taken_in_their_order_and_requests_are_answered(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    running = asyncio.create_task(runner.run())
    for what in opening():
        runner.put(what)
    assert await runner.ask(rq.TakeBreak("1", "5")) == Accepted()
    answer = await runner.ask(rq.TakeBreak("1", "nonsense"))
    assert answer == Refused(Refusal.UNKNOWN_BREAK)
    assert runner.seq == runner.counters.inputs == 12
    running.cancel()


@virtually
async def test_an_input_is_on_disk_before_the_engine_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, _ = started(tmp_path)
    lengths: list[int] = []
    handle = Engine.handle

    def look(engine: Engine, what: Input, now: float) -> list[Any]:
        lengths.append(len(runner.journal._path.read_bytes().splitlines()))
        return handle(engine, what, now)

    monkeypatch.setattr(Engine, "handle", look)
    said(runner, opening())
    assert lengths == list(range(2, 12))


@settings(max_examples=40)
@given(
    inputs=st.lists(st.tuples(INPUTS, st.sampled_from((0.0, 0.3, 8.0, 20.0))), max_size=40),
    snapshot_at=st.integers(0, 60),
    has_ledger=st.booleans(),
)
def test_a_replay_equals_the_live_run(
    tmp_path_factory: pytest.TempPathFactory,
    inputs: list[tuple[Input, float]],
    snapshot_at: int,
    *,
    has_ledger: bool,
) -> None:
    """State, instants, timers, and every fact with its uid; whether a snapshot lies in between or not."""

    @virtually
    async def run() -> None:
        folder = tmp_path_factory.mktemp("journal")
        live, outputs = started(folder, secret=SECRET)
        running = asyncio.create_task(live.run())
        for place, (what, pause_s) in enumerate([(one, 0.0) for one in opening()] + inputs):
            live.put(what)
            await asyncio.sleep(pause_s)
            if place == snapshot_at:
                live.take_snapshot()
                if has_ledger:
                    live.journal.ledger_has(live.seq)
                    outputs.facts.clear()
        running.cancel()  # a kill: nothing is closed
        live.drain()
        again, remembered = started(folder, secret=SECRET)
        assert msgspec.json.encode(again.state) == msgspec.json.encode(live.state)
        assert (again.seq, again.at) == (live.seq, live.at)
        assert remembered.facts == outputs.facts
        assert again.journal.epoch == live.journal.epoch
        assert again.timers.keys() == live.timers.keys() == set(live.state.timers)
        assert not remembered.effects, "a replay rings nobody"

    run()


@virtually
async def test_new_facts_never_have_the_uid_of_old_ones(tmp_path: Path) -> None:
    seen: set[tuple[int, int]] = set()
    for life in range(3):
        runner, outputs = started(tmp_path)
        outputs.facts.clear()
        said(runner, [*(opening() if life == 0 else []), *conversation(f"c{life}")])
        fresh = {(seq, index) for seq, index, _ in outputs.facts}
        assert len(fresh) == len(outputs.facts)
        assert not fresh & seen
        seen |= fresh
        if life == 1:
            runner.take_snapshot()
            runner.journal.ledger_has(runner.seq)


# Inputs that the engine cannot take


class Breaks:
    """Makes the engine raise for some inputs, after it has begun to change the state."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *poison: Input) -> None:
        self.poison = poison
        handle = Engine.handle

        def fail(engine: Engine, what: Input, now: float) -> list[Any]:
            if what in self.poison:
                engine.state.agents.clear()
                raise KeyError(what)
            return handle(engine, what, now)

        monkeypatch.setattr(Engine, "handle", fail)


@virtually
async def test_a_bad_input_is_left_out_and_the_state_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Breaks(monkeypatch, rq.Hold("1", "c1"))
    runner, outputs = started(tmp_path)
    said(runner, [*opening(), *conversation()[:3]])
    before = msgspec.json.encode(runner.state)
    running = asyncio.create_task(runner.run())
    with pytest.raises(EngineFailedError):
        await runner.ask(rq.Hold("1", "c1"))
    running.cancel()
    assert msgspec.json.encode(runner.state) == before
    assert runner.counters.bad_inputs == 1
    assert outputs.rebuilds == 2, "the feed and Asterisk are compared anew"
    facts = list(outputs.facts)
    said(runner, conversation()[4:])
    assert len({(seq, index) for seq, index, _ in outputs.facts}) == len(outputs.facts)
    assert outputs.facts[: len(facts)] == facts, "the rebuild tells the ledger nothing twice"
    again, _ = started(tmp_path)
    assert msgspec.json.encode(again.state) == msgspec.json.encode(runner.state)


@virtually
async def test_a_bad_input_on_a_full_disk_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Breaks(monkeypatch, ev.DeviceUp("666"))
    runner, _ = started(tmp_path)
    said(runner, opening())
    with full_disk(1):
        said(runner, [*conversation()[:3], ev.DeviceUp("666"), rq.Hold("1", "c1")])
        assert runner.journal.is_failing
        assert runner.state.calls["c1"].state.value == "held"
    assert runner.journal.flush()
    again, _ = started(tmp_path)
    assert msgspec.json.encode(again.state) == msgspec.json.encode(runner.state)


@virtually
async def test_a_new_version_that_cannot_take_old_inputs_starts_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, _ = started(tmp_path)
    said(runner, [*opening(), *conversation()])
    Breaks(monkeypatch, rq.Hold("1", "c1"), rq.Resume("1", "c1"))
    again, outputs = started(tmp_path)
    facts = [fact for _, _, fact in outputs.facts]
    assert sum(isinstance(fact, CallEnded) for fact in facts) == 1
    assert len({(seq, index) for seq, index, _ in outputs.facts}) == len(facts), "each fact is handed over once"
    assert again.seq == runner.seq


@virtually
async def test_a_log_of_which_nothing_can_be_taken_starts_empty_and_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, _ = started(tmp_path)
    said(runner, [ev.DeviceUp(str(number)) for number in range(10)])
    monkeypatch.setattr(runner_module, "MOST_BAD_INPUTS", 5)
    with monkeypatch.context() as patch:
        Breaks(patch, *(ev.DeviceUp(str(number)) for number in range(10)))
        again, _ = started(tmp_path)
        assert not again.state.agents
        assert again.seq == 10
    again.journal.ledger_has(again.seq)
    said(again, opening())
    third, _ = started(tmp_path)
    assert msgspec.json.encode(third.state) == msgspec.json.encode(again.state)


@virtually
async def test_what_cannot_be_written_down_is_refused_and_nothing_else_suffers(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    running = asyncio.create_task(runner.run())
    with pytest.raises(EngineFailedError):
        await runner.ask(rq.TakeBreak("1", "\ud800"))
    runner.put(ev.DeviceUp("\ud800"))
    for what in opening():
        runner.put(what)
    assert await runner.ask(rq.GoReady("1")) == Accepted()
    assert runner.counters.bad_inputs == 2
    running.cancel()


@virtually
async def test_an_output_that_fails_takes_no_other_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, outputs = started(tmp_path)
    said(runner, opening())

    def fail(_effect: object) -> None:
        raise OSError("the telephone fell into the sea")

    monkeypatch.setattr(outputs, "carry_out", fail)
    said(runner, conversation()[:3])
    kinds = {type(fact) for _, _, fact in outputs.facts}
    assert {CallStarted, CallAnswered} <= kinds


@virtually
async def test_a_request_whose_asker_gave_up_is_not_carried_out_later(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    said(runner, opening())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await runner.ask(rq.TakeBreak("1", "5"))  # nobody runs the runner yet
    runner.drain()
    assert runner.state.agents["1"].state is AgentState.READY


# Instants and timers


@virtually
async def test_instants_never_decrease_over_a_clock_set_back_and_a_restart(tmp_path: Path) -> None:
    walls = Walls()
    runner, _ = started(tmp_path, walls)
    said(runner, opening())
    at = runner.at
    walls.off_s -= 86_400
    said(runner, conversation()[:2])
    assert runner.at == at
    again, _ = started(tmp_path, walls)
    said(again, conversation()[2:3])
    assert again.at >= at
    assert again.state.calls["c1"].state.value == "talking"


@virtually
async def test_an_offer_that_ran_out_while_control_was_away_may_have_been_answered(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    said(runner, [*opening(), *conversation()[:2]])
    runner.timers.reset({})  # killed
    await asyncio.sleep(60)
    again, outputs = started(tmp_path)
    running = asyncio.create_task(again.run())
    await asyncio.sleep(GRACE_S / 2)  # Asterisk is asked, and tells:
    again.put(ev.LegAnswered("c1-a1"))
    await asyncio.sleep(GRACE_S * 2)
    assert again.state.calls["c1"].state.value == "talking"
    assert EndLeg("c1-a1") not in outputs.effects
    running.cancel()


@virtually
async def test_an_offer_that_ran_out_and_was_not_answered_expires_after_the_grace(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    said(runner, [*opening(), *conversation()[:2]])
    runner.timers.reset({})
    await asyncio.sleep(60)
    again, outputs = started(tmp_path)
    running = asyncio.create_task(again.run())
    await asyncio.sleep(GRACE_S + 0.1)
    assert EndLeg("c1-a1") in outputs.effects
    assert [effect.agent_id for effect in outputs.effects if isinstance(effect, OfferCall)] == ["2"]
    running.cancel()


@virtually
async def test_a_snapshot_is_taken_now_and_then_and_again_while_it_must_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "SNAPSHOT_EVERY", 50)
    monkeypatch.setattr(runner_module, "AGAIN_EVERY", 5)
    runner, _ = started(tmp_path)
    inputs: list[Input] = [ev.DeviceUp("1")] * 49
    said(runner, inputs)
    assert pending(runner) is None
    said(runner, [ev.DeviceUp("1")])
    assert pending(runner) == 50
    said(runner, inputs)
    said(runner, [ev.DeviceUp("1")])
    assert pending(runner) == 50, "the ledger has not its facts yet"
    runner.journal.ledger_has(runner.seq)
    said(runner, inputs[:5])
    assert pending(runner) == 105


@virtually
async def test_a_configuration_survives_the_restart(tmp_path: Path) -> None:
    runner, _ = started(tmp_path)
    runner.take(ev.ConfigChanged(config(7)))
    again, _ = started(tmp_path)
    assert again.state.config == config(7)
    assert isinstance(again.state.config, Config)
