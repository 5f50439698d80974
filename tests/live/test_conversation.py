"""Who hears whom: consult, swap, conference, transfer, hold. By tones: every telephone says its own."""

from collections.abc import AsyncIterator

import pytest

from allo.core.call_states import CallState
from allo.core.model import PartyKind
from allo.core.requests import CompleteTransfer, ConsultParty, Hold, JoinParties, Resume
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import Room, open_room
from tests.live.small_centre import until


@pytest.fixture
async def room(running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A centre of three, and a customer who talks to agent 5."""
    async with open_room(running_asterisk) as one:
        yield one


async def test_consult_swap_conference_and_transfer(room: Room) -> None:
    centre, call_id = room.centre, room.centre.call.id
    centre.put(ConsultParty("5", call_id, PartyKind.AGENT, "6"))
    asked = await room.answers("6")
    await room.hear(agent={"6"}, asked={"5"}, caller=set())
    centre.put(Resume("5", call_id))  # swap: the asked one waits with music
    await room.hear(agent={"caller"}, caller={"5"}, asked=set())
    assert not asked.is_over
    centre.put(Hold("5", call_id))
    await room.hear(agent={"6"}, asked={"5"}, caller=set())
    centre.put(JoinParties("5", call_id))
    await room.hear(agent={"6", "caller"}, asked={"5", "caller"}, caller={"5", "6"})
    centre.put(CompleteTransfer("5", call_id))
    await until(lambda: room.calls["agent"].is_over)
    await room.hear(asked={"caller"}, caller={"6"})
    assert centre.call.agent_id == "6"
    room.calls["caller"].hang_up()
    await until(lambda: asked.is_over)
    await room.is_empty()


async def test_control_dies_in_the_middle_of_a_consult(room: Room) -> None:
    call_id = room.centre.call.id
    room.centre.put(ConsultParty("5", call_id, PartyKind.AGENT, "6"))
    await room.answers("6")
    await room.hear(agent={"6"}, asked={"5"}, caller=set())
    await room.dies_and_comes_back()
    assert room.centre.call.state is CallState.HELD
    await room.hear(agent={"6"}, asked={"5"}, caller=set())
    room.centre.put(JoinParties("5", call_id))
    await room.hear(agent={"6", "caller"}, asked={"5", "caller"}, caller={"5", "6"})
    await room.dies_and_comes_back()
    await room.hear(agent={"6", "caller"}, asked={"5", "caller"}, caller={"5", "6"})
