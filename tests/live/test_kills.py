"""Each of the three processes is killed in the middle of twenty conversations with ten callers waiting.

One centre for all of them, in the order of the file: what survives one kill has to survive the next; Asterisk is last.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from allo.core.requests import Resume
from allo.installation import CHECKOUT
from allo.web.control_client import Accepted
from tests.free_ports import free_installation
from tests.live.asterisk_runner import SipCall, sip_call
from tests.live.busy_centre import HELD, TALKING, WAITING, BusyCentre

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def busy(spoken_prompts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyCentre]:
    """The centre in full swing."""
    here = free_installation(tmp_path_factory.mktemp("busy", numbered=True), asterisk_root=CHECKOUT / ".asterisk")
    here.make_folders()
    here.prompts_folder.rmdir()
    here.prompts_folder.symlink_to(spoken_prompts)
    centre = BusyCentre.start(here)
    yield centre
    centre.stop()


@pytest.fixture
def more_calls(busy: BusyCentre, tmp_path: Path) -> Iterator[Callable[[], SipCall]]:
    """Call 100 once more; hangs up after the test."""
    made: list[SipCall] = []

    def make() -> SipCall:
        made.append(sip_call(busy.centre.installation, tmp_path, talk_s=600))
        return made[-1]

    yield make
    for one in made:
        one.hang_up()


def test_control_is_killed(busy: BusyCentre) -> None:
    before, channels, bridges = busy.truth(), busy.channels(), busy.bridges()
    killed = busy.centre.signal("control", signal.SIGKILL)
    _everybody_hears_something(busy)
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: busy.truth() == before)
    assert busy.channels() == channels, "no conversation dropped, nobody was called anew"
    assert busy.bridges() == bridges
    _everybody_hears_something(busy)


def test_control_is_killed_again_and_holds_end_afterwards(busy: BusyCentre) -> None:
    killed = busy.centre.signal("control", signal.SIGKILL)
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: busy.counted() == busy.expected)
    held = busy.calls("held")[0]
    assert busy.control.send(Resume(held["agent_id"], held["id"])) == Accepted()
    busy.wait_for(lambda: held["id"] in busy.bridges()[f"{held['id']}-talk"])
    busy.wait_for(lambda: [one["held_s"] for one in busy.facts("HoldEnded")])
    (ended,) = busy.facts("HoldEnded")
    assert ended["call_id"] == held["id"]
    assert ended["held_s"] == pytest.approx(time.time() - held["since_at"], abs=20), "the hold lasted over the kill"


def test_control_hangs(busy: BusyCentre) -> None:
    before, channels = busy.truth(), busy.channels()
    frozen = busy.centre.signal("control", signal.SIGSTOP)
    busy.centre.wait_for_another("control", frozen)
    busy.wait_for(lambda: busy.truth() == before)
    assert busy.channels() == channels
    assert "control does not answer" in busy.centre.said()


def test_who_calls_while_control_is_away_is_served_afterwards(
    busy: BusyCentre, more_calls: Callable[[], SipCall]
) -> None:
    known = {call["id"] for call in busy.calls()}
    killed = busy.centre.signal("control", signal.SIGSTOP)
    more_calls()
    busy.wait_for(lambda: len(busy.channels()) == TALKING * 2 + WAITING + 1)
    newcomer = (busy.channels().keys() - known - _agent_legs(busy)).pop()
    busy.wait_for(lambda: busy.channels()[newcomer][0] == "Up")  # the dialplan has answered and plays a prompt
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: [call["id"] for call in busy.calls("waiting")][-1] == newcomer)
    waiting = [value for key, value in busy.items().items() if key.startswith("queue:") and value["waiting"]]
    assert waiting[0]["waiting"][-1] == newcomer, "behind those who waited before"


def test_web_is_killed(busy: BusyCentre) -> None:
    busy.wait_for(lambda: busy.counted().get("waiting") == WAITING)  # the newcomer of the test before has left
    before, channels = busy.truth(), busy.channels()
    killed = busy.centre.signal("web", signal.SIGKILL)
    assert busy.truth() == before
    busy.centre.wait_for_another("web", killed)
    assert busy.truth() == before
    assert busy.channels() == channels
    answer = httpx.get(f"http://127.0.0.1:{busy.centre.installation.web_port}/", trust_env=False, follow_redirects=True)
    assert answer.is_success


def test_asterisk_is_killed(busy: BusyCentre) -> None:
    calls = {call["id"]: call["state"] for call in busy.calls()}
    assert len(calls) == TALKING + WAITING
    killed = busy.centre.signal("asterisk", signal.SIGKILL)
    busy.centre.wait_for_another("asterisk", killed)
    busy.wait_for(lambda: not busy.calls())
    busy.wait_for(lambda: len(busy.facts("CallEnded")) >= len(calls) + 1)
    ended = [fact for fact in busy.facts("CallEnded") if fact["call_id"] in calls]
    assert sorted(fact["call_id"] for fact in ended) == sorted(calls), "each call ended once"
    assert {fact["end_reason"] for fact in ended} == {"platform_restarted"}
    outcomes = {
        state: {fact["outcome"] for fact in ended if calls[fact["call_id"]] == state} for state in calls.values()
    }
    assert outcomes == {"talking": {"answered"}, "held": {"answered"}, "waiting": {"failed"}}
    # The agents' telephones are known again without anybody touching anything, and they go on working.
    busy.wait_for(lambda: _ready_agents(busy) == TALKING, within_s=120)


def test_the_facts_of_the_whole_are_complete(busy: BusyCentre) -> None:
    started = [fact["call_id"] for fact in busy.facts("CallStarted")]
    busy.wait_for(lambda: len(busy.facts("CallEnded")) == len(started))
    assert sorted(started) == sorted(set(started)), "none is doubled"
    assert sorted(fact["call_id"] for fact in busy.facts("CallEnded")) == sorted(started)
    answered = [fact["call_id"] for fact in busy.facts("CallAnswered")]
    assert len(answered) == len(set(answered)) == TALKING
    assert len(busy.facts("HoldStarted")) == len(busy.facts("HoldEnded")) == HELD
    busy.wait_for(lambda: len(busy.facts("WrapUpEnded")) >= TALKING)  # the ledger writes in batches
    wrapped = [fact["call_id"] for fact in busy.facts("WrapUpEnded")]
    assert sorted(wrapped) == sorted(answered)


def _everybody_hears_something(busy: BusyCentre) -> None:
    """Packets flow to every party, but for agents whose caller is on hold: those hear silence."""
    before = busy.sent()
    silent = {one["leg"] for one in _held_legs(busy)}
    busy.wait_for(lambda: _all_have_grown(before, busy.sent(), silent))


def _all_have_grown(before: dict[str, int], after: dict[str, int], but: set[str]) -> bool:
    return all(after.get(channel, 0) > count + 10 for channel, count in before.items() if channel not in but)


def _held_legs(busy: BusyCentre) -> list[dict[str, Any]]:
    """Agents who are alone in their bridge."""
    return [{"leg": channels[0]} for channels in busy.bridges().values() if len(channels) == 1]


def _agent_legs(busy: BusyCentre) -> set[str]:
    return {channel for channels in busy.bridges().values() for channel in channels}


def _ready_agents(busy: BusyCentre) -> int:
    return sum(
        value["state"] == "ready" and value["device_up"]
        for key, value in busy.items().items()
        if key.startswith("agent:") and value["is_automatic"]
    )
