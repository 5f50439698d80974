"""Limits of outside numbers, against toll fraud: whoever is refused is told why, nobody is rung, the call stays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from allo.core.call_states import CallState
from allo.core.callers_way import Target, TargetKind
from allo.core.effects import Accepted, DialNumber, Refused
from allo.core.events import ConfigChanged, PlaybackFinished
from allo.core.facts import CallEnded, EndReason, OutsideRefusal, OutsideRefused
from allo.core.model import Dialling, NumberRoute, PartyKind
from allo.core.refusal import Refusal
from allo.core.requests import ConsultParty, DropParty, Request, Resume, Transfer
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import Room, a_centre, open_room
from tests.waiting import until

RUSSIAN, FOREIGN = "+79990000002", "+19990000002"
FORWARDS = "300"


@asynccontextmanager
async def talk(asterisk: RunningAsterisk, dialling: Dialling) -> AsyncIterator[Room]:
    """A caller talks to agent 5 where this may be dialled; 300 leads to an outside number."""
    base = a_centre()
    forwards = NumberRoute(FORWARDS, target=Target(TargetKind.NUMBER, RUSSIAN))
    config = replace(base, numbers={**base.numbers, FORWARDS: forwards}, dialling=dialling)
    async with open_room(asterisk, config=config) as room:
        yield room


async def asks_in_vain(room: Room, request: Request, why: Refusal) -> None:
    """The agent is told why; the caller and everybody in Asterisk is where they were."""
    rung, legs = len(room.phones["outside"].calls), {one["id"] for one in room.asterisk.channels()}
    state = room.centre.call.state
    effects = room.centre.put(request)
    assert effects[0] == Refused(why)
    assert not any(isinstance(effect, DialNumber) for effect in effects)
    assert room.centre.call.state is state
    if state is CallState.HELD:
        await room.hear(agent=set(), caller={"music"})
    else:
        await room.hear(agent={"caller"}, caller={"5"})
    assert {one["id"] for one in room.asterisk.channels()} == legs
    assert len(room.phones["outside"].calls) == rung


async def asks_and_lets_go(room: Room) -> None:
    """The outside number answers, talks with the agent, and is let go; the caller is on hold."""
    call_id = room.centre.call.id
    assert room.centre.put(ConsultParty("5", call_id, PartyKind.NUMBER, RUSSIAN))[0] == Accepted()
    asked = await room.answers("outside")
    await room.hear(agent={"outside"}, asked={"5"}, caller={"music"})
    room.centre.put(DropParty("5", call_id))
    await until(lambda: asked.is_over)
    await room.hear(agent=set(), caller={"music"})


async def the_talk_goes_on(room: Room) -> None:
    """As if nothing had been asked."""
    room.centre.put(Resume("5", room.centre.call.id))
    await room.hear(agent={"caller"}, caller={"5"})


def refusals(room: Room) -> list[tuple[str, OutsideRefusal]]:
    """What was refused, and why, in the facts of the control that is there now."""
    return [(fact.number, fact.reason) for fact in room.centre.facts if isinstance(fact, OutsideRefused)]


@pytest.mark.parametrize("number", [FOREIGN, "+7;+1"])
async def test_a_number_that_is_not_allowed_is_not_rung(
    music: None, running_asterisk: RunningAsterisk, number: str
) -> None:
    async with talk(running_asterisk, Dialling(("+7*",))) as room:
        call_id = room.centre.call.id
        why = Refusal.NUMBER_NOT_ALLOWED
        await asks_in_vain(room, ConsultParty("5", call_id, PartyKind.NUMBER, number), why)
        await asks_in_vain(room, Transfer("5", call_id, PartyKind.NUMBER, number), why)
        assert refusals(room) == [(number, OutsideRefusal.NOT_ALLOWED)] * 2
        await asks_and_lets_go(room)
        await asks_in_vain(room, Transfer("5", call_id, PartyKind.NUMBER, number), why)
        await the_talk_goes_on(room)


async def test_a_call_rings_so_many_outside_numbers_and_no_more_whatever_is_killed(
    music: None, running_asterisk: RunningAsterisk
) -> None:
    async with talk(running_asterisk, Dialling(("+7*",), most_a_call=1)) as room:
        call_id, why = room.centre.call.id, Refusal.OUTSIDE_CALL_LIMIT
        await asks_and_lets_go(room)
        await asks_in_vain(room, ConsultParty("5", call_id, PartyKind.NUMBER, RUSSIAN), why)
        await room.dies_and_comes_back()
        await asks_in_vain(room, Transfer("5", call_id, PartyKind.NUMBER, RUSSIAN), why)
        assert refusals(room) == [(RUSSIAN, OutsideRefusal.CALL_LIMIT)]
        await the_talk_goes_on(room)


async def test_the_centre_rings_so_many_outside_numbers_a_day_whoever_asks(
    music: None, running_asterisk: RunningAsterisk
) -> None:
    async with talk(running_asterisk, Dialling(("+7*",), most_a_day=1)) as room:
        call_id, why = room.centre.call.id, Refusal.OUTSIDE_DAY_LIMIT
        await asks_and_lets_go(room)
        await asks_in_vain(room, Transfer("5", call_id, PartyKind.NUMBER, RUSSIAN), why)
        await room.dies_and_comes_back()
        await asks_in_vain(room, ConsultParty("5", call_id, PartyKind.NUMBER, RUSSIAN), why)
        rung = len(room.phones["outside"].calls)
        room.calls["other"] = await room.phones["caller"].call(FORWARDS)
        await room.centre.wait_for(PlaybackFinished, prompt="system:unavailable")
        await until(lambda: room.calls["other"].is_over)
        assert room.calls["other"].voice is not None
        assert room.calls["other"].voice.heard_s() > 1, "they were told, and not just cut off"
        await room.hear(agent=set(), caller={"music"})
        [ended] = [fact for fact in room.centre.facts if isinstance(fact, CallEnded)]
        assert ended.end_reason is EndReason.UNAVAILABLE
        assert refusals(room) == [(RUSSIAN, OutsideRefusal.DAY_LIMIT)] * 2
        assert len(room.phones["outside"].calls) == rung
        await the_talk_goes_on(room)


async def test_an_outside_number_is_not_rung_while_as_many_talk_as_may_and_rung_when_one_has_ended(
    music: None, running_asterisk: RunningAsterisk
) -> None:
    async with talk(running_asterisk, Dialling(("+7*",), most_at_once=1)) as room:
        call_id = room.centre.call.id
        assert room.centre.put(ConsultParty("5", call_id, PartyKind.NUMBER, RUSSIAN))[0] == Accepted()
        asked = await room.answers("outside")
        await room.hear(agent={"outside"}, asked={"5"}, caller={"music"})
        await room.dies_and_comes_back()
        rung = len(room.phones["outside"].calls)
        room.calls["other"] = await room.phones["caller"].call(FORWARDS)
        await until(lambda: room.calls["other"].is_over)
        assert refusals(room) == [(RUSSIAN, OutsideRefusal.AT_ONCE_LIMIT)]
        assert len(room.phones["outside"].calls) == rung
        await room.hear(agent={"outside"}, asked={"5"}, caller={"music"})
        room.centre.put(DropParty("5", call_id))
        await until(lambda: asked.is_over)
        room.calls["other"] = await room.phones["caller"].call(FORWARDS)
        await room.answers("outside")
        assert len(room.phones["outside"].calls) == rung + 1
        room.centre.put(Resume("5", call_id))
        await room.hear(agent={"caller"}, caller={"5"})


async def test_a_limit_that_is_raised_holds_at_once(music: None, running_asterisk: RunningAsterisk) -> None:
    async with talk(running_asterisk, Dialling()) as room:
        call_id = room.centre.call.id
        wish = ConsultParty("5", call_id, PartyKind.NUMBER, RUSSIAN)
        await asks_in_vain(room, wish, Refusal.NUMBER_NOT_ALLOWED)
        config = room.centre.engine.state.config
        room.centre.put(ConfigChanged(replace(config, dialling=Dialling(("+7*",)))))
        await asks_and_lets_go(room)
        room.centre.put(ConfigChanged(replace(config, dialling=Dialling(("+1*",)))))
        await asks_in_vain(room, wish, Refusal.NUMBER_NOT_ALLOWED)
        await the_talk_goes_on(room)
