"""Who hears whom: consult, swap, conference, transfer, hold. By tones: every telephone says its own."""

from collections.abc import AsyncIterator

import pytest

from allo.core.call_states import CallState
from allo.core.facts import SurveyCommented
from allo.core.model import PartyKind
from allo.core.queue_speech import Question, Survey
from allo.core.requests import CompleteTransfer, ConsultParty, HangUp, Hold, JoinParties, Resume
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import Room, open_room
from tests.waiting import until


@pytest.fixture
async def room(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A centre of three, and a customer who talks to agent 5."""
    async with open_room(running_asterisk) as one:
        yield one


async def test_consult_swap_conference_and_transfer(room: Room) -> None:
    centre, call_id = room.centre, room.centre.call.id
    centre.put(ConsultParty("5", call_id, PartyKind.AGENT, "6"))
    asked = await room.answers("6")
    await room.hear(agent={"6"}, asked={"5"}, caller={"music"})
    centre.put(Resume("5", call_id))  # swap: the asked one waits with music
    await room.hear(agent={"caller"}, caller={"5"}, asked={"music"})
    assert not asked.is_over
    centre.put(Hold("5", call_id))
    await room.hear(agent={"6"}, asked={"5"}, caller={"music"})
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
    await room.hear(agent={"6"}, asked={"5"}, caller={"music"})
    await room.dies_and_comes_back()
    assert room.centre.call.state is CallState.HELD
    await room.hear(agent={"6"}, asked={"5"}, caller={"music"})
    room.centre.put(JoinParties("5", call_id))
    await room.hear(agent={"6", "caller"}, asked={"5", "caller"}, caller={"5", "6"})
    await room.dies_and_comes_back()
    await room.hear(agent={"6", "caller"}, asked={"5", "caller"}, caller={"5", "6"})


async def test_a_survey_is_heard_by_the_caller_alone(music: None, running_asterisk: RunningAsterisk) -> None:
    questions = (Question("solved", "say:position:2"), Question("polite", "say:seconds:21"))
    survey = Survey(questions, comment_prompt="say:position:3", timeout_s=30.0)
    async with open_room(running_asterisk, survey=survey, outcome_required=False, wrapup_limit_s=0.0) as room:
        centre, call_id, caller = room.centre, room.centre.call.id, room.calls["caller"]
        centre.put(HangUp("5", call_id))
        await until(lambda: centre.call.state is CallState.SURVEY)
        await until(lambda: len(running_asterisk.channels()) == 1)
        await room.pause(0.5)
        caller.press("5")  # in the middle of the question
        await until(lambda: centre.call.surveyed is not None and centre.call.surveyed.question == 1)
        await room.dies_and_comes_back()
        centre = room.centre
        await until(lambda: not centre.call.prompts)  # the question has been heard to its end
        caller.press("1")
        await until(lambda: room.is_recording(f"{call_id}-s1"))
        await room.pause(1.5)
        caller.press("#")
        await until(lambda: caller.is_over)
        said = [fact for fact in centre.facts if isinstance(fact, SurveyCommented)]
        assert [fact.recording_id for fact in said] == [f"{call_id}-s1"]
        assert 1 < said[0].length_s < 6
        await room.is_empty()
