"""Everything that is said with values in it can be heard, in both languages; words give way to what replaces them."""

from collections.abc import AsyncIterator
from functools import partial
from itertools import product
from operator import attrgetter

import pytest

from allo.core.effects import AnswerCall, PlayPrompt, StartMusic
from allo.core.events import CallArrived, PlaybackFinished
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import PhoneCall, SipPhone
from tests.live.small_centre import Listener
from tests.waiting import until

SAID = ("say:position:3", "say:wait:2-4", "say:seconds:21", "say:code:A2", "say:callback:+7911", "system:all_busy")


@pytest.fixture
async def heard(running_asterisk: RunningAsterisk) -> AsyncIterator[tuple[Listener, PhoneCall, str]]:
    """A caller on the line, and the call's id."""
    phone = await SipPhone.open(running_asterisk.installation.sip_port)
    async with Listener(running_asterisk.installation, "sound:there/is/no/such") as listener:
        call = await phone.call("100")
        arrived = await listener.wait_for(CallArrived)
        listener.telephony.carry_out(AnswerCall(arrived.call_id))
        await until(lambda: call.is_up)
        yield listener, call, arrived.call_id
        await phone.close()


async def test_sentences_are_heard_word_by_word(running_asterisk: RunningAsterisk) -> None:
    """Each by a caller of its own, all at the same time: it takes as long as the longest."""
    phone = await SipPhone.open(running_asterisk.installation.sip_port)
    async with Listener(running_asterisk.installation, "sound:there/is/no/such") as listener:
        callers: dict[tuple[str, str], tuple[PhoneCall, str]] = {}
        for number, sentence in enumerate(product(SAID, ("en", "ru")), start=100):
            call = await phone.call(str(number))
            call_id = (await listener.wait_for(CallArrived, number=str(number))).call_id
            listener.telephony.carry_out(AnswerCall(call_id))
            await until(partial(attrgetter("is_up"), call))
            callers[sentence] = call, call_id
        for (prompt, language), (_, call_id) in callers.items():
            listener.telephony.carry_out(PlayPrompt(call_id, prompt, language))
        for (prompt, language), (call, call_id) in callers.items():
            await listener.wait_for(PlaybackFinished, call_id=call_id, prompt=prompt)
            assert call.voice is not None
            assert call.voice.heard_s() > 1.0, (prompt, language)
        await phone.close()


async def test_words_that_are_replaced_stop_at_once_and_say_nothing(heard: tuple[Listener, PhoneCall, str]) -> None:
    listener, call, call_id = heard
    assert call.voice is not None
    for _ in range(3):
        listener.telephony.carry_out(PlayPrompt(call_id, "system:please_wait", "en"))
    listener.telephony.carry_out(StartMusic(call_id, "default"))
    listener.telephony.carry_out(PlayPrompt(call_id, "say:position:1", "ru"))
    call.voice.forget()
    await listener.wait_for(PlaybackFinished)
    assert call.voice.heard_s() < 5.0  # three greetings would last for 9 seconds
    assert [event for event in listener.events if isinstance(event, PlaybackFinished)] == [
        PlaybackFinished(call_id, "say:position:1")
    ]
