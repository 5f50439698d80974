"""Holds with words of their own and cool-offs: what the caller hears, how they end, and that no kill leaves anybody
in silence. By tones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from allo.core.call_states import CallState
from allo.core.facts import HoldEnded, HoldLimitReached
from allo.core.model import HoldReason, PartyKind
from allo.core.requests import ConsultParty, CoolOff, DropParty, Hold, Resume
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import PROMPTS, Room, a_centre, open_room
from tests.waiting import until

CALM, LOOKING = PROMPTS
WORDS_S = 4
"""Each prompt lasts so long: long enough for a control that is killed to be back in the middle of it."""


@asynccontextmanager
async def talk(asterisk: RunningAsterisk, **queue: Any) -> AsyncIterator[Room]:
    """A caller talks to agent 5; nothing runs out by itself (`runs_out`)."""
    config = a_centre(cool_off_s=900.0, cool_off_prompt=CALM, hold_limit_s=800.0, **queue)
    config = replace(config, hold_reasons={"lookup": HoldReason("lookup", LOOKING, limit_s=700.0)})
    async with open_room(asterisk, config=config) as room:
        room.prompts_are_tones(WORDS_S)
        yield room


@pytest.fixture
async def room(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A conversation, and agent 6 is ready."""
    async with talk(running_asterisk) as one:
        yield one


async def test_a_cool_off_is_told_and_then_the_talk_goes_on_by_itself(room: Room) -> None:
    call_id = room.centre.call.id
    room.centre.put(CoolOff("5", call_id))
    await room.hear(caller={CALM}, agent=set())
    await room.hear(caller={"music"}, agent=set())
    await room.dies_and_comes_back()
    await room.hear(caller={"music"}, agent=set())
    room.centre.runs_out(f"cool:{call_id}")
    await room.hear(caller={"5"}, agent={"caller"})
    assert room.centre.call.state is CallState.TALKING


async def test_a_cool_off_that_ends_while_a_colleague_is_asked_is_not_heard_by_the_caller(room: Room) -> None:
    centre, call_id = room.centre, room.centre.call.id
    centre.put(CoolOff("5", call_id))
    await room.hear(caller={CALM}, agent=set())
    centre.put(ConsultParty("5", call_id, PartyKind.AGENT, "6"))
    asked = await room.answers("6")
    await room.hear(caller={"music"}, agent={"6"}, asked={"5"})
    centre.runs_out(f"cool:{call_id}")
    await room.hear(caller={"music"}, agent={"6"}, asked={"5"})
    assert centre.call.is_hold_late, "the agent is reminded instead"
    await room.dies_and_comes_back()
    centre = room.centre
    await room.hear(caller={"music"}, agent={"6"}, asked={"5"})
    centre.put(DropParty("5", call_id))
    await until(lambda: asked.is_over)
    await room.hear(caller={"music"}, agent=set())
    centre.runs_out(f"hold:{call_id}")
    await room.hear(caller={"music"}, agent=set())
    assert centre.call.state is CallState.HELD, "from now on it is a hold like any other: the agent ends it"
    assert [fact.call_id for fact in centre.facts if isinstance(fact, HoldLimitReached)] == [call_id]
    centre.put(Resume("5", call_id))
    await room.hear(caller={"5"}, agent={"caller"})
    [ended] = [fact for fact in centre.facts if isinstance(fact, HoldEnded)]
    assert ended.held_s > 0


async def test_a_cool_off_with_another_agent_is_never_the_same_one_unless_nobody_else_comes(
    music: None, running_asterisk: RunningAsterisk
) -> None:
    async with talk(running_asterisk, outcome_required=False, wrapup_limit_s=0.0) as room:
        centre, call_id = room.centre, room.centre.call.id
        centre.put(CoolOff("5", call_id, with_another=True))
        await until(lambda: room.calls["agent"].is_over)
        await until(lambda: room.phones["6"].calls)
        await room.hear(caller={"music"})
        room.phones["6"].calls[0].decline()
        await until(lambda: not centre.call.offers)
        await room.hear(caller={"music"})
        assert len(room.phones["5"].calls) == 1, "agent 5 is ready, and is not asked"
        centre.runs_out(f"reserved:{call_id}")
        await room.answers("5", "agent")
        await room.hear(caller={"5"}, agent={"caller"})


@pytest.mark.parametrize(("is_cool_off", "is_over_meanwhile"), [(True, True), (False, False)])
async def test_control_dies_while_the_caller_is_told_why(
    room: Room, is_cool_off: bool, is_over_meanwhile: bool
) -> None:
    call_id, words = room.centre.call.id, CALM if is_cool_off else LOOKING
    room.centre.put(CoolOff("5", call_id) if is_cool_off else Hold("5", call_id, "lookup"))
    await room.hear(caller={words}, agent=set())
    await room.centre.die()
    if is_over_meanwhile:
        await room.hear(caller=set(), agent=set())
    await room.comes_back()
    await room.hear(caller={"music"}, agent=set())
    room.centre.put(Resume("5", call_id))
    await room.hear(caller={"5"}, agent={"caller"})
