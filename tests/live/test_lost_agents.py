"""An agent's telephone is lost in a conversation: the caller waits with music, and everything goes on from there.

The telephone falls silent as one without power does, and Asterisk ends its leg when no sound has come for a while.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from allo.core.agent_states import SystemReason
from allo.core.call_states import CallState
from allo.core.effects import Refused
from allo.core.events import DeviceDown, LegEnd, LegEnded
from allo.core.facts import AgentBack, AgentLost, CallEnded, CallRequeued, CallTransferred, EndReason, Fact, Outcome
from allo.core.model import SupervisionMode
from allo.core.refusal import Refusal
from allo.core.requests import GoReady, Hold, LogOut, Supervise, TakeOver
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import TONES, Room, open_room
from tests.live.sip_phone import SipPhone
from tests.waiting import until

ASKED_EVERY_S = 1
"""So often Asterisk asks the agent's telephone whether it is alive."""
SILENT_S = 3
"""So long a silence ends a leg; a browser's takes 10 seconds."""


@asynccontextmanager
async def talk(asterisk: RunningAsterisk, **queue: Any) -> AsyncIterator[Room]:
    """A caller talks to agent 5; nobody is waited for in vain but when the test says so (`runs_out`)."""
    async with open_room(asterisk, talking=False, lost_agent_patience_s=900.0, **queue) as room:
        await room.centre.telephony.make_sip_agent_endpoint("5", room.phones["5"].uri, ASKED_EVERY_S)
        await until(lambda: room.centre.engine.state.agents["5"].device_up)
        asterisk.ends_silence_after(SILENT_S, "agent-5")
        asterisk.ends_silence_after(SILENT_S, "trunk-1")
        await room.talk()
        room.centre.put(LogOut("6"))
        yield room


@pytest.fixture
async def room(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A conversation; agent 6 is there and does not work, 7 leads."""
    async with talk(running_asterisk) as one:
        yield one


async def vanishes(room: Room, call_id: str = "") -> None:
    """The telephone of agent 5, in the conversation; returns once the centre has noticed."""
    call = room.centre.engine.state.calls[call_id] if call_id else room.centre.call
    leg_id = call.leg_id
    room.phones["5"].vanish()
    told = await room.centre.wait_for(LegEnded, leg_id=leg_id)
    assert told.end is LegEnd.LOST
    await room.centre.wait_for(DeviceDown, agent_id="5")
    assert call.state is CallState.LOST


async def returns(room: Room) -> SipPhone:
    """Agent 5 has a telephone again, at another place."""
    phone = room.phones["5"] = await SipPhone.open(room.installation.sip_port, "5", TONES["5"])
    await room.centre.telephony.make_sip_agent_endpoint("5", phone.uri, ASKED_EVERY_S)
    return phone


def facts(room: Room, kind: type[Fact]) -> list[Any]:
    """All facts of a kind."""
    return [fact for fact in room.centre.facts if isinstance(fact, kind)]


async def test_the_caller_waits_for_the_agent_over_a_kill_and_the_talk_goes_on(room: Room) -> None:
    call_id = room.centre.call.id
    await vanishes(room)
    await room.hear(caller={"music"})
    assert room.centre.put(Hold("5", call_id)) == [Refused(Refusal.PHONE_NOT_CONNECTED)]
    await room.dies_and_comes_back()
    assert room.centre.call.state is CallState.LOST
    await room.hear(caller={"music"})
    assert len(room.asterisk.channels()) == 1, "nobody else is rung"
    await returns(room)
    agent = await room.answers("5", "agent")
    assert agent.invite is not None
    assert agent.invite["x-allo-auto-answer"] == "yes"
    await room.hear(agent={"caller"}, caller={"5"})
    [back] = facts(room, AgentBack)
    assert (back.call_id, back.agent_id) == (call_id, "5")
    assert f"lost:{call_id}" not in room.centre.engine.state.timers
    room.calls["caller"].hang_up()
    await until(lambda: agent.is_over)
    await room.is_empty()
    [ended] = facts(room, CallEnded)
    assert ended.outcome is Outcome.ANSWERED


async def test_an_agent_on_hold_who_is_lost_comes_back_to_a_talk(room: Room) -> None:
    room.centre.put(Hold("5", room.centre.call.id))
    await room.hear(caller={"music"}, agent=set())
    await vanishes(room)
    await room.hear(caller={"music"})
    await returns(room)
    await room.answers("5", "agent")
    await room.hear(agent={"caller"}, caller={"5"})


async def test_who_does_not_come_back_loses_the_call_and_its_caller_is_the_first(room: Room) -> None:
    first = room.centre.call.id
    room.calls["second"] = await room.phones["outside"].call("100")
    await until(lambda: len(room.centre.engine.state.calls) == 2)
    second = next(id_ for id_ in room.centre.engine.state.calls if id_ != first)
    await vanishes(room, first)
    phone = await returns(room)
    await until(lambda: phone.calls)  # rung to bring the talk back, and nobody answers
    await room.hear(caller={"music"}, second={"music"})
    room.centre.runs_out(f"lost:{first}")
    await until(lambda: phone.calls[0].is_over)
    agent = room.centre.engine.state.agents["5"]
    assert agent.reason == SystemReason.PHONE_LOST.value
    assert [fact.call_id for fact in facts(room, CallRequeued)] == [first]
    await room.hear(caller={"music"}, second={"music"})
    room.works("6")
    await room.answers("6", "other")
    await room.hear(other={"caller"}, caller={"6"}, second={"music"})
    room.centre.put(GoReady("5"))
    await until(lambda: len(phone.calls) == 2)
    phone.calls[1].answer()
    room.calls["agent"] = phone.calls[1]
    await room.hear(agent={"outside"}, second={"5"}, other={"caller"}, caller={"6"})
    assert room.centre.engine.state.calls[second].agent_id == "5"


async def test_a_caller_of_whom_no_sound_comes_any_more_was_lost(
    music: None, running_asterisk: RunningAsterisk
) -> None:
    async with talk(running_asterisk, outcome_required=False, wrapup_limit_s=0.0) as room:
        room.calls["caller"].hang_up()
        await until(lambda: room.calls["agent"].is_over)
        await room.phones["outside"].call("100")
        agent = await room.answers("5", "agent")
        await room.hear(agent={"outside"})
        room.phones["outside"].vanish()
        await until(lambda: agent.is_over)
        await room.is_empty()
        assert [fact.end_reason for fact in facts(room, CallEnded)] == [
            EndReason.CALLER_HUNG_UP,
            EndReason.CALLER_LOST,
        ]


async def test_a_caller_who_gives_up_meanwhile_ends_everything(room: Room) -> None:
    await vanishes(room)
    phone = await returns(room)
    await until(lambda: phone.calls)
    room.calls["caller"].hang_up()
    await until(lambda: phone.calls[0].is_over)
    await room.is_empty()
    [ended] = facts(room, CallEnded)
    assert ended.outcome is Outcome.ANSWERED
    assert room.centre.engine.state.calls == {}


@pytest.mark.parametrize(("mode", "is_killed"), [(SupervisionMode.BARGE, True), (SupervisionMode.LISTEN, False)])
async def test_a_leader_who_is_there_takes_the_lost_call_over(
    music: None, running_asterisk: RunningAsterisk, mode: SupervisionMode, is_killed: bool
) -> None:
    async with talk(running_asterisk, outcome_required=False, wrapup_limit_s=0.0) as room:
        call_id = room.centre.call.id
        room.centre.put(Supervise("7", call_id, mode))
        leader = await room.answers("7", "leader")
        await room.hear(leader={"caller", "5"}, agent={"caller"} if mode is SupervisionMode.LISTEN else {"caller", "7"})
        await vanishes(room)
        assert [fact.agent_id for fact in facts(room, AgentLost)] == ["5"]
        await room.hear(caller={"music"}, leader=set())
        if is_killed:
            await room.dies_and_comes_back()
            await room.hear(caller={"music"}, leader=set())
        assert room.centre.call.state is CallState.LOST
        phone = await returns(room)
        await until(lambda: phone.calls)
        room.centre.put(TakeOver("7", call_id))
        await until(lambda: phone.calls[0].is_over)
        await room.hear(caller={"7"}, leader={"caller"})
        assert room.centre.call.agent_id == "7"
        assert [(fact.agent_id, fact.kind, fact.to) for fact in facts(room, CallTransferred)] == [("5", "leader", "7")]
        await until(lambda: len(room.asterisk.channels()) == 2)
        leader.hang_up()
        await until(lambda: room.calls["caller"].is_over)
        await room.is_empty()
