"""Timers and the clock: durations are true whatever happens to the machine's time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.control.clock import DRIFT, Clock
from allo.control.process import loop_factory
from allo.control.timers import Timers
from allo.core.events import TimerFired
from tests.control.virtual_time import virtually

NOON = 1_700_000_000.0


class Machine:
    """A wall clock and a monotonic one."""

    def __init__(self) -> None:
        self.monotonic_s = 50.0
        self.wall_at = NOON

    def clock(self, not_before: float = 0.0) -> Clock:
        return Clock(not_before, lambda: self.wall_at, lambda: self.monotonic_s)

    def passes(self, seconds: float) -> None:
        self.monotonic_s += seconds
        self.wall_at += seconds


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0, 86_400.0 * 365, -86_400.0 * 365])
def test_a_jump_is_told_once_and_changes_no_duration(jump_s: float) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.wall_at += jump_s
    machine.passes(1)
    assert clock.check() == pytest.approx(jump_s)
    assert clock.now() - before == pytest.approx(1, abs=DRIFT * 1.01)
    assert clock.off_s == pytest.approx(jump_s, abs=1)
    machine.passes(1)
    assert clock.check() == 0


def test_a_clock_that_is_off_drifts_until_it_is_right() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_at += 10
    for _ in range(int(10 / DRIFT) + 100):
        machine.passes(1)
        clock.check()
    assert clock.now() == pytest.approx(machine.wall_at, abs=0.001)
    assert clock.off_s == pytest.approx(0, abs=0.001)


def test_it_does_not_begin_before_the_last_life_ended() -> None:
    machine = Machine()
    clock = machine.clock(not_before=NOON + 100)
    assert clock.now() == NOON + 100
    assert clock.off_s == pytest.approx(-100)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-1e6, 1e6), st.booleans()), max_size=30))
def test_it_never_goes_backwards_and_never_runs_wild(steps: list[tuple[float, float, bool]]) -> None:
    machine = Machine()
    clock = machine.clock()
    for seconds, jump_s, checks in steps:
        before = clock.now()
        machine.passes(seconds)
        machine.wall_at += jump_s
        if checks:
            clock.check()
        passed_s = clock.now() - before
        assert passed_s >= 0
    total_s = sum(seconds for seconds, _, _ in steps)
    assert clock.now() - NOON == pytest.approx(total_s, rel=DRIFT * 1.01, abs=1e-3)


class Fired:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.timers = Timers(self.loop, self.loop.time)
        self.at: dict[str, float] = {}
        self.timers.fire = self.note
        self.start = self.loop.time()

    def note(self, event: TimerFired) -> None:
        assert event.timer_id not in self.at, "once"
        self.at[event.timer_id] = self.loop.time() - self.start


@virtually
async def test_a_timer_fires_once_at_its_instant() -> None:
    fired = Fired()
    fired.timers.start("a", fired.start + 5)
    fired.timers.start("overdue", fired.start - 5)
    fired.timers.start("moved", fired.start + 1)
    fired.timers.start("moved", fired.start + 8)
    fired.timers.start("cancelled", fired.start + 2)
    fired.timers.cancel("cancelled")
    fired.timers.cancel("never started")
    await asyncio.sleep(20)
    assert fired.at == {"overdue": 0, "a": 5, "moved": 8}
    assert not fired.timers.keys()


@virtually
async def test_a_reset_leaves_exactly_these_and_none_before_the_grace() -> None:
    fired = Fired()
    fired.timers.start("old", fired.start + 1)
    fired.timers.reset({"overdue": fired.start - 9, "soon": fired.start + 1, "later": fired.start + 9}, fired.start + 2)
    await asyncio.sleep(20)
    assert fired.at == {"overdue": 2, "soon": 2, "later": 9}


@pytest.mark.parametrize("make_loop", [asyncio.new_event_loop, loop_factory()])
def test_none_is_early_also_on_a_loop_that_counts_in_milliseconds(
    make_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def fire_many() -> list[float]:
        timers, over = Timers(asyncio.get_running_loop(), time.monotonic), asyncio.Event()
        due = {f"timer {place}": time.monotonic() + 0.0101 + place * 0.0003 for place in range(300)}
        early = []

        def note(event: TimerFired) -> None:
            early.append(due[event.timer_id] - time.monotonic())
            if len(early) == len(due):
                over.set()

        timers.fire = note
        for timer_id, fires_at in due.items():
            timers.start(timer_id, fires_at)
        await over.wait()
        return early

    with asyncio.Runner(loop_factory=make_loop) as runner:
        assert max(runner.run(fire_many())) <= 0


@virtually
async def test_an_absurdly_late_timer_harms_nobody() -> None:
    fired = Fired()
    fired.timers.start("in a million years", fired.start + 3e13)
    fired.timers.start("a", fired.start + 1)
    await asyncio.sleep(5)
    assert fired.at == {"a": 1}
    fired.timers.reset({})
