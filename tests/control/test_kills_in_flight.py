"""Control killed at every moment of a day with promises, call-backs, consults and holds in flight: nothing is lost,
nothing doubled, and the secret of the codes is in no file.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from allo.control.runner import Runner
from allo.core import events as ev
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.effects import SendMessage
from allo.core.engine import Input
from allo.core.model import PartyKind
from allo.data.ledger import Entry, write_facts
from allo.data.models import CallRecord, CompensationCode, Fact, OutgoingMessage, Recording
from tests.control.centres import SECRET, Outputs, opening, rich
from tests.control.test_runner import Walls, started
from tests.control.virtual_time import virtually

CALLER = "+79991234567"


def day() -> list[tuple[float, Input]]:
    """Pauses and what happens after them."""
    one, two, three = (f"c{number}" for number in (1, 2, 3))
    return [
        *((0.0, what) for what in [ev.ConfigChanged(rich()), *opening(("1", "2"))[1:]]),
        # agents 1 and 2 get busy: a consult and a hold with a reason are in flight
        (1.0, ev.CallArrived(one, "100", CALLER)),
        (1.0, ev.PlaybackFinished(one, "7")),
        (1.0, ev.LegAnswered(f"{one}-a1")),
        (1.0, rq.ConsultParty("1", one, PartyKind.AGENT, "2")),
        (1.0, ev.LegAnswered(f"{one}-a2")),
        (1.0, rq.JoinParties("1", one)),
        (1.0, rq.Hold("1", one, "3")),
        # a promise that is missed, and one whose caller prefers a call-back
        (1.0, ev.CallArrived(two, "100", "+79990000002")),
        (0.5, ev.PlaybackFinished(two, "7")),
        (1.0, ev.PlaybackFinished(two, "11")),
        (1.0, ev.CallArrived(three, "100", "+79990000003")),
        (0.5, ev.PlaybackFinished(three, "7")),
        (1.0, ev.KeyPressed(three, "1")),
        (1.0, ev.KeyPressed(three, "1")),
        (20.0, ev.PlaybackFinished(two, "12")),
        (1.0, ev.LegEnded(three)),
        (1.0, rq.CompleteTransfer("1", one)),
        (1.0, rq.FinishWrapUp("1", one, "9")),
        (2.0, ev.LegAnswered(f"{two}-a1")),
        (3.0, rq.HangUp("1", two)),
        (1.0, ev.PlaybackFinished(two, "13")),
        (1.0, ev.KeyPressed(two, "5")),
        (1.0, ev.KeyPressed(two, "1")),
        (1.0, ev.PlaybackFinished(two, "15")),
        (4.0, ev.MessageRecorded(two, f"{two}-s1", 4.0)),
        (1.0, ev.LegEnded(two)),
        (1.0, rq.FinishWrapUp("1", two, "9")),
        (1.0, ev.LegAnswered(f"{three}-a1")),
        (2.0, ev.LegAnswered(f"{three}-o1")),
        (9.0, ev.LegEnded(f"{three}-o1")),
        (1.0, ev.LegEnded(one)),
    ]


Kept = dict[tuple[int, int], fa.Fact | SendMessage]


async def live(folder: Path, killed_after: set[int]) -> tuple[Runner, Kept]:
    """The day, with the process killed after these inputs; all that went to the ledger, by its uid."""
    walls = Walls()
    runner, outputs = started(folder, walls, SECRET)
    running = asyncio.create_task(runner.run())
    kept: Kept = {}

    def collect(outputs: Outputs) -> None:
        for seq, index, fact in outputs.facts:
            assert kept.setdefault((seq, index), fact) == fact, "a uid means one fact for ever"

    for place, (pause_s, what) in enumerate(day()):
        await asyncio.sleep(pause_s)
        runner.put(what)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if place in killed_after:
            running.cancel()  # nothing is closed, nothing is written down
            runner.timers.reset({})
            collect(outputs)
            runner, outputs = started(folder, walls, SECRET)
            running = asyncio.create_task(runner.run())
    await asyncio.sleep(0.1)
    running.cancel()
    runner.timers.reset({})
    collect(outputs)
    return runner, kept


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Kept]:
    """The day without a kill."""
    found: list[tuple[bytes, Kept]] = []

    @virtually
    async def run() -> None:
        runner, kept = await live(tmp_path_factory.mktemp("whole"), set())
        found.append((msgspec.json.encode(runner.state), kept))

    run()
    return found[0]


def test_the_day_has_everything_in_it(whole: tuple[bytes, Kept]) -> None:
    kinds = [type(what) for what in whole[1].values()]
    for kind in (
        fa.ConsultStarted, fa.ConsultEnded, fa.ConferenceStarted, fa.CallTransferred, fa.HoldStarted, fa.PromiseMade,
        fa.PromiseMissed, fa.PromiseLapsed, SendMessage, fa.CallbackAgreed, fa.CallbackTried, fa.SurveyAnswered,
        fa.SurveyCommented,
    ):  # fmt: skip
        assert kind in kinds, kind.__name__
    assert kinds.count(fa.CallEnded) == kinds.count(fa.CallStarted) == 3


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    tmp_path_factory: pytest.TempPathFactory, whole: tuple[bytes, Kept]
) -> None:
    expected = [type(what).__name__ for what in whole[1].values()]
    for place in range(10, len(day())):

        @virtually
        async def run(place: int = place) -> None:
            _, kept = await live(tmp_path_factory.mktemp("killed"), {place, place + 1})
            found = [type(kept[uid]).__name__ for uid in sorted(kept)]
            assert sorted(found) == sorted(expected), f"killed after input {place}"

        run()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_secret_is_in_no_file_and_the_codes_stay_the_same(tmp_path: Path, whole: tuple[bytes, Kept]) -> None:
    @virtually
    async def run() -> None:
        runner, kept = await live(tmp_path, {25})
        runner.take_snapshot()
        codes = [[what.code for what in one.values() if isinstance(what, fa.PromiseMissed)] for one in (kept, whole[1])]
        assert codes[0] == codes[1] != []
        assert runner.state.config.secret == SECRET
        files = files_in(tmp_path)
        assert len(files) > 1
        assert not [path.name for path in files if SECRET in path.read_text()]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}

    run()


@pytest.mark.django_db
def test_what_is_written_twice_after_a_kill_is_there_once(whole: tuple[bytes, Kept]) -> None:
    entries = [Entry(seq, f"e-{seq}-{index}", what) for (seq, index), what in whole[1].items()]
    for start in (0, 0, len(entries) // 2):
        write_facts(entries[start:])
    assert Fact.objects.count() == sum(not isinstance(entry.fact, SendMessage) for entry in entries)
    message, code = OutgoingMessage.objects.get(), CompensationCode.objects.get()
    assert message.values["code"] == code.code
    assert (message.call_id, code.call_id, Recording.objects.get().call.call_id) == ("c2", "c2", "c2")
    agents = {record.call_id: [part.agent_id for part in record.parts.all()] for record in CallRecord.objects.all()}
    assert {call_id: len(found) for call_id, found in agents.items()} == {"c1": 2, "c2": 1, "c3": 1}
