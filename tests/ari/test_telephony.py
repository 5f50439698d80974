"""Telephony over a double of Asterisk: when it counts as up, how it comes back, what it lets through when."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from allo.ari import names
from allo.ari import telephony as module
from allo.ari.accounts import Accounts
from allo.ari.telephony import Telephony, TelephonyAwayError, TrunkSettings
from allo.core.effects import AnswerCall, OfferCall
from allo.core.events import CallArrived, DeviceDown, DeviceUp, Event, LegEnd, LegEnded, PlaybackFinished
from allo.core.state import AgentLive, State
from allo.installation import Installation
from tests.ari.asterisk_double import AsteriskDouble
from tests.ari.recover_world import a_world
from tests.ari.test_translate import CALL, channel
from tests.waiting import until

CHANNEL: dict[str, Any] = channel(state="Ring")
ARRIVES = {"type": "StasisStart", "args": ["inbound", "100"], "channel": CHANNEL}


class Watched:
    """A running telephony with everything it said."""

    def __init__(self, installation: Installation) -> None:
        self.telephony = Telephony(installation, lambda prompt: f"sound:{prompt}")
        self.events: list[Event] = []
        self.links: list[bool] = []
        self.telephony.on_event = self.events.append
        self.telephony.on_link = self.links.append


@pytest.fixture
async def double(installation: Installation) -> AsyncIterator[AsteriskDouble]:
    one = AsteriskDouble(installation.secrets().ari_password)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def watched(installation: Installation, double: AsteriskDouble) -> AsyncIterator[Watched]:
    one = Watched(installation.model_copy(update={"asterisk_http_port": double.port}))
    task = asyncio.create_task(one.telephony.run())
    yield one
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not one.telephony.is_up


def comes() -> dict[str, Any]:
    """What Asterisk tells when agent 5's telephone can be reached."""
    return {"type": "PeerStatusChange", "endpoint": {"resource": "agent-5", "state": "online"}}


async def is_up(watched: Watched) -> None:
    """Wait until it is connected."""
    await until(lambda: watched.telephony.is_up)


async def test_it_asks_for_the_events_it_reads_and_nothing_else(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    filter_, subscription, info, recording = double.requests
    assert filter_[:2] == ("PUT", "applications/allo/eventFilter")
    assert {"type": "RESTResponse"} in filter_[2]["allowed"]
    assert {"type": "StasisStart"} in filter_[2]["allowed"]
    assert {"type": "PeerStatusChange"} in filter_[2]["allowed"]
    assert subscription == ("POST", "applications/allo/subscription?eventSource=endpoint%3A", None)
    assert info[1] == "asterisk/info?only=status"
    assert recording[1] == "asterisk/variable?variable=ALLO_RECORD"
    assert watched.telephony.started_at == pytest.approx(1795632322.643)
    assert watched.links == [True]


async def test_it_comes_back_and_says_so(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    double.cut()
    await until(lambda: watched.links == [True, False, True])
    await double.stop()
    await until(lambda: watched.links == [True, False, True, False])
    with pytest.raises(TelephonyAwayError):
        await watched.telephony.ping()
    with pytest.raises(TelephonyAwayError):
        await watched.telephony.reconcile(State())
    with pytest.raises(TelephonyAwayError):
        await watched.telephony.make_trunk(TrunkSettings("1", "192.0.2.1"))
    await double.start()
    await until(lambda: watched.links == [True, False, True, False, True])
    await watched.telephony.ping()


async def test_an_asterisk_that_is_not_ready_is_tried_again(double: AsteriskDouble, watched: Watched) -> None:
    answers = iter([(503, None), (404, None)])
    double.replies["POST", "applications/allo/subscription"] = lambda _uri: next(answers, (200, None))
    await is_up(watched)
    assert double.asked("POST", "applications/allo/subscription") == 3
    assert watched.links == [True]


async def test_events_before_it_is_up_are_left_to_reconciling(double: AsteriskDouble, watched: Watched) -> None:
    double.replies["GET", "asterisk/info"] = None
    await until(lambda: double.asked("GET", "asterisk/info"))
    await double.send(ARRIVES)
    double.replies["GET", "channels"] = (200, [CHANNEL])
    await double.answer(str(len(double.requests)), 200, {"status": {"startup_time": "2026-11-25T18:45:22.643+0000"}})
    await is_up(watched)
    assert watched.events == []
    assert await watched.telephony.reconcile(State()) == [CallArrived(CALL, "100", "+74951234567", "Ann")]


async def test_events_while_looking_around_are_told_once(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    double.replies["GET", "bridges"] = None
    double.replies["GET", "channels"] = (200, [CHANNEL])
    looking = asyncio.create_task(watched.telephony.reconcile(State()))
    await until(lambda: double.asked("GET", "bridges"))
    await double.send(ARRIVES)
    await until(lambda: watched.events)
    number = next(place for place, one in enumerate(double.requests, 1) if one[1] == "bridges")
    await double.answer(str(number), 200, [])
    assert await looking == []


@pytest.mark.parametrize("is_up_now", [True, False])
async def test_what_a_telephone_does_while_somebody_looks_around_is_not_taken_back(
    double: AsteriskDouble, watched: Watched, is_up_now: bool
) -> None:
    await is_up(watched)
    double.replies["GET", "endpoints/PJSIP"] = None
    state = State(agents={"5": AgentLive("5", device_up=is_up_now)})  # as the event will have left it
    looking = asyncio.create_task(watched.telephony.reconcile(state))
    await until(lambda: double.asked("GET", "endpoints/PJSIP"))
    await double.send(comes() if is_up_now else {**comes(), "endpoint": {"resource": "agent-5", "state": "offline"}})
    await until(lambda: watched.events)
    number = next(place for place, one in enumerate(double.requests, 1) if one[1].startswith("endpoints/PJSIP"))
    before = {"resource": "agent-5", "technology": "PJSIP", "state": "offline" if is_up_now else "online"}
    await double.answer(str(number), 200, [before])
    assert await looking == []
    assert watched.events == [DeviceUp("5") if is_up_now else DeviceDown("5")]


async def test_a_prompt_that_ends_while_somebody_looks_around_is_over(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    world = a_world("greeted")
    first, *later = names.playbacks("1.0", "opening")
    double.replies["GET", "channels"] = (200, [channel(id="1.0", state="Up")])
    double.replies["GET", "playbacks"] = None
    looking = asyncio.create_task(watched.telephony.reconcile(world.engine.state))
    await until(lambda: double.asked("GET", "playbacks") == 1 + len(later))
    numbers = {uri.removeprefix("playbacks/"): str(place) for place, (_, uri, _) in enumerate(double.requests, 1)}
    await double.answer(numbers[first], 200, {"id": first})
    await double.send({"type": "PlaybackFinished", "playback": {"id": first}})
    for one in later:
        await double.answer(numbers[one], 404)
    assert PlaybackFinished("1.0", "opening") in await looking


async def test_effects_go_out_when_up_and_nowhere_else(double: AsteriskDouble, watched: Watched) -> None:
    watched.telephony.carry_out(AnswerCall("1.1"))
    await is_up(watched)
    watched.telephony.carry_out(AnswerCall("2.2"))
    await watched.telephony.ping()
    assert double.asked("POST", "channels/1.1") == 0
    assert double.asked("POST", "channels/2.2/answer") == 1


async def test_failures_come_back_as_events(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    double.replies["POST", "channels/1.1-a1"] = (500, {"error": "Allocation failed"})
    watched.telephony.carry_out(OfferCall("1.1", "1.1-a1", "5", "PJSIP/agent-5"))
    await until(lambda: watched.events)
    assert watched.events == [LegEnded("1.1-a1", LegEnd.UNREACHABLE, 20)]


async def test_faults_of_those_who_listen_do_not_end_it(double: AsteriskDouble, watched: Watched) -> None:
    def fails(_what: object) -> None:
        raise RuntimeError("a fault of the listener's")

    watched.telephony.on_link = fails
    watched.telephony.on_event = fails
    await is_up(watched)
    await double.send(ARRIVES)
    await watched.telephony.ping()
    watched.telephony.on_event = watched.events.append
    await double.send(comes())
    await until(lambda: watched.events)
    assert watched.events == [DeviceUp("5")]


async def test_reconciling_fails_as_a_whole(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    double.replies["GET", "bridges"] = (500, None)
    with pytest.raises(TelephonyAwayError, match="bridges: 500"):
        await watched.telephony.reconcile(State())
    double.replies["GET", "bridges"] = (200, [])
    assert await watched.telephony.reconcile(State()) == []


async def test_reconciling_learns_of_telephones(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    phones = [
        {"technology": "PJSIP", "resource": "agent-5", "state": "online", "channel_ids": []},
        {"technology": "PJSIP", "resource": "trunk-1", "state": "offline", "channel_ids": []},
        {"technology": "PJSIP", "resource": "trunk-2", "channel_ids": []},
    ]
    double.replies["GET", "endpoints/PJSIP"] = (200, phones)
    state = State(agents={"5": AgentLive("5"), "6": AgentLive("6")})
    assert await watched.telephony.reconcile(state) == [DeviceUp("5")]
    assert await watched.telephony.trunk_states() == {"1": "offline", "2": "unknown"}
    await double.send(comes())
    await watched.telephony.ping()
    assert watched.events == []


async def test_a_telephone_that_is_removed_is_away(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    await double.send(comes())
    await until(lambda: watched.events)
    await watched.telephony.remove_agent_endpoint("5")
    await watched.telephony.remove_agent_endpoint("5")
    assert watched.events == [DeviceUp("5"), DeviceDown("5")]


async def test_recording(double: AsteriskDouble, watched: Watched) -> None:
    await is_up(watched)
    await watched.telephony.set_recording(False)
    assert double.requests[-1][1] == "asterisk/variable?variable=ALLO_RECORD&value=0"
    await watched.telephony.set_recording(True)
    assert double.requests[-1][1] == "asterisk/variable?variable=ALLO_RECORD&value=1"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts are looked after all the time; asked for before `watched`."""
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)


async def test_accounts_are_looked_after(often: None, double: AsteriskDouble, watched: Watched) -> None:
    old, busy = "web-1000-ab", "web-1001-cd"
    phones = [
        {"technology": "PJSIP", "resource": old, "state": "offline", "channel_ids": []},
        {"technology": "PJSIP", "resource": busy, "state": "online", "channel_ids": ["1.2"]},
    ]
    double.replies["GET", "endpoints/PJSIP"] = (200, phones)
    await until(lambda: double.asked("DELETE", f"asterisk/config/dynamic/res_pjsip/auth/{old}"))
    assert double.asked("DELETE", f"asterisk/config/dynamic/res_pjsip/endpoint/{busy}") == 0


async def test_what_works_beside_the_link_begins_again_after_a_fault(
    often: None,
    double: AsteriskDouble,
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    looks: list[bool] = []

    async def look_after(_accounts: Accounts) -> None:
        looks.append(watched.telephony.is_up)
        if len(looks) == 1:
            raise AttributeError("an error of ours")

    monkeypatch.setattr(Accounts, "look_after", look_after)
    await until(lambda: len(looks) > 1)
    assert "the look after accounts failed" in caplog.text
    assert looks == [True, True], "the link has stood all the time"
