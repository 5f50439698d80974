"""Music that is uploaded while Asterisk runs is heard by the next caller who waits."""

from __future__ import annotations

import asyncio

import numpy as np

from allo.core.effects import AnswerCall, StartMusic
from allo.core.events import CallArrived
from allo.data.sounds import Sound
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import SipPhone
from tests.live.small_centre import Listener
from tests.live.voice import CALLER_HZ, share
from tests.waiting import until

MUSIC_HZ = 1300.0
MUSIC = "music-77"


async def test_new_music_is_heard_without_a_restart(running_asterisk: RunningAsterisk) -> None:
    here = running_asterisk.installation
    instants = np.arange(8000 * 5) / 8000
    tone = Sound((0.5 * np.sin(2 * np.pi * MUSIC_HZ * instants)).astype(np.float32))
    phone = await SipPhone.open(here.sip_port, hz=CALLER_HZ)
    try:
        async with Listener(here, "sound:beep") as listener:
            folder = here.moh_folder / MUSIC
            folder.mkdir(parents=True)
            (folder / "tone.wav").write_bytes(tone.as_wav())
            await listener.telephony.reload_music()
            call = await phone.call("100")
            arrived = await listener.wait_for(CallArrived, number="100")
            listener.telephony.carry_out(AnswerCall(arrived.call_id))
            listener.telephony.carry_out(StartMusic(arrived.call_id, MUSIC))
            await until(lambda: call.is_up)
            await asyncio.sleep(1.5)
            assert call.voice is not None
            assert share(call.voice.hears(1.0), MUSIC_HZ) > 0.8
            call.hang_up()
    finally:
        await phone.close()
