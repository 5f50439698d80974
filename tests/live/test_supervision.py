"""A team leader in a conversation: who hears whom, and that nothing of it is left over. By tones."""

from collections.abc import AsyncIterator

import pytest

from allo.core.effects import WhisperPrompt
from allo.core.events import LegEnd, LegEnded
from allo.core.model import SupervisionMode
from allo.core.requests import HangUp, Hold, Resume, StopSupervising, Supervise, TakeOver
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import Room, open_room
from tests.live.voice import read_recording, share
from tests.waiting import until

LISTEN, WHISPER, BARGE = SupervisionMode.LISTEN, SupervisionMode.WHISPER, SupervisionMode.BARGE


@pytest.fixture
async def room(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A conversation of a caller and agent 5; 7 leads."""
    async with open_room(running_asterisk) as one:
        yield one


def supervises(room: Room, mode: SupervisionMode) -> None:
    """The leader comes in, or changes what they do."""
    room.centre.put(Supervise("7", room.centre.call.id, mode))


async def test_listen_whisper_barge_and_back(room: Room) -> None:
    call_id = room.centre.call.id
    supervises(room, LISTEN)
    leader = await room.answers("7", "leader")
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    supervises(room, WHISPER)
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5"})
    supervises(room, BARGE)
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5", "7"})
    supervises(room, LISTEN)
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    room.centre.put(Hold("5", call_id))
    await room.hear(leader={"5"}, agent=set(), caller={"music"})
    room.centre.put(Resume("5", call_id))
    supervises(room, WHISPER)
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5"})
    room.centre.put(StopSupervising("7", call_id))
    await until(lambda: leader.is_over)
    await room.hear(agent={"caller"}, caller={"5"})
    await until(lambda: len(room.asterisk.channels()) == 2)
    left, right = read_recording(room.installation.recordings_folder / f"{call_id}.raw")
    whispered = right[-8000:]
    assert share(whispered, 440.0) > 0.8  # the recording has what the caller heard, and nothing of the whispering
    assert share(whispered, 1480.0) < 0.02
    assert share(left[-8000:], 1480.0) < 0.02
    room.centre.put(HangUp("5", call_id))
    await room.is_empty()


async def test_control_dies_while_a_leader_whispers_and_listens(room: Room) -> None:
    supervises(room, WHISPER)
    await room.answers("7", "leader")
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5"})
    await room.dies_and_comes_back()
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5"})
    await until(lambda: len(room.asterisk.channels()) == 4)
    supervises(room, LISTEN)
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    await room.dies_and_comes_back()
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    supervises(room, BARGE)
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5", "7"})
    await room.dies_and_comes_back()
    await room.hear(leader={"caller", "5"}, agent={"caller", "7"}, caller={"5", "7"})
    room.calls["caller"].hang_up()
    await until(lambda: room.calls["leader"].is_over)
    await room.is_empty()


async def test_the_leader_takes_over(room: Room) -> None:
    supervises(room, LISTEN)
    await room.answers("7", "leader")
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    room.centre.put(TakeOver("7", room.centre.call.id))
    await until(lambda: room.calls["agent"].is_over)
    await room.hear(leader={"caller"}, caller={"7"})
    await until(lambda: len(room.asterisk.channels()) == 2)
    room.calls["leader"].hang_up()
    await until(lambda: room.calls["caller"].is_over)
    await room.is_empty()


async def test_the_leader_hangs_up_and_the_agents_telephone_breaks(room: Room) -> None:
    supervises(room, LISTEN)
    leader = await room.answers("7", "leader")
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    lost = room.centre.call.leg_id
    room.centre.put(LegEnded(lost, LegEnd.LOST, 44))  # as a browser that vanished
    room.asterisk.ari("DELETE", f"/channels/{lost}")
    await room.answers("5", "agent")
    await room.hear(leader={"caller", "5"}, agent={"caller"}, caller={"5"})
    leader.hang_up()
    await until(lambda: room.centre.call.supervision is None)
    await room.hear(agent={"caller"}, caller={"5"})
    await until(lambda: len(room.asterisk.channels()) == 2)


async def test_words_for_the_agent_alone(room: Room) -> None:
    call = room.centre.call
    room.centre.telephony.carry_out(WhisperPrompt(call.id, call.leg_id, "say:caller:Иван Петров", "ru"))
    agent, caller = room.calls["agent"].voice, room.calls["caller"].voice
    assert agent is not None
    assert caller is not None
    heard: list[float] = []
    while not heard or max(heard) < 0.2:  # whatever is no tone is the words
        heard.append(1 - share(agent.hears(0.5), 1000.0))
        assert share(caller.hears(0.5), 440.0) > 0.95
        await room.pause()
    await until(lambda: len(room.asterisk.channels()) == 2)
    await room.hear(agent={"caller"}, caller={"5"})
