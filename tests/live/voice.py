"""The sound of a test's telephones: a tone each way by RTP (G.711 µ-law), and what of it arrives."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 8000
PACKET = 160
CALLER_HZ = 1000.0
AGENT_HZ = 440.0
MUSIC_HZ = 3000.0
TELEPHONE_EVENT = 101
"""RTP's kind of packet for keys, as our SDP names it."""

Samples = NDArray[np.float64]


def _decoding_table() -> NDArray[np.int16]:
    codes = ~np.arange(256, dtype=np.uint8)
    sign, exponent, mantissa = codes & 0x80, (codes >> 4) & 7, codes & 15
    size = (((mantissa.astype(np.int32) << 3) + 0x84) << exponent) - 0x84
    return np.where(sign, -size, size).astype(np.int16)


_DECODED = _decoding_table()


def ulaw(samples: Samples) -> bytes:
    """Samples from -1 to 1 as µ-law."""
    wanted = (samples * 32767).astype(np.int32)
    order = np.argsort(_DECODED, kind="stable")
    places = np.clip(np.searchsorted(_DECODED[order], wanted), 0, 255)
    return order[places].astype(np.uint8).tobytes()


def share(samples: Samples, hz: float) -> float:
    """Which part of the sound's energy is a tone of this frequency; 0 for silence."""
    if samples.size < RATE // 10:
        return 0.0
    energy = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    frequencies = np.fft.rfftfreq(samples.size, 1 / RATE)
    total = float(energy[frequencies > 50].sum())
    return float(energy[np.abs(frequencies - hz) < 30].sum()) / total if total > 1 else 0.0


def write_tone(file: Path, hz: float, seconds: int) -> None:
    """A sound file of a tone, in a folder that is made with it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tone = 0.4 * np.sin(2 * np.pi * hz * np.arange(seconds * RATE) / RATE)
    soundfile.write(file, tone, RATE, subtype="PCM_16")


def read_recording(file: Path) -> tuple[Samples, Samples]:
    """The left and right channel of a raw recording."""
    both = np.frombuffer(file.read_bytes()[: file.stat().st_size // 4 * 4], dtype="<i2").astype(np.float64)
    return both[0::2], both[1::2]


class Voice(asyncio.DatagramProtocol):
    """One telephone's microphone (a tone) and ear."""

    def __init__(self, hz: float) -> None:
        self._tone = ulaw(0.4 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE))  # whole periods: repeats smoothly
        self._packets: list[bytes] = []
        self._heard_at = 0.0
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0
        self._events: list[bytes] = []
        """Of a key that is being pressed, each instead of a packet of the tone."""

    @classmethod
    async def open(cls, address: str, hz: float) -> Voice:
        """Take a port; nothing is said yet."""
        voice = cls(hz)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: voice, local_addr=(address, 0))
        voice._transport = transport
        voice.port = transport.get_extra_info("sockname")[1]
        return voice

    def datagram_received(self, packet: bytes, _address: Any) -> None:
        if len(packet) > 12 and packet[1] & 0x7F == 0:
            self._packets.append(packet[12:])
            self._heard_at = time.monotonic()

    def speak_to(self, address: tuple[str, int]) -> None:
        """Send the tone there, for ever."""
        if self._task is None:
            self._task = asyncio.create_task(self._speak(address))

    async def _speak(self, address: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        begun, source, number, pressed_at = loop.time(), random.getrandbits(32), 0, 0
        while self._transport is not None:
            at = number * PACKET
            pressed_at = pressed_at if self._events else at + PACKET
            kind, when = (TELEPHONE_EVENT, pressed_at) if self._events else (0, at)
            header = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, when & 0xFFFFFFFF, source)
            place = at % RATE
            sound = self._events.pop(0) if self._events else self._tone[place : place + PACKET]
            self._transport.sendto(header + sound, address)
            number += 1
            await asyncio.sleep(begun + number * 0.02 - loop.time())

    def press(self, key: str) -> None:
        """A key by RFC 4733: it lasts 100 ms, and its end is told three times."""
        event = "0123456789*#".index(key)
        self._events += [struct.pack("!BBH", event, 10, PACKET * count) for count in range(1, 6)]
        self._events += [struct.pack("!BBH", event, 0x80 | 10, PACKET * 5)] * 3

    def hears(self, seconds: float = 0.5) -> Samples:
        """The last sound that arrived; `forget` begins anew."""
        packets = self._packets[-round(seconds * RATE / PACKET) :]
        return _DECODED[np.frombuffer(b"".join(packets), dtype=np.uint8)].astype(np.float64)

    def heard_s(self) -> float:
        """How many seconds have arrived since `forget`."""
        return len(self._packets) * PACKET / RATE

    def quiet_s(self) -> float:
        """For how many seconds nothing has arrived: who hears nobody is sent nothing."""
        return time.monotonic() - self._heard_at

    def forget(self) -> None:
        """What arrived so far does not count."""
        self._packets.clear()
        self._heard_at = time.monotonic()

    def close(self) -> None:
        """Fall silent."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
