"""Background tasks: one that dies is logged and started again, and nothing dies unseen."""

from __future__ import annotations

import asyncio

import pytest

from allo.tasks import LONGEST_PAUSE_S, Tasks
from tests.control.virtual_time import virtually


class Work:
    """Fails every time, and remembers when it was begun."""

    def __init__(self, error: BaseException | None = None, works_s: float = 0.0) -> None:
        self.error = error
        self.works_s = works_s
        self.began_at: list[float] = []

    async def __call__(self) -> None:
        self.began_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.works_s)
        if self.error:
            raise self.error


@virtually
async def test_what_dies_is_said_and_started_again_with_growing_pauses(caplog: pytest.LogCaptureFixture) -> None:
    tasks, work = Tasks(), Work(ValueError("broken"))
    tasks.keep("the work", work)
    await asyncio.sleep(60)
    pauses = [round(after - before, 1) for before, after in zip(work.began_at, work.began_at[1:], strict=False)]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0, 10.0, 10.0]
    assert len(caplog.records) == len(work.began_at)
    assert all("the work failed" in record.message and record.exc_info for record in caplog.records)
    await tasks.stop()


@virtually
async def test_after_a_long_good_run_the_pause_is_short_again() -> None:
    tasks, work = Tasks(), Work(ValueError("broken"), works_s=LONGEST_PAUSE_S + 1)
    tasks.keep("the work", work)
    await asyncio.sleep(100)
    assert work.began_at[-1] - work.began_at[-2] == pytest.approx(LONGEST_PAUSE_S + 1.1)
    await tasks.stop()


@virtually
async def test_endless_work_that_ends_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    tasks, work = Tasks(), Work()
    tasks.keep("the work", work)
    await asyncio.sleep(0.35)
    assert len(work.began_at) == 3
    assert "the work ended" in caplog.text
    await tasks.stop()


@virtually
async def test_work_that_somebody_else_cancels_does_not_die_unseen(caplog: pytest.LogCaptureFixture) -> None:
    tasks, work = Tasks(), Work(asyncio.CancelledError())
    tasks.keep("the work", work)
    await asyncio.sleep(0.35)
    assert len(work.began_at) == 3
    assert "the work was given up" in caplog.text
    await tasks.stop()


@virtually
async def test_periodic_work_goes_on_after_a_failure() -> None:
    times: list[float] = []

    def tick() -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 2:
            raise OSError("once")

    tasks = Tasks()
    tasks.every("the tick", 1.0, tick)
    await asyncio.sleep(5)
    assert [round(at - times[0], 1) for at in times] == [0, 1, 1.1, 2.1, 3.1, 4.1]
    await tasks.stop()


@virtually
async def test_what_ends_by_itself_may_fail_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    tasks, work = Tasks(), Work(ValueError("broken"))
    tasks.once("the errand", work)
    await asyncio.sleep(1)
    assert len(work.began_at) == 1
    assert "the errand failed" in caplog.text


@virtually
async def test_a_stop_ends_everything_even_what_has_not_begun() -> None:
    tasks, work, errand = Tasks(), Work(works_s=1e9), Work()
    tasks.keep("the work", work)
    await asyncio.sleep(1)
    tasks.once("the errand", errand)
    await tasks.stop()
    assert errand.began_at == []
    await asyncio.sleep(100)
    assert len(work.began_at) == 1
