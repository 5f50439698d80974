"""`allo traffic`: its arithmetic, its sentences, and what its callers and agents do by the centre's feed."""

import asyncio
import random
import socket
import statistics
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from allo.cli import main
from allo.commands.traffic import command, plan, sipp, sound
from allo.commands.traffic.command import CannotCallError
from allo.commands.traffic.crowd import AgentCrowd, CallerCrowd
from allo.core.requests import FinishWrapUp, GoReady, LogIn, LogOut
from allo.data.load_config import load_setup
from allo.data.models import Number, Queue
from allo.data.phone_numbers import normalise
from allo.installation import Installation
from allo.speech.synthesizer import RATE
from allo.web.control_client import Accepted, ControlAwayError, Snapshot

QUICK = plan.Wishes(talk_s=0.02, patience_s=0.02, is_fixed=True)


# Arithmetic


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nobody_calls_twice_while_the_first_call_may_last(language: str) -> None:
    numbers = [one.number for one in islice(plan.callers(random.Random(1), language, 12), 600)]
    for place, number in enumerate(numbers):
        assert number not in numbers[max(0, place - plan.APART + 1) : place]
    returning = 1 - len(set(numbers)) / len(numbers)
    assert 0.2 < returning < 0.5


@pytest.mark.parametrize("language", ["en", "ru"])
def test_made_up_numbers_are_taken_for_telephone_numbers_and_belong_to_nobody(language: str) -> None:
    for one in islice(plan.callers(random.Random(2), language, 12), 100):
        assert normalise(one.number, "") == one.number
        assert "55501" in one.number or one.number.startswith("+7000")


def test_displacement_keeps_the_rate_and_makes_the_stream_random() -> None:
    chance, even_s = random.Random(3), 5.0
    at = sorted(place * even_s + plan.delay_ms(chance, 60 / even_s) / 1000 for place in range(4000))
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert statistics.fmean(gaps) == pytest.approx(even_s, rel=0.01)
    assert statistics.stdev(gaps) > 0.5 * even_s


def test_lengths_have_their_mean() -> None:
    chance = random.Random(4)
    lengths = [plan.length_s(chance, 40, is_fixed=False) for _ in range(20_000)]
    assert statistics.fmean(lengths) == pytest.approx(40, rel=0.05)
    assert max(lengths) <= 200
    assert plan.length_s(chance, 40, is_fixed=True) == 40


@pytest.mark.parametrize(("rate", "period"), [(12, "5000"), (60, "1000"), (6000, "10"), (0.1, "600000")])
def test_the_rate_in_the_words_of_sipp(rate: float, period: str) -> None:
    assert plan.rate_arguments(rate) == ["-r", "1", "-rp", period]


def test_the_injection_file_has_a_row_a_caller() -> None:
    lines = plan.injection_file(plan.callers(random.Random(5), "ru", 12), 50).splitlines()
    assert lines[0] == "SEQUENTIAL"
    assert len(lines) == 51
    assert all(line.count(";") == 2 for line in lines[1:])


def test_an_agent_rings_around_the_mean() -> None:
    assert plan.ringing_ms(2.0) == (1000, 2000, 3000)
    assert min(plan.ringing_ms(0.001)) >= 1


# Sound


def test_sound_is_there_without_a_voice(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Installation, "program", lambda _self, _name: None)
    sound.write_sounds(installation, installation.home)
    seconds = (installation.home / "caller.ulaw").stat().st_size / RATE
    assert seconds == pytest.approx(3 + sound.PAUSE_S)
    assert len(set((installation.home / "agent.ulaw").read_bytes())) > 20


# SIPp


class _Child:
    """A SIPp that runs, or has ended with a code."""

    def __init__(self, code: int | None = None) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code


def _callers(folder: Path, port: int = 9) -> sipp.Callers:
    return sipp.Callers(sipp.Sipp(folder, port, _Child()))  # type: ignore[arg-type]


def test_the_log_tells_who_has_called_and_who_has_gone(tmp_path: Path) -> None:
    callers = _callers(tmp_path)
    assert callers.look() == []
    log = tmp_path / "calls.log"
    log.write_text("dialled +12025550101 1-7-traffic@127.0.0.1\ndialled +1202")
    assert callers.look() == [("+12025550101", "1-7-traffic@127.0.0.1")]
    with log.open("a") as file:
        file.write("5550102 2-7-traffic@127.0.0.1\nended +12025550101 1-7-traffic@127.0.0.1\n")
    assert callers.look() == [("+12025550102", "2-7-traffic@127.0.0.1")]
    assert callers.made == 2
    assert callers.open == {"2-7-traffic@127.0.0.1": "+12025550102"}


def test_failed_calls_are_read_from_the_last_line(tmp_path: Path) -> None:
    statistics_file = tmp_path / "statistics.csv"
    assert sipp.failed_calls(statistics_file) == 0
    statistics_file.write_text("StartTime;FailedCall(P);FailedCall(C);\nx;0;1;\nx;2;3;\n")
    assert sipp.failed_calls(statistics_file) == 3


def test_a_caller_is_told_to_hang_up_by_the_calls_own_id_once_it_is_answered(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.setblocking(False)
        callers = _callers(tmp_path, heard.getsockname()[1])
        log.write_text("dialled +12025550101 1-7-traffic@127.0.0.1\n")
        callers.look()
        callers.hang_up("1-7-traffic@127.0.0.1")
        callers.look()
        with pytest.raises(BlockingIOError):
            heard.recv(2000)
        with log.open("a") as file:
            file.write("answered +12025550101 1-7-traffic@127.0.0.1\n")
        callers.look()
        message = heard.recv(2000).decode()
        callers.hang_up("1-7-traffic@127.0.0.1")
        with pytest.raises(BlockingIOError):  # SIPp may be about to send the BYE
            heard.recv(2000)
    assert message.startswith("INFO sip:")
    assert "\r\nCall-ID: 1-7-traffic@127.0.0.1\r\n" in message
    assert message.endswith("\r\n\r\n")


def test_a_sipp_that_broke_down_says_why(tmp_path: Path) -> None:
    (tmp_path / "screen.log").write_text("cannot bind")
    with pytest.raises(sipp.SippFailedError, match=r"code 254\. It said:\ncannot bind"):
        sipp.Sipp(tmp_path, 9, _Child(254)).check()  # type: ignore[arg-type]
    sipp.Sipp(tmp_path, 9, _Child(1)).check()  # type: ignore[arg-type] # a failed call is no breakdown


# The crowds


class _Said(sipp.Callers):
    """Callers who remember who was told to hang up."""

    told: list[str]

    def hang_up(self, call_id: str) -> None:
        self.told.append(call_id)


def _crowd(folder: Path, wishes: plan.Wishes = QUICK) -> tuple[CallerCrowd, _Said]:
    callers = _Said(_callers(folder).sipp)
    callers.told = []
    callers.open = {"sip-1": "+12025550101", "sip-2": "+12025550102"}
    return CallerCrowd(callers, wishes, random.Random(1)), callers


def _call(caller: str, state: str, answered_at: float | None = None) -> dict[str, Any]:
    return {"caller": caller, "state": state, "answered_at": answered_at}


async def test_a_caller_loses_patience(tmp_path: Path) -> None:
    crowd, callers = _crowd(tmp_path)
    crowd.take("a", _call("+12025550102", "greeted"))
    assert (crowd.waiting, callers.told) == (1, [])
    crowd.take("a", _call("+12025550102", "waiting"))
    await asyncio.sleep(0.1)
    assert callers.told == ["sip-2"]
    crowd.take("a", None)
    assert (crowd.counted.abandoned, crowd.counted.answered, crowd.waiting) == (1, 0, 0)


async def test_an_answered_caller_forgets_the_wait_and_talks(tmp_path: Path) -> None:
    crowd, callers = _crowd(tmp_path, plan.Wishes(talk_s=3600, patience_s=0.05, is_fixed=True))
    crowd.take("a", _call("+12025550101", "waiting"))
    crowd.take("a", _call("+12025550101", "talking", 5.0))
    await asyncio.sleep(0.15)
    assert callers.told == []
    assert (crowd.talking, crowd.counted.answered) == (1, 1)
    crowd.take("a", _call("+12025550101", "held", 5.0))
    assert crowd.counted.answered == 1
    crowd.take("a", None)
    assert crowd.counted.abandoned == 0


async def test_calls_of_other_people_are_left_alone(tmp_path: Path) -> None:
    crowd, callers = _crowd(tmp_path)
    crowd.take("b", _call("+15550000000", "waiting"))
    await asyncio.sleep(0.05)
    assert (crowd.waiting, callers.told, crowd.seen) == (0, [], set())


async def test_a_call_that_only_the_caller_still_has_is_hung_up(tmp_path: Path) -> None:
    crowd, callers = _crowd(tmp_path, plan.Wishes())
    crowd.take("a", _call("+12025550101", "talking", 5.0))
    crowd.take("a", None)
    crowd.tick()
    assert callers.told == ["sip-1"]
    del callers.open["sip-1"]
    crowd.tick()
    assert callers.told == ["sip-1"]


class _Control:
    """A control that takes every request."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def send(self, request: object) -> Accepted:
        self.asked.append(request)
        return Accepted()


def _agent(state: str, **fields: Any) -> dict[str, Any]:
    return {"state": state, "reason": "", "next_state": "ready", "device_up": True, "call_id": "", **fields}


async def _asked(value: dict[str, Any], *, leaving: bool = False) -> list[object]:
    control = _Control()
    crowd = AgentCrowd(control, frozenset({"5"}), ("2",), 0.01, random.Random(1), is_leaving=leaving)  # type: ignore[arg-type]
    crowd.take("5", value)
    crowd.take("6", value)
    await asyncio.sleep(0.1)
    return control.asked


@pytest.mark.parametrize(
    ("value", "wish"),
    [
        (_agent("offline"), LogIn("5")),
        (_agent("not_ready", reason="logged_in"), GoReady("5")),
        (_agent("not_ready", reason="logged_in", device_up=False), None),
        (_agent("not_ready", reason="no_answer"), GoReady("5")),
        (_agent("not_ready", reason="2"), None),  # a leader has sent it on a break
        (_agent("not_ready", reason="outcome_missing", call_id="c"), FinishWrapUp("5", "c", "2")),
        (_agent("wrap_up", call_id="c"), FinishWrapUp("5", "c", "2")),
        (_agent("ready"), None),
        (_agent("on_call", call_id="c"), None),
    ],
)
async def test_an_automatic_agent_works(value: dict[str, Any], wish: object) -> None:
    assert await _asked(value) == ([wish] if wish else [])


@pytest.mark.parametrize(
    ("value", "wish"),
    [
        (_agent("offline"), None),
        (_agent("ready"), LogOut("5")),
        (_agent("not_ready", reason="logged_in"), LogOut("5")),
        (_agent("on_call", call_id="c"), LogOut("5")),
        (_agent("on_call", call_id="c", next_state="offline"), None),
        (_agent("wrap_up", call_id="c"), LogOut("5")),
        (_agent("wrap_up", call_id="c", next_state="offline"), FinishWrapUp("5", "c", "2")),
    ],
)
async def test_an_automatic_agent_leaves(value: dict[str, Any], wish: object) -> None:
    assert await _asked(value, leaving=True) == ([wish] if wish else [])


# Sentences


class _Centre:
    """A control that is away, or has a snapshot."""

    def __init__(self, items: dict[str, Any] | None) -> None:
        self.items = items

    def snapshot(self) -> Snapshot:
        if self.items is None:
            raise ControlAwayError("/snapshot")
        return Snapshot(1, self.items)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [(None, "The centre is not running"), ({"system": {"asterisk": "down"}}, "Asterisk is not up"), ({}, "Asterisk")],
)
def test_a_centre_that_cannot_be_called(items: dict[str, Any] | None, sentence: str) -> None:
    with pytest.raises(CannotCallError, match=sentence):
        command.check_centre(_Centre(items))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_number_that_leads_nowhere() -> None:
    support = Queue.objects.create(name="Support")
    Number.objects.create(pattern="100", queue=support)
    Number.objects.create(pattern="200", queue=Queue.objects.create(name="Old", is_active=False))
    setup = load_setup()
    command.check_number(setup, "100")
    with pytest.raises(CannotCallError, match="number 200 leads to no queue"):
        command.check_number(setup, "200")
    with pytest.raises(CannotCallError, match=r"Nobody answers at the number 7\. Numbers of this centre: 100"):
        command.check_number(setup, "7")


def test_without_sipp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Installation, "program", lambda _self, _name: None)
    answer = CliRunner().invoke(main, ["traffic"])
    assert answer.exit_code == 1
    assert "run scripts/setup" in answer.output


@pytest.mark.parametrize("wrong", [["--rate", "0"], ["--agents", "-1"], ["--talk", "long"]])
def test_absurd_wishes_are_refused(wrong: list[str]) -> None:
    assert CliRunner().invoke(main, ["traffic", *wrong]).exit_code == 2
