"""One call through Telephony and a real Asterisk, by hand: from the first ring to the recording's two channels."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from allo.core.effects import (
    AnswerCall,
    ConnectLegs,
    EndLeg,
    OfferCall,
    PlayPrompt,
    StartMusic,
)
from allo.core.events import CallArrived, DeviceDown, DeviceUp, LegAnswered, LegEnd, LegEnded, PlaybackFinished
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import PhoneCall, SipPhone
from tests.live.small_centre import Listener
from tests.live.voice import AGENT_HZ, CALLER_HZ, Voice, read_recording, share
from tests.waiting import until


@pytest.fixture
async def caller(running_asterisk: RunningAsterisk) -> AsyncIterator[SipPhone]:
    """The telephone of somebody on this machine."""
    phone = await SipPhone.open(running_asterisk.installation.sip_port, hz=CALLER_HZ)
    yield phone
    await phone.close()


@pytest.fixture
async def agent(running_asterisk: RunningAsterisk) -> AsyncIterator[SipPhone]:
    """The telephone of agent 5."""
    phone = await SipPhone.open(running_asterisk.installation.sip_port, "5", hz=AGENT_HZ)
    yield phone
    await phone.close()


@pytest.fixture
async def listener(running_asterisk: RunningAsterisk) -> AsyncIterator[Listener]:
    """Telephony, connected; nobody decides anything."""
    async with Listener(running_asterisk.installation, "sound:beep") as one:
        yield one


async def arrives(listener: Listener, caller: SipPhone, number: str = "100") -> tuple[PhoneCall, str]:
    """A call, answered, with music: the caller's end of it and its id."""
    call = await caller.call(number)
    arrived = await listener.wait_for(CallArrived, number=number)
    listener.telephony.carry_out(AnswerCall(arrived.call_id))
    listener.telephony.carry_out(StartMusic(arrived.call_id, "default"))
    await until(lambda: call.is_up)
    return call, arrived.call_id


async def rings(listener: Listener, agent: SipPhone, call_id: str, leg: int = 1) -> PhoneCall:
    """The call is offered to agent 5, whose telephone rings."""
    await listener.telephony.make_sip_agent_endpoint("5", agent.uri)
    await listener.wait_for(DeviceUp, agent_id="5")
    listener.telephony.carry_out(OfferCall(call_id, f"{call_id}-a{leg}", "5", "PJSIP/agent-5"))
    await until(lambda: len(agent.calls) == leg)
    agent.calls[-1].ring()
    return agent.calls[-1]


async def hears(voice: Voice | None, is_right: Callable[[Voice], bool]) -> None:
    """Return once half a second of sound is as it should be."""
    assert voice is not None
    voice.forget()
    await until(lambda: voice.heard_s() >= 0.5 and is_right(voice))


def has_more(phone: SipPhone, than: int) -> bool:
    """Whether another call has come."""
    return len(phone.calls) > than


def size_of(file: Path) -> int:
    """Bytes written so far."""
    return file.stat().st_size


async def stops_growing(file: Path) -> int:
    """The size of a file that nobody writes to any more."""
    size = -1
    for _ in range(60):
        if size == (size := size_of(file)):
            return size
        await asyncio.sleep(0.4)
    raise AssertionError(f"{file} grows")


async def test_a_whole_call_and_its_recording(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    do = listener.telephony.carry_out
    call = await caller.call("100", name='"Ann Smith"')
    arrived = await listener.wait_for(CallArrived)
    assert (arrived.number, arrived.caller, arrived.caller_name) == ("100", "79990000001", "Ann Smith")
    call_id = arrived.call_id
    do(AnswerCall(call_id))
    do(PlayPrompt(call_id, "greeting"))
    await listener.wait_for(PlaybackFinished, call_id=call_id, prompt="greeting")
    do(StartMusic(call_id, "default"))
    await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) < 0.5)

    ringing = await rings(listener, agent, call_id)
    assert ringing.invite is not None
    assert ringing.invite["x-allo-call"] == call_id
    assert ringing.invite["x-allo-leg"] == f"{call_id}-a1"
    assert ringing.invite["from"].startswith('"Ann Smith" <sip:79990000001@')
    ringing.answer()
    await listener.wait_for(LegAnswered, leg_id=f"{call_id}-a1")
    do(ConnectLegs(call_id, (call_id, f"{call_id}-a1"), (), "default"))
    await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) > 0.8)
    await hears(ringing.voice, lambda voice: share(voice.hears(), CALLER_HZ) > 0.8)

    recording = listener.telephony._installation.recordings_folder / f"{call_id}.raw"
    do(ConnectLegs(call_id, (f"{call_id}-a1",), (call_id,), "default"))
    await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) < 0.01)
    assert ringing.voice is not None
    held_size = await stops_growing(recording)
    ringing.voice.forget()
    do(ConnectLegs(call_id, (call_id, f"{call_id}-a1"), (), "default"))
    await hears(ringing.voice, lambda voice: share(voice.hears(), CALLER_HZ) > 0.8)
    await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) > 0.8)
    await until(lambda: size_of(recording) > held_size + 8000)

    call.hang_up()
    assert (await listener.wait_for(LegEnded, leg_id=call_id)).end is LegEnd.NORMAL
    do(EndLeg(f"{call_id}-a1"))
    do(EndLeg(call_id))
    await until(lambda: ringing.is_over)
    await stops_growing(recording)
    left, right = read_recording(recording)
    assert share(left, CALLER_HZ) > 0.8
    assert share(left, AGENT_HZ) < 0.02
    assert share(right, AGENT_HZ) > 0.8
    assert share(right, CALLER_HZ) < 0.02


async def test_the_agent_on_hold_hears_nothing(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    do = listener.telephony.carry_out
    call, call_id = await arrives(listener, caller)
    ringing = await rings(listener, agent, call_id)
    ringing.answer()
    await listener.wait_for(LegAnswered)
    do(ConnectLegs(call_id, (call_id, f"{call_id}-a1"), (), "default"))
    await hears(ringing.voice, lambda voice: share(voice.hears(), CALLER_HZ) > 0.8)
    do(ConnectLegs(call_id, (f"{call_id}-a1",), (call_id,), "default"))
    await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) < 0.01)
    voice = ringing.voice
    assert voice is not None
    voice.forget()
    await hears(call.voice, lambda heard: share(heard.hears(), AGENT_HZ) < 0.01)
    assert share(voice.hears(), CALLER_HZ) < 0.5  # silence, or nothing at all


async def test_an_agent_without_a_telephone(listener: Listener, caller: SipPhone) -> None:
    call, call_id = await arrives(listener, caller)
    listener.telephony.carry_out(OfferCall(call_id, f"{call_id}-a1", "9", "PJSIP/agent-9"))
    ended = await listener.wait_for(LegEnded)
    assert (ended.leg_id, ended.end) == (f"{call_id}-a1", LegEnd.UNREACHABLE)
    account = await listener.telephony.make_agent_endpoint("9")
    assert account.username == "agent-9"
    listener.telephony.carry_out(OfferCall(call_id, f"{call_id}-a2", "9", "PJSIP/agent-9"))
    ended = await listener.wait_for(LegEnded, leg_id=f"{call_id}-a2")
    assert ended.end is LegEnd.UNREACHABLE
    assert not call.is_over


SAYS_NO = {
    "486 Busy Here": LegEnd.DECLINED,
    "603 Decline": LegEnd.DECLINED,
    "480 Temporarily Unavailable": LegEnd.DECLINED,
    "404 Not Found": LegEnd.UNREACHABLE,
    "503 Service Unavailable": LegEnd.UNREACHABLE,
}


async def test_the_agents_telephone_says_no(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    call, call_id = await arrives(listener, caller)
    for leg, (answer, end) in enumerate(SAYS_NO.items(), start=1):
        ringing = await rings(listener, agent, call_id, leg)
        ringing.decline(answer)
        ended = await listener.wait_for(LegEnded, leg_id=f"{call_id}-a{leg}")
        assert ended.end is end, answer
    assert not call.is_over


async def test_nobody_takes_it_and_the_offer_is_ended(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    call, call_id = await arrives(listener, caller)
    ringing = await rings(listener, agent, call_id)
    listener.telephony.carry_out(EndLeg(f"{call_id}-a1"))
    await until(lambda: ringing.is_over)
    await listener.wait_for(LegEnded, leg_id=f"{call_id}-a1")
    again = await rings(listener, agent, call_id, leg=2)
    again.answer()
    await listener.wait_for(LegAnswered, leg_id=f"{call_id}-a2")
    assert not call.is_over


async def test_the_caller_leaves_while_it_rings(
    listener: Listener, caller: SipPhone, agent: SipPhone, running_asterisk: RunningAsterisk
) -> None:
    call, call_id = await arrives(listener, caller)
    ringing = await rings(listener, agent, call_id)
    call.hang_up()
    await listener.wait_for(LegEnded, leg_id=call_id, end=LegEnd.NORMAL)
    listener.telephony.carry_out(EndLeg(f"{call_id}-a1"))
    listener.telephony.carry_out(EndLeg(call_id))
    await until(lambda: ringing.is_over)
    await until(lambda: running_asterisk.channels() == [])
    await until(lambda: running_asterisk.ari("GET", "/bridges").json() == [])


async def test_a_caller_who_gives_up_before_the_answer(listener: Listener, caller: SipPhone) -> None:
    call = await caller.call("100")
    arrived = await listener.wait_for(CallArrived)
    await until(lambda: call.answers)
    call.hang_up()
    ended = await listener.wait_for(LegEnded)
    assert (ended.leg_id, ended.end) == (arrived.call_id, LegEnd.NORMAL)
    listener.telephony.carry_out(AnswerCall(arrived.call_id))  # too late, and harmless
    listener.telephony.carry_out(EndLeg(arrived.call_id))
    await listener.telephony.ping()


async def test_a_telephone_rings_where_it_is_now(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    _, call_id = await arrives(listener, caller)
    moved = await SipPhone.open(agent.server[1], "5")

    async def rings_alone(there: SipPhone, elsewhere: SipPhone, leg_id: str, qualify_every_s: int = 0) -> None:
        listener.events.clear()
        await listener.telephony.make_sip_agent_endpoint("5", there.uri, qualify_every_s)
        await listener.wait_for(DeviceUp, agent_id="5")
        await listener.telephony.make_sip_agent_endpoint("5", there.uri, qualify_every_s)  # it is there already
        assert listener.events == [DeviceDown("5"), DeviceUp("5")]
        listener.telephony.carry_out(OfferCall(call_id, leg_id, "5", "PJSIP/agent-5"))
        await until(lambda: not all(call.is_over for call in (*there.calls, *elsewhere.calls)))
        assert all(call.is_over for call in elsewhere.calls)
        there.calls[-1].decline()
        await listener.wait_for(LegEnded, leg_id=leg_id)

    await rings_alone(agent, moved, f"{call_id}-a1")
    await rings_alone(moved, agent, f"{call_id}-a2")
    await rings_alone(agent, moved, f"{call_id}-a3")
    await agent.close()  # without a word
    await rings_alone(moved, agent, f"{call_id}-a4", qualify_every_s=1)
    listener.events.clear()
    await listener.telephony.remove_agent_endpoint("5")
    assert listener.events == [DeviceDown("5")]
    await moved.close()


async def test_a_prompt_without_a_sound_does_not_stop_the_call(listener: Listener, caller: SipPhone) -> None:
    listener.telephony._sounds._prompts = lambda _prompt: "sound:there/is/no/such"
    _, call_id = await arrives(listener, caller)
    listener.telephony.carry_out(PlayPrompt(call_id, "gone"))
    await listener.wait_for(PlaybackFinished, call_id=call_id, prompt="gone")


async def test_recording_can_be_switched_off_and_on(listener: Listener, caller: SipPhone, agent: SipPhone) -> None:
    folder = listener.telephony._installation.recordings_folder
    for is_on in (False, True):
        before = len(agent.calls)
        listener.events.clear()
        await listener.telephony.set_recording(is_on)
        call, call_id = await arrives(listener, caller)
        await listener.telephony.make_sip_agent_endpoint("5", agent.uri)
        listener.telephony.carry_out(OfferCall(call_id, f"{call_id}-a1", "5", "PJSIP/agent-5"))
        await until(partial(has_more, agent, before))
        agent.calls[-1].answer()
        await listener.wait_for(LegAnswered)
        listener.telephony.carry_out(ConnectLegs(call_id, (call_id, f"{call_id}-a1"), (), "default"))
        await hears(call.voice, lambda voice: share(voice.hears(), AGENT_HZ) > 0.8)
        call.hang_up()
        await listener.wait_for(LegEnded, leg_id=call_id)
        listener.telephony.carry_out(EndLeg(f"{call_id}-a1"))
        listener.telephony.carry_out(EndLeg(call_id))
        await until(lambda: agent.calls[-1].is_over)
        assert (folder / f"{call_id}.raw").exists() is is_on
