"""Outside numbers on a line, customers who are called back, messages, keys, and recordings that pause."""

from collections.abc import AsyncIterator

import numpy as np
import pytest
import soundfile

from allo.ari.telephony import TrunkSettings
from allo.core.call_states import CallState
from allo.core.effects import DialNumber
from allo.core.events import KeyPressed, LegEnd, LegEnded, MessageRecorded
from allo.core.facts import CallbackTried, CallEnded, Outcome, TryOutcome
from allo.core.model import CallbackRules, PartyKind
from allo.core.requests import CompleteTransfer, ConsultParty, HangUp, Hold, PauseRecording, Resume
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import Room, open_room
from tests.live.sip_phone import SipPhone
from tests.live.voice import RATE, read_recording, share
from tests.waiting import until

NUMBER = "+79990000002"
TENTH = RATE // 10


@pytest.fixture
async def room(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """A conversation of a caller and agent 5."""
    async with open_room(running_asterisk) as one:
        yield one


@pytest.fixture
async def lobby(music: None, running_asterisk: RunningAsterisk) -> AsyncIterator[Room]:
    """Nobody talks yet; whoever waits may be called back."""
    rules = CallbackRules(key="1", most_tries=2, retry_s=0.5, ring_s=2.0)
    async with open_room(running_asterisk, talking=False, callback=rules) as one:
        yield one


async def test_an_outside_number_is_asked_and_goes_on_with_the_caller(room: Room) -> None:
    call_id = room.centre.call.id
    room.centre.put(ConsultParty("5", call_id, PartyKind.NUMBER, NUMBER))
    asked = await room.answers("outside")
    assert asked.invite is not None
    assert asked.invite.dialled == NUMBER
    assert "+74950000000" in asked.invite["from"]
    await room.hear(agent={"outside"}, asked={"5"}, caller={"music"})
    room.centre.put(CompleteTransfer("5", call_id))
    await until(lambda: room.calls["agent"].is_over)
    await room.hear(asked={"caller"}, caller={"outside"})
    assert room.centre.call.state is CallState.FORWARDED
    await room.dies_and_comes_back()
    await room.hear(asked={"caller"}, caller={"outside"})
    asked.hang_up()
    await until(lambda: room.calls["caller"].is_over)
    await room.is_empty()


async def test_how_outside_numbers_do_not_answer(room: Room) -> None:
    call_id, telephony = room.centre.call.id, room.centre.telephony
    room.centre.put(Hold("5", call_id))
    ends: dict[str, LegEnd] = {}

    async def dialled(leg_id: str, answer: str, number: str = NUMBER) -> None:
        before = len(room.phones["outside"].calls)
        telephony.carry_out(DialNumber(call_id, leg_id, number, 2.0))
        if answer:
            await until(lambda: len(room.phones["outside"].calls) > before)
            ringing = room.phones["outside"].calls[-1]
            ringing.decline(answer) if answer != "rings" else ringing.ring()
        ends[leg_id] = (await room.centre.wait_for(LegEnded, leg_id=leg_id)).end

    await dialled(f"{call_id}-o1", "486 Busy Here")
    await dialled(f"{call_id}-o2", "rings")
    await dialled(f"{call_id}-o3", "404 Not Found")
    telephony.set_outgoing_line(None)
    await dialled(f"{call_id}-o4", "")
    assert list(ends.values()) == [LegEnd.DECLINED, LegEnd.NO_ANSWER, LegEnd.UNREACHABLE, LegEnd.UNREACHABLE]


async def test_a_line_that_moves_is_dialled_where_it_is_now(room: Room) -> None:
    call_id, telephony = room.centre.call.id, room.centre.telephony
    room.centre.put(Hold("5", call_id))
    old = room.phones["outside"]
    new = room.phones["new"] = await SipPhone.open(room.installation.sip_port, address=old.address)
    for number, (there, elsewhere) in enumerate(((new, old), (old, new))):
        await telephony.make_trunk(TrunkSettings("1", old.address, there.port))
        telephony.carry_out(DialNumber(call_id, f"{call_id}-o{number}", NUMBER, 2.0))
        await until(lambda: not all(call.is_over for call in (*old.calls, *new.calls)))
        assert all(call.is_over for call in elsewhere.calls)
        there.calls[-1].decline()
        await room.centre.wait_for(LegEnded, leg_id=f"{call_id}-o{number}")


async def wants_to_be_called_back(room: Room) -> str:
    """The customer waits, presses a key, confirms the number, hears that it is agreed on, and is let go."""
    centre = room.centre
    customer = await room.phones["outside"].call("100")
    await until(lambda: customer.is_up and centre.call.state is CallState.WAITING)
    call_id: str = centre.call.id
    customer.press("1")
    await until(lambda: centre.call.prompts == ["say:callback:79990000002"])
    assert customer.voice is not None
    customer.voice.forget()
    await until(lambda: customer.voice is not None and customer.voice.heard_s() > 1)
    customer.press_by_info("1")
    await until(lambda: customer.is_over)
    assert centre.call.callback is not None
    assert centre.call.callback.is_alone
    await until(lambda: room.asterisk.channels() == [])
    return call_id


async def test_a_customer_is_called_back(lobby: Room) -> None:
    room, centre = lobby, lobby.centre
    call_id = await wants_to_be_called_back(room)
    await room.dies_and_comes_back()
    centre = room.centre
    assert centre.call.state is CallState.WAITING
    room.works("5")
    agent = await room.answers("5", "agent")
    assert agent.invite is not None
    assert "79990000002" in agent.invite["from"]
    customer = await room.answers("outside", "caller")
    await room.hear(agent={"outside"}, caller={"5"})
    centre.put(Hold("5", call_id))
    await room.hear(agent=set(), caller={"music"})
    centre.put(Resume("5", call_id))
    await room.hear(agent={"outside"}, caller={"5"})
    await room.dies_and_comes_back()
    await room.hear(agent={"outside"}, caller={"5"})
    room.centre.put(Hold("5", call_id))
    await room.hear(agent=set(), caller={"music"})
    room.centre.put(Resume("5", call_id))
    await room.hear(agent={"outside"}, caller={"5"})
    customer.press("7")
    await room.centre.wait_for(KeyPressed, call_id=call_id, key="7")
    customer.hang_up()
    await until(lambda: agent.is_over)
    await room.is_empty()
    left, right = read_recording(room.installation.recordings_folder / f"{call_id}.raw")
    assert share(left, 2200.0) > 0.8
    assert share(right, 440.0) > 0.8
    [ended] = [fact for fact in room.centre.facts if isinstance(fact, CallEnded)]
    assert ended.outcome is Outcome.ANSWERED
    assert ended.is_callback


async def test_who_answers_a_call_back_while_control_is_away_is_talked_to(lobby: Room) -> None:
    await wants_to_be_called_back(lobby)
    outside = lobby.phones["outside"]
    before = len(outside.calls)
    lobby.works("5")
    await lobby.answers("5", "agent")
    await until(lambda: len(outside.calls) > before)
    customer = outside.calls[-1]
    customer.ring()
    await lobby.centre.die()
    customer.answer()
    await until(lambda: customer.voice is not None and customer.voice.heard_s() > 1, within_s=10)
    lobby.calls["caller"] = customer
    await lobby.comes_back()
    await lobby.hear(agent={"outside"}, caller={"5"})
    assert len(outside.calls) == before + 1, "nobody is rung a second time"
    customer.hang_up()
    await until(lambda: lobby.calls["agent"].is_over)
    await lobby.is_empty()
    tried = [fact.outcome for fact in lobby.centre.facts if isinstance(fact, CallbackTried)]
    assert tried == [TryOutcome.ANSWERED]


async def test_a_customer_who_does_not_answer_is_tried_again(lobby: Room) -> None:
    await wants_to_be_called_back(lobby)
    lobby.works("5")
    await _nobody_answers(lobby)
    await _nobody_answers(lobby)
    tried = [fact.outcome for fact in lobby.centre.facts if isinstance(fact, CallbackTried)]
    assert tried == [TryOutcome.NO_ANSWER, TryOutcome.NO_ANSWER]
    await until(lambda: not lobby.centre.engine.state.calls)
    await lobby.is_empty()


async def _nobody_answers(lobby: Room) -> None:
    """The agent does, and is let go when the customer does not."""
    before = len(lobby.phones["outside"].calls)
    agent = await lobby.answers("5", "agent")
    await until(lambda: len(lobby.phones["outside"].calls) > before)
    lobby.phones["outside"].calls[-1].ring()
    await until(lambda: agent.is_over)


async def test_keys_among_the_sound_and_by_message(room: Room) -> None:
    caller, call_id = room.calls["caller"], room.centre.call.id
    for place, key in enumerate("1590#*"):
        (caller.press if place % 2 else caller.press_by_info)(key)
        await room.centre.wait_for(KeyPressed, call_id=call_id, key=key)
        await room.pause(0.4)  # a finger takes as long
    room.calls["agent"].press("3")
    caller.press("7")
    await room.centre.wait_for(KeyPressed, call_id=call_id, key="7")
    assert sum(isinstance(event, KeyPressed) for event in room.centre.events) == 7


async def test_the_recording_pauses_in_silence(room: Room) -> None:
    call_id = room.centre.call.id
    await room.pause(1.0)
    room.centre.put(PauseRecording("5", call_id, True))
    await room.hear(agent={"caller"}, caller={"5"})
    await room.pause(1.0)
    await room.dies_and_comes_back()
    await room.pause(1.0)
    room.centre.put(PauseRecording("5", call_id, False))
    await room.pause(1.0)
    room.centre.put(HangUp("5", call_id))
    await room.is_empty()
    left, right = read_recording(room.installation.recordings_folder / f"{call_id}.raw")
    for channel in (left, right):
        tenths = np.abs(channel[: channel.size // TENTH * TENTH].reshape(-1, TENTH)).max(axis=1)
        paused = np.flatnonzero(tenths == 0)
        assert paused.size >= 20
        assert list(paused) == list(range(paused[0], paused[-1] + 1))  # one stretch, with speech before and after
        assert paused[0] > 5
        assert paused[-1] + 5 < tenths.size
        assert np.delete(tenths, paused).min() > 1000


@pytest.mark.parametrize("end", ["key", "hang-up"])
async def test_a_message_is_spoken_and_becomes_work(lobby: Room, end: str) -> None:
    centre, customer = lobby.centre, await lobby.phones["outside"].call("200")
    await until(lambda: customer.is_up)
    call_id = centre.call.id
    await until(lambda: lobby.is_recording(f"{call_id}-v1"))
    await lobby.pause(2.0)
    customer.press("#") if end == "key" else customer.hang_up()
    left = await centre.wait_for(MessageRecorded, call_id=call_id)
    await until(lambda: customer.is_over)
    spoken, rate = soundfile.read(centre.telephony.message_file(left.recording_id))
    assert rate == RATE
    assert left.length_s == pytest.approx(spoken.size / RATE, abs=0.05)
    assert 1.4 < left.length_s < 4
    assert share(spoken[RATE // 2 : -RATE // 2] * 32768, 2200.0) > 0.8
    await until(lambda: centre.call.callback is not None)
    await lobby.is_empty()


async def test_who_is_refused_hears_busy(lobby: Room) -> None:
    lobby.phones["caller"].user = "666"
    call = await lobby.phones["caller"].call("100")
    await until(lambda: call.is_over)
    assert call.final == 486
    assert not call.is_up
    await lobby.is_empty()
