"""The feed: an old snapshot with all updates after it is a fresh snapshot, whatever happens in the centre."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.control import feed as feed_module
from allo.control.centre import Centre
from allo.control.feed import FLUSH_AFTER_S, decode_update
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.break_plan import BreakKind, BreakRule
from allo.core.engine import Input
from allo.core.model import Config, PartyKind
from allo.installation import Installation
from allo.web.control_client import Snapshot
from allo.web.mirror import GapError, Mirror
from tests.control.centres import INPUTS, config, conversation, opening, rich, smaller
from tests.control.fake_telephony import FakeTelephony
from tests.control.virtual_time import virtually


class Small:
    """A real centre without Asterisk and database; facts wait in its ledger."""

    def __init__(self, folder: Path) -> None:
        here = Installation(home=folder / token_hex(4), time_zone="UTC")
        here.make_folders()
        self.centre = Centre(here, FakeTelephony)  # type: ignore[arg-type]
        self.centre.runner.start()
        self.feed = self.centre.feed
        self.runner = self.centre.runner

    def say(self, *inputs: Input) -> None:
        for what in inputs:
            self.runner.take(what)

    def snapshot(self) -> Snapshot:
        self.feed.flush()
        return msgspec.json.decode(self.feed.snapshot(), type=Snapshot)

    def lines(self, seq: int) -> list[dict[str, Any]] | None:
        found = self.feed.after(seq)
        return None if found is None else [decode_update(line) for line in found[0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def follow(centre: Small, mirror: Mirror) -> None:
    """What a web process does."""
    lines = centre.lines(mirror.seq)
    if lines is None:
        mirror.replace(centre.snapshot())
    for line in lines or []:
        mirror.apply(line)


STEPS = st.lists(
    st.one_of(
        INPUTS,
        INPUTS,
        st.integers(1, 7),  # so much of a conversation
        st.sampled_from(("flush", "follow", "rebuild", "customer", "midnight")),
    ),
    max_size=40,
)


@settings(max_examples=120)
@given(STEPS)
def test_the_equation(tmp_path_factory: pytest.TempPathFactory, steps: list[Input | int | str]) -> None:
    """Readers that joined at any moment and follow at any moment agree with a fresh snapshot and with the state."""

    @virtually
    async def run() -> None:
        centre = Small(tmp_path_factory.getbasetemp())
        centre.say(*opening())
        readers = [Mirror(centre.snapshot())]
        talked = 0
        for step in steps:
            match step:
                case "flush":
                    centre.feed.flush()
                case "follow":
                    follow(centre, readers[-1])
                    readers.append(Mirror(centre.snapshot()))
                case "rebuild":
                    centre.runner.restore(centre.runner.journal.load(), facts=False)
                case "customer":
                    state = centre.runner.state
                    centre.centre._written([], dict.fromkeys(list(state.calls)[:1], "77"))
                case "midnight":
                    midnight = centre.centre.today.ends_at
                    assert centre.centre.today.turn_page(midnight)
                    centre.feed.touch_all()
                    centre.centre.today.begins_at -= 86_400  # so that the facts of now count in the new day
                case int():
                    talked += 1
                    centre.say(*conversation(f"t{talked}")[:step])
                case _:
                    assert not isinstance(step, str)
                    centre.say(step)
        fresh = centre.snapshot()
        truth: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(centre.centre._views().all()))
        assert fresh.items == truth, "nothing that changed was forgotten"
        for reader in readers:
            follow(centre, reader)
            assert (reader.seq, reader.items) == (fresh.seq, fresh.items)

    run()


@virtually
async def test_changes_within_a_moment_are_one_update_a_key(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening())
    seq = centre.snapshot().seq
    centre.say(*conversation()[:5])
    assert centre.lines(seq) == []
    await asyncio.sleep(FLUSH_AFTER_S * 1.5)
    lines = centre.lines(seq)
    assert lines is not None
    keys = [line["key"] for line in lines]
    assert len(keys) == len(set(keys))
    assert "call:c1" in keys
    assert [line["seq"] for line in lines] == list(range(seq + 1, seq + 1 + len(lines)))


@virtually
async def test_what_is_as_before_is_not_sent(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening())
    seq = centre.snapshot().seq
    centre.say(rq.TakeBreak("1", "5"), rq.GoReady("1"))
    centre.feed.flush()
    centre.feed.touch_all()
    centre.feed.flush()
    lines = centre.lines(seq) or []
    assert "agent:3" not in {line["key"] for line in lines}
    seq = centre.feed.seq
    centre.feed.touch_all()
    centre.feed.flush()
    assert centre.feed.seq == seq


@virtually
async def test_an_ended_call_is_told_by_null_and_gone_from_the_snapshot(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening(), *conversation()[:2])
    seq = centre.snapshot().seq
    centre.say(ev.LegEnded("c1"))
    assert "call:c1" not in centre.snapshot().items
    assert {"seq": seq + 2, "key": "call:c1", "value": None} in (centre.lines(seq) or [])


@virtually
async def test_a_removed_queue_and_agent_are_gone_once_nobody_is_in_them(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening())
    reader = Mirror(centre.snapshot())
    centre.say(rq.LogOut("3"), ev.ConfigChanged(Config(2)))
    centre.feed.flush()
    follow(centre, reader)
    assert reader.of_kind("queue") == {}
    assert "agent:3" not in reader.items


@virtually
async def test_the_wrap_up_of_an_agent_who_was_deleted_still_counts_on_the_pages(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening(("1",)), *conversation()[:6], ev.ConfigChanged(smaller(2, ("2",), "")))
    reader = Mirror(centre.snapshot())
    centre.say(rq.FinishWrapUp("1", "c1", "9"))
    centre.feed.flush()
    follow(centre, reader)
    assert reader.items["queue:10"]["today"]["wrapup_s"] > 0
    assert reader.items == msgspec.json.decode(msgspec.json.encode(centre.centre._views().all()))


@virtually
async def test_a_reader_that_fell_behind_is_told_of_the_gap(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 10)
    centre = Small(folder)
    centre.feed.seq = 100
    for number in range(1, 31):
        centre.feed.publish("system", {"n": number})
    assert centre.feed.after(130) == ([], 130)
    assert [line["seq"] for line in centre.lines(120) or []] == list(range(121, 131))
    for behind in (119, 100, 0):
        assert centre.feed.after(behind) is None
    assert centre.feed.after(131) is None, "a number of another life"
    reader = Mirror(Snapshot(119, {}))
    with pytest.raises(GapError):
        reader.apply({"gap": True})
    follow(centre, reader)
    assert reader.items == {"system": {"n": 30}}


@virtually
async def test_nothing_is_published_yet(folder: Path) -> None:
    feed = Small(folder).feed
    feed.seq = 100
    assert feed.after(100) == ([], 100)
    assert feed.after(99) is None


@virtually
async def test_readers_wait_for_news_and_all_get_it(folder: Path) -> None:
    feed = Small(folder).feed
    feed.seq = 0
    got: list[int] = []

    async def read() -> None:
        seq = 0
        while seq < 50:
            await feed.news(seq, 60)
            found = feed.after(seq)
            assert found is not None
            seq = found[1]
        got.append(seq)

    readers = [asyncio.create_task(read()) for _ in range(10)]
    for number in range(50):
        feed.publish("system", {"n": number})
        if number % 7 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*readers)
    assert got == [50] * 10


@virtually
async def test_without_news_a_reader_goes_on_after_its_time(folder: Path) -> None:
    feed = Small(folder).feed
    began = asyncio.get_running_loop().time()
    await feed.news(feed.seq, 1.0)
    assert asyncio.get_running_loop().time() - began == pytest.approx(1.0)


@virtually
async def test_a_queue_s_value_says_who_waits_and_who_works(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening(("1",)), *conversation("c1")[:3], *conversation("c2")[:2], *conversation("c3")[:2])
    values = centre.centre._views()
    queue = values.value("queue", "10")
    assert queue is not None
    assert queue["waiting"] == ["c2", "c3"]
    assert queue["longest_entered_at"] == centre.runner.state.calls["c2"].entered_at
    assert queue["agents"] == {
        "offline": 1, "ready": 0, "offered": 0, "on_call": 1, "wrap_up": 0, "not_ready": 0,
    }  # fmt: skip
    call = values.value("call", "c1")
    assert call is not None
    assert (call["agent_name"], call["queue_name"], call["customer_id"]) == ("Ann", "Sales", "")
    assert (call["entered_at"], call["offers"]) == (centre.runner.state.calls["c1"].entered_at, {})
    agent = values.value("agent", "1")
    assert agent is not None
    assert (agent["name"], agent["state"], agent["call_id"], agent["queues"]) == ("Ann", "on_call", "c1", ["10", "20"])
    assert values.value("agent", "nobody") is values.value("queue", "nowhere") is values.value("call", "c9") is None


@virtually
async def test_figures_that_cannot_be_computed_are_null(folder: Path) -> None:
    centre = Small(folder)
    centre.say(ev.ConfigChanged(config()))
    queue = centre.centre._views().value("queue", "10")
    assert queue is not None
    assert [queue["today"][name] for name in ("service_level", "abandonment", "asa_s", "aht_s", "occupancy")] == [
        None
    ] * 5


@virtually
async def test_a_call_passed_on_in_a_conference_is_told_with_its_new_agent(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening(("1", "2")), *conversation("c1")[:3])
    call = centre.runner.state.calls["c1"]
    asker, asked = call.agent_id, "2" if call.agent_id == "1" else "1"
    centre.say(rq.ConsultParty(asker, "c1", PartyKind.AGENT, asked))
    assert call.consult is not None
    offers = centre.snapshot().items["call:c1"]["offers"]
    assert offers[asked]["because"] == f"consult:{asker}"
    assert offers[asked]["expires_at"] > offers[asked]["since_at"]
    centre.say(ev.LegAnswered(call.consult.leg_id), rq.JoinParties(asker, "c1"))
    consult = centre.snapshot().items["call:c1"]["consult"]
    assert (consult["state"], consult["agent_id"], consult["name"] in {"Ann", "Bob"}) == ("joined", asked, True)
    centre.say(rq.CompleteTransfer(asker, "c1"))
    told = centre.snapshot().items["call:c1"]
    assert (told["agent_id"], told["consult"]) == (asked, None)


@virtually
async def test_what_ends_by_itself_says_until_when(folder: Path) -> None:
    centre = Small(folder)
    centre.say(*opening(("1",)), *conversation("c1")[:3], rq.PauseRecording("1", "c1", is_paused=True))
    state = centre.runner.state
    told = centre.snapshot().items["call:c1"]
    assert told["recording_paused_until_at"] == state.timers["unpause:c1"]
    assert (told["cool_off_until_at"], told["callback"], told["hold_limit_s"]) == (None, None, 180.0)
    centre.say(rq.CoolOff("1", "c1"))
    told = centre.snapshot().items["call:c1"]
    assert (told["cool_off_until_at"], told["hold_limit_s"]) == (state.timers["cool:c1"], 0.0), "not too long a hold"
    centre.say(rq.Resume("1", "c1"), rq.PauseRecording("1", "c1", is_paused=False))
    told = centre.snapshot().items["call:c1"]
    assert told["recording_paused_until_at"] is told["cool_off_until_at"] is None


@virtually
async def test_a_break_asked_for_and_a_closed_queue_are_told(folder: Path) -> None:
    centre = Small(folder)
    rules = {"5": BreakRule("5"), "6": BreakRule("6", BreakKind.COMFORT)}
    centre.say(*opening(("1",)), ev.ConfigChanged(replace(config(2), break_reasons=("5", "6"), break_rules=rules)))
    centre.say(*conversation("c1")[:2], *conversation("c2")[:2], rq.TakeBreak("1", "5"))
    agent = centre.snapshot().items["agent:1"]
    assert agent["comfort_reason"] == "6"
    claim = agent["break_claim"]
    assert (claim["reason"], claim["place"], claim["because"]) == ("5", 1, "calls_waiting")
    centre.say(rq.WithdrawBreak("1"))
    assert centre.snapshot().items["agent:1"]["break_claim"] is None
    centre.say(rq.SetEmergencyClosed("9", "", is_closed=True, reason="fire", message="7"))
    closed = [centre.snapshot().items[f"queue:{id_}"]["closed"] for id_ in ("10", "20")]
    assert [(one["reason"], one["message"], one["is_everywhere"]) for one in closed] == [("fire", "7", True)] * 2
    centre.say(rq.SetEmergencyClosed("9", "", is_closed=False))
    assert centre.snapshot().items["queue:10"]["closed"] is None


@virtually
async def test_customers_who_are_to_be_called_back_do_not_wait_on_the_line(folder: Path) -> None:
    """They make no longest wait and no waiting callers; the queue tells how many they are."""
    centre = Small(folder)
    centre.say(ev.ConfigChanged(rich()))
    for call_id in ("c1", "c2"):
        centre.say(ev.CallArrived(call_id, "100", "+79001112233"), ev.PlaybackFinished(call_id, "7"))
    mirror = Mirror(centre.snapshot())
    centre.say(ev.KeyPressed("c1", "1"), ev.KeyPressed("c1", "1"), ev.LegEnded("c1"))
    queue = centre.snapshot().items["queue:10"]
    follow(centre, mirror)
    assert (queue["waiting"], queue["callbacks"]) == (["c2"], ["c1"])
    assert queue["longest_entered_at"] == centre.runner.state.calls["c2"].entered_at
    assert mirror.items["queue:10"] == queue


@virtually
async def test_what_a_caller_was_promised_is_told_until_the_call_ends(folder: Path) -> None:
    centre = Small(folder)
    centre.say(ev.ConfigChanged(rich()), ev.CallArrived("c1", "100", "79001112233"), ev.PlaybackFinished("c1", "7"))
    told = centre.snapshot().items["call:c1"]["promise"]
    assert told == {"reward": "", "amount": 450, "deadline_at": None, "is_over": False, "code": ""}
    mirror = Mirror(centre.snapshot())
    centre.say(ev.PlaybackFinished("c1", "11"))
    follow(centre, mirror)
    centre.feed.flush()
    follow(centre, mirror)
    deadline = mirror.items["call:c1"]["promise"]["deadline_at"]
    assert deadline == centre.runner.state.timers["promise:c1"] + 5
    centre.say(rq.SetEmergencyClosed("9", "10", is_closed=True, reason="fire"))  # we send the caller away
    told = centre.snapshot().items["call:c1"]["promise"]
    assert told["is_over"]
    assert len(told["code"]) == 8
