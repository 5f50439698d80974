"""The supervisor against real processes: crash, hang, Ctrl-C, and what a killed supervisor leaves behind."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allo.processes import Process, start_ticks
from allo.supervisor import AlreadyRunningError, Pace, Plan, Supervisor
from tests.waiting import PATIENCE_S, until

CHILD = Path(__file__).with_name("fake_child.py")
QUICK = Pace(between_s=0.05, answer_within_s=0.3, misses=3, start_within_s=20, first_pause_s=0.01, longest_pause_s=0.1)


def plan(folder: Path, name: str, manner: str = "", **fields: object) -> Plan:
    command = [sys.executable, str(CHILD), str(folder), name, *([manner] if manner else [])]

    async def answers() -> bool:
        reader, writer = await asyncio.open_unix_connection(folder / f"{name}.sock")
        try:
            return await reader.read() == b"well"
        finally:
            writer.close()
            await writer.wait_closed()

    return Plan(name, lambda: command, answers, **fields)  # type: ignore[arg-type]


def pids(folder: Path, name: str) -> list[int]:
    file = folder / f"{name}.pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


class Centre:
    """A supervisor in a task of its own."""

    def __init__(self, folder: Path, plans: list[Plan], pace: Pace = QUICK) -> None:
        self.supervisor = Supervisor(plans, folder, folder, pace)
        self.is_up = asyncio.Event()

    async def start(self) -> None:
        self.supervisor.take_lock()
        self.supervisor.sort_left_over()
        self.task = asyncio.create_task(self.supervisor.run(self.is_up.set))
        async with asyncio.timeout(PATIENCE_S):
            await self.is_up.wait()

    async def stop(self) -> None:
        self.supervisor.stop()
        async with asyncio.timeout(PATIENCE_S):
            await self.task


@pytest.fixture
async def three(short_folder: Path) -> AsyncIterator[tuple[Centre, Path]]:
    centre = Centre(short_folder, [plan(short_folder, name) for name in ("asterisk", "control", "web")])
    await centre.start()
    yield centre, short_folder
    await centre.stop()


async def test_a_crash_restarts_that_process_alone(three: tuple[Centre, Path]) -> None:
    _, folder = three
    [asterisk], [control], [web] = (pids(folder, name) for name in ("asterisk", "control", "web"))
    os.kill(control, signal.SIGKILL)
    await until(lambda: len(pids(folder, "control")) == 2)
    assert pids(folder, "asterisk") == [asterisk]
    assert pids(folder, "web") == [web]
    assert start_ticks(asterisk) is not None


async def test_a_hang_is_noticed_and_ended(three: tuple[Centre, Path], caplog: pytest.LogCaptureFixture) -> None:
    _, folder = three
    [control] = pids(folder, "control")
    os.kill(control, signal.SIGSTOP)
    await until(lambda: len(pids(folder, "control")) == 2)
    assert start_ticks(control) is None
    assert "control does not answer" in caplog.text
    assert len(pids(folder, "asterisk")) == 1


async def test_stop_leaves_nothing(three: tuple[Centre, Path]) -> None:
    centre, folder = three
    started = [pid for name in ("asterisk", "control", "web") for pid in pids(folder, name)]
    await centre.stop()
    assert [start_ticks(pid) for pid in started] == [None, None, None]
    assert not centre.supervisor.record.exists()


async def test_who_ignores_the_request_is_ended(short_folder: Path) -> None:
    centre = Centre(short_folder, [plan(short_folder, "web", "stubborn", stop_within_s=0.2)])
    await centre.start()
    await centre.stop()
    assert start_ticks(pids(short_folder, "web")[0]) is None


async def test_one_that_never_answers_is_started_again(short_folder: Path) -> None:
    pace = Pace(between_s=0.05, answer_within_s=0.2, start_within_s=0.5, first_pause_s=0.01)
    supervisor = Supervisor([plan(short_folder, "control", "silent")], short_folder, short_folder, pace)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: len(pids(short_folder, "control")) >= 2)
    supervisor.stop()
    await task


async def test_a_command_that_cannot_be_made_does_not_stop_the_others(
    short_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> list[str]:
        raise OSError("the disk is full")

    broken = Plan("control", fail, plan(short_folder, "control").answers)
    supervisor = Supervisor([plan(short_folder, "asterisk"), broken], short_folder, short_folder, QUICK)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: pids(short_folder, "asterisk") and "the disk is full" in caplog.text)
    supervisor.stop()
    await task


async def test_a_full_disk_starts_nothing_twice(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither where the record of processes cannot be written, nor where what follows a start fails."""
    record = short_folder / "processes.new"
    record.mkdir()
    centre = Centre(short_folder, [plan(short_folder, "control")])
    await centre.start()
    assert "could not be written down" in caplog.text
    [first] = pids(short_folder, "control")
    watch, failures = centre.supervisor._watch, iter([OSError("no space left")])

    async def fail_once(*what: object) -> str:
        for failure in failures:
            raise failure
        return await watch(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(centre.supervisor, "_watch", fail_once)
    os.kill(first, signal.SIGKILL)
    await until(lambda: caplog.text.count("control started") == 3)
    started = [int(pid) for pid in re.findall(r"control started \(process (\d+)\)", caplog.text)]
    assert [pid for pid in started if start_ticks(pid) is not None] == started[2:]
    await centre.stop()


@pytest.mark.parametrize("turns", range(8))
async def test_a_stop_in_the_very_moment_of_an_answer_is_not_lost(short_folder: Path, turns: int) -> None:
    asked: list[asyncio.Future[bool]] = []

    async def answers() -> bool:
        asked.append(asyncio.get_running_loop().create_future())
        return await asked[-1]

    slow = Pace(between_s=0.0, answer_within_s=PATIENCE_S, start_within_s=PATIENCE_S)
    plans = [Plan("control", plan(short_folder, "control").command, answers)]
    supervisor = Supervisor(plans, short_folder, short_folder, slow)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: asked)
    asked[0].set_result(True)
    for _ in range(turns):
        await asyncio.sleep(0)
    supervisor.stop()
    async with asyncio.timeout(PATIENCE_S):
        while not task.done():
            await asyncio.sleep(0)
            if not asked[-1].done():
                asked[-1].set_result(True)
    await task


async def test_two_supervisors_of_one_installation_are_refused(three: tuple[Centre, Path]) -> None:
    _, folder = three
    second = Supervisor([], folder, folder)
    with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"):
        second.take_lock()


@pytest.mark.parametrize(("fingerprint", "kept"), [("same", True), ("changed", False)])
async def test_what_a_killed_supervisor_left_behind(short_folder: Path, fingerprint: str, *, kept: bool) -> None:
    """Asterisk with its conversations is taken over while its configuration is the same; the rest is ended."""
    first = Centre(
        short_folder, [plan(short_folder, "asterisk", fingerprint=lambda: "same"), plan(short_folder, "control")]
    )
    await first.start()
    [asterisk], [control] = pids(short_folder, "asterisk"), pids(short_folder, "control")
    record = first.supervisor.record.read_text()
    # As if it had been killed: its tasks vanish, its lock is freed by the kernel, its processes go on.
    states = first.supervisor._states
    children = [state.process for state in states.values()]
    states.clear()
    first.supervisor.plans = []
    first.supervisor._stop_all = _nothing  # type: ignore[method-assign]
    await first.stop()
    first.supervisor.record.write_text(record)

    second = Centre(
        short_folder, [plan(short_folder, "asterisk", fingerprint=lambda: fingerprint), plan(short_folder, "control")]
    )
    await second.start()
    assert (start_ticks(asterisk) is not None) == kept
    assert (len(pids(short_folder, "asterisk")) == 1) == kept
    assert start_ticks(control) is None
    assert len(pids(short_folder, "control")) == 2
    await second.stop()
    assert start_ticks(asterisk) is None
    for child in children:
        assert child is not None
        assert not child.is_running()


async def _nothing() -> None:
    return


def test_a_reused_process_number_is_somebody_else() -> None:
    ticks = start_ticks(os.getpid())
    assert ticks is not None
    assert Process.find(os.getpid(), ticks) is not None
    assert Process.find(os.getpid(), ticks + 1) is None
