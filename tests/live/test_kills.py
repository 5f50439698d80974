"""Each process is killed in the middle of twenty conversations, holds, a consult, promises and call-backs.

One centre for all of it, in the order of the file: what survives one kill has to survive the next; Asterisk is last.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from allo.control.journal import Journal
from allo.control.runner import Runner
from allo.core.effects import SendMessage
from allo.core.requests import FinishWrapUp, HangUp, Hold, Resume
from tests.control.centres import Outputs
from tests.live.asterisk_runner import SipCall, sip_call
from tests.live.busy_centre import AGENTS, CONSULTING, CUSTOMERS, HELD, TALKING, WAITING, BusyCentre
from tests.live.centre_runner import RunningCentre
from tests.live.sip_phone import PhoneCall
from tests.sms_provider import Posts, provider
from tests.waiting import until, wait_until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def posts() -> Iterator[Posts]:
    """Where the centre sends its SMS."""
    with provider() as server:
        yield server


@pytest.fixture(scope="module")
def busy(start_centre: Callable[[], RunningCentre], posts: Posts) -> Iterator[BusyCentre]:
    """The centre in full swing."""
    centre = BusyCentre.start(start_centre(), f"http://127.0.0.1:{posts.server_address[1]}/")
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
    busy.consult_is_heard()
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: busy.truth() == before)
    assert busy.channels() == channels, "no conversation dropped, nobody was called anew"
    assert busy.bridges() == bridges
    _everybody_hears_something(busy)
    busy.consult_is_heard()


def test_control_is_killed_again_and_holds_end_afterwards(busy: BusyCentre) -> None:
    killed = busy.centre.signal("control", signal.SIGKILL)
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: busy.counted() == busy.expected)
    held = next(call for call in busy.calls("held") if call["hold_reason"] == busy.made["hold_reason"])
    busy.ask(Resume(held["agent_id"], held["id"]))
    busy.wait_for(lambda: held["id"] in busy.bridges()[f"{held['id']}-talk"])
    busy.wait_for(lambda: [one["held_s"] for one in busy.facts("HoldEnded")])
    (ended,) = busy.facts("HoldEnded")
    assert ended["call_id"] == held["id"]
    assert ended["held_s"] == pytest.approx(time.time() - held["since_at"], abs=20), "the hold lasted over the kill"
    asking = busy.made["asking"]
    busy.ask(Resume(asking, busy.consulting["id"]))
    busy.hear(agent={"caller"}, caller={"5"}, asked={"music"})
    busy.ask(Hold(asking, busy.consulting["id"]))
    busy.consult_is_heard()


def test_control_hangs_while_promises_come_to_their_end(busy: BusyCentre, posts: Posts) -> None:
    first_ends_at = min(busy.deadlines())
    busy.wait_for(lambda: time.time() > first_ends_at - 2)
    before, channels = busy.truth(), busy.channels()
    frozen = busy.centre.signal("control", signal.SIGSTOP)
    busy.centre.wait_for_another("control", frozen)
    busy.wait_for(lambda: busy.truth() == before)
    assert busy.channels() == channels
    assert "control does not answer" in busy.centre.said()
    busy.consult_is_heard()
    busy.wait_for(lambda: len(posts.taken) >= WAITING)
    _each_promise_was_paid_once(busy, posts)


def test_who_calls_while_control_is_away_is_served_afterwards(
    busy: BusyCentre, more_calls: Callable[[], SipCall]
) -> None:
    known = {call["id"] for call in busy.calls()}
    killed = busy.centre.signal("control", signal.SIGSTOP)
    more_calls()
    busy.wait_for(lambda: len(busy.channels()) == TALKING * 2 + WAITING + CONSULTING + 1)
    newcomer = (busy.channels().keys() - known - _agent_legs(busy)).pop()
    busy.wait_for(lambda: busy.channels()[newcomer][0] == "Up")  # the dialplan has answered and plays a prompt
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: [call["id"] for call in busy.calls("waiting")][-1] == newcomer)
    assert _in_order(busy, "waiting")[-1] == newcomer, "behind those who waited before"


def test_a_call_back_is_dialled_once_whatever_is_killed(busy: BusyCentre) -> None:
    call_id, number = busy.callbacks[0], CUSTOMERS[0]
    assert _in_order(busy, "callbacks") == busy.callbacks, "they have kept their places"
    assert len(_in_order(busy, "waiting")) >= WAITING, "and others wait on the line, behind them"
    talking = busy.calls("talking")[0]
    busy.ask(HangUp(talking["agent_id"], talking["id"]))
    customer = _rings(busy, number)
    killed = busy.centre.signal("control", signal.SIGKILL)
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: [call["id"] for call in busy.calls("dialling")] == [call_id])
    busy.wait_for(lambda: busy.items()["system"]["asterisk"] == "up")  # a moment after it answers us
    busy.telephones.do(customer.answer)
    busy.wait_for(lambda: call_id in {call["id"] for call in busy.calls("talking")})
    before, bridges = busy.truth(), busy.bridges()
    killed = busy.centre.signal("control", signal.SIGKILL)
    busy.centre.wait_for_another("control", killed)
    busy.wait_for(lambda: busy.truth() == before)
    assert busy.bridges() == bridges
    _is_spoken_to(busy, customer)
    assert len(busy.dialled(number)) == 1
    busy.wait_for(lambda: busy.facts("CallbackTried"))
    assert [(one["call_id"], one["number_of_try"], one["outcome"]) for one in busy.facts("CallbackTried")] == [
        (call_id, 1, "answered")
    ]
    assert _in_order(busy, "callbacks") == busy.callbacks[1:]


def test_web_is_killed(busy: BusyCentre) -> None:
    busy.wait_for(lambda: busy.counted().get("waiting") == WAITING + 1)  # the newcomer of a test before has left
    before, channels = busy.truth(), busy.channels()
    killed = busy.centre.signal("web", signal.SIGKILL)
    assert busy.truth() == before
    busy.consult_is_heard()
    busy.centre.wait_for_another("web", killed)
    assert busy.truth() == before
    assert busy.channels() == channels
    answer = httpx.get(f"http://127.0.0.1:{busy.centre.installation.web_port}/", trust_env=False, follow_redirects=True)
    assert answer.is_success


def test_asterisk_is_killed(busy: BusyCentre) -> None:
    calls = {call["id"]: call["state"] for call in busy.calls()}
    callback, consulting = busy.callbacks[1], busy.consulting["id"]
    assert calls.pop(callback) == "waiting"
    assert len(calls) == TALKING + WAITING + 1
    killed = busy.centre.signal("asterisk", signal.SIGKILL)
    busy.centre.wait_for_another("asterisk", killed)
    busy.wait_for(lambda: [call["id"] for call in busy.calls()] == [callback])
    busy.ask(FinishWrapUp(busy.made["asking"], consulting, "1"))
    busy.wait_for(lambda: {fact["call_id"] for fact in busy.facts("CallEnded")} >= calls.keys())
    ended = [fact for fact in busy.facts("CallEnded") if fact["call_id"] in calls]
    assert sorted(fact["call_id"] for fact in ended) == sorted(calls), "each call ended once"
    assert {fact["end_reason"] for fact in ended} == {"platform_restarted"}
    outcomes = {
        state: {fact["outcome"] for fact in ended if calls[fact["call_id"]] == state} for state in calls.values()
    }
    assert outcomes == {"talking": {"answered"}, "held": {"answered"}, "waiting": {"failed"}}
    assert len(busy.facts("ConsultEnded")) == 1, "the consult ended with its call"
    # The agents' telephones are known again without anybody touching anything, and they go on working: the customer
    # who had nothing to do with Asterisk's death is called back, once.
    customer = _rings(busy, CUSTOMERS[1], within_s=120)
    busy.telephones.do(customer.answer)
    _is_spoken_to(busy, customer)
    busy.wait_for(lambda: [call["state"] for call in busy.calls()] == ["talking"])
    busy.telephones.do(customer.hang_up)
    busy.wait_for(lambda: not busy.calls())
    busy.wait_for(lambda: busy.ready_agents() == AGENTS, within_s=120)
    assert len(busy.dialled(CUSTOMERS[1])) == 1


def test_the_facts_of_the_whole_are_complete(busy: BusyCentre, posts: Posts) -> None:
    started = [fact["call_id"] for fact in busy.facts("CallStarted")]
    busy.wait_for(lambda: len(busy.facts("CallEnded")) == len(started))
    assert sorted(started) == sorted(set(started)), "none is doubled"
    assert sorted(fact["call_id"] for fact in busy.facts("CallEnded")) == sorted(started)
    answered = [fact["call_id"] for fact in busy.facts("CallAnswered")]
    assert len(answered) == len(set(answered)) == TALKING + 1 + len(busy.callbacks)
    assert len(busy.facts("HoldStarted")) == len(busy.facts("HoldEnded")) == HELD + 2  # the consult's, before and after
    assert len(busy.facts("ConsultStarted")) == len(busy.facts("ConsultEnded")) == 1
    busy.wait_for(lambda: len(busy.facts("WrapUpEnded")) >= len(answered))  # the ledger writes in batches
    assert sorted(fact["call_id"] for fact in busy.facts("WrapUpEnded")) == sorted(answered)
    tried = Counter((fact["call_id"], fact["outcome"]) for fact in busy.facts("CallbackTried"))
    assert tried == {(call_id, "answered"): 1 for call_id in busy.callbacks}
    _each_promise_was_paid_once(busy, posts)
    ends = [fact for kind in ("Kept", "Missed", "Lapsed") for fact in busy.facts(f"Promise{kind}")]
    assert sorted(fact["call_id"] for fact in ends) == sorted(fact["call_id"] for fact in busy.facts("PromiseMade"))
    lapsed = [fact["call_id"] for fact in busy.facts("PromiseLapsed") if fact["because"] == "callback"]
    assert sorted(lapsed) == sorted(busy.callbacks)


def test_the_input_log_gives_the_facts_of_the_ledger_again(busy: BusyCentre, tmp_path: Path) -> None:
    """Every one of them and no other, though control was killed five times in between."""

    def written() -> set[str]:
        return {uid for (uid,) in busy.rows("SELECT uid FROM data_fact")}

    def replayed() -> set[str]:
        folder = tmp_path / str(time.monotonic_ns())
        shutil.copytree(busy.centre.installation.journal_folder, folder)
        return asyncio.run(_facts_of_replay(folder, busy.centre.installation.secrets().codes_secret))

    wait_until(lambda: written() == replayed())
    assert len(written()) > 20 * TALKING


async def _facts_of_replay(folder: Path, codes_secret: str) -> set[str]:
    runner, outputs = Runner(Journal(folder), codes_secret=codes_secret), Outputs()
    runner.outputs = outputs
    runner.start()
    runner.timers.reset({})
    runner.journal.close()
    facts = (one for one in outputs.facts if not isinstance(one[2], SendMessage))
    return {f"{runner.journal.epoch}-{seq}-{index}" for seq, index, _ in facts}


def _each_promise_was_paid_once(busy: BusyCentre, posts: Posts) -> None:
    """Whoever waited for so long has one code, and it was sent once."""
    codes = [fact["code"] for fact in busy.facts("PromiseMissed")]
    assert len(codes) == len(set(codes)) == WAITING
    assert sorted(code for (code,) in busy.rows("SELECT code FROM data_compensationcode")) == sorted(codes)
    busy.wait_for(lambda: busy.rows("SELECT state FROM data_outgoingmessage") == [("sent",)] * WAITING)
    said = [body for _, body in posts.taken]
    assert sorted(code for code in codes for body in said if code in body) == sorted(codes)
    assert len(said) == WAITING


def _rings(busy: BusyCentre, number: str, within_s: float = 60) -> PhoneCall:
    """The customer's telephone rings, and nobody takes the call yet."""
    busy.wait_for(lambda: busy.dialled(number), within_s)
    [call] = busy.dialled(number)
    busy.telephones.do(call.ring)
    return call


def _is_spoken_to(busy: BusyCentre, customer: PhoneCall) -> None:
    """Sound arrives at this telephone."""
    voice = customer.voice
    assert voice is not None
    busy.telephones.do(voice.forget)
    busy.telephones.run(until(lambda: voice.heard_s() > 0.5))


def _in_order(busy: BusyCentre, who: str) -> list[str]:
    """Who waits on the line, or to be called back, in the order of their places."""
    found = [value for key, value in busy.items().items() if key.startswith("queue:") and value[who]]
    assert len(found) == 1
    order: list[str] = found[0][who]
    return order


def _everybody_hears_something(busy: BusyCentre) -> None:
    """Packets flow to every party, but for agents whose caller is on hold: those hear silence."""
    before = busy.sent()
    silent = {channels[0] for channels in busy.bridges().values() if len(channels) == 1}
    busy.wait_for(lambda: _all_have_grown(before, busy.sent(), silent))


def _all_have_grown(before: dict[str, int], after: dict[str, int], but: set[str]) -> bool:
    return all(after.get(channel, 0) > count + 10 for channel, count in before.items() if channel not in but)


def _agent_legs(busy: BusyCentre) -> set[str]:
    return {channel for channels in busy.bridges().values() for channel in channels}
