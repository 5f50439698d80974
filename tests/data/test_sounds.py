"""Sound for the telephone."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import soundfile

from allo.data.sounds import LONGEST_MUSIC_S, MOST_BYTES, RATE, SoundProblemError, sound_from_file

Samples = np.ndarray[Any, np.dtype[np.float32]]


def tone(seconds: float, rate: int = 44_100, loudness: float = 0.2, channels: int = 1) -> Samples:
    instants = np.arange(int(seconds * rate)) / rate
    one = (loudness * np.sin(2 * np.pi * 440 * instants)).astype(np.float32)
    return np.repeat(one[:, None], channels, axis=1)


def as_file(samples: Samples, rate: int = 44_100, form: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
@pytest.mark.parametrize("channels", [1, 2])
def test_common_files_become_telephone_sound(form: str, channels: int) -> None:
    sound = sound_from_file(as_file(tone(1.5, channels=channels), form=form))
    assert sound.duration_s == pytest.approx(1.5, abs=0.06)
    spectrum = np.abs(np.fft.rfft(sound.samples))
    assert np.argmax(spectrum) * RATE / len(sound.samples) == pytest.approx(440, abs=2)
    stored = soundfile.info(io.BytesIO(sound.as_wav()))
    assert (stored.samplerate, stored.channels, stored.subtype) == (8000, 1, "PCM_16")


def test_quiet_and_loud_speech_end_at_one_level() -> None:
    peaks = {
        round(float(np.abs(sound_from_file(as_file(tone(1, loudness=loudness))).samples).max()), 2)
        for loudness in (0.05, 0.5, 0.9)
    }
    assert peaks == {0.71}


def test_a_small_file_that_unpacks_to_gigabytes_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence of 15 s in eight channels at the highest rate: 300 MB in memory, 600 times as much in ten minutes."""
    file, silence = io.BytesIO(), np.zeros((655_350, 8), np.int16)
    with soundfile.SoundFile(file, "w", 655_350, 8, "PCM_16", format="FLAC") as bomb:
        for _ in range(15):
            bomb.write(silence)
    assert len(file.getvalue()) < MOST_BYTES / 100
    monkeypatch.setattr(soundfile.SoundFile, "read", None)
    with pytest.raises(SoundProblemError) as problem:
        sound_from_file(file.getvalue(), longest_s=LONGEST_MUSIC_S)
    assert problem.value.code == "too_big"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"\x00" * 5000, "unreadable"),
        ("не звук 😀".encode() * 100, "unreadable"),
        (as_file(tone(0.2)), "too_short"),
        (as_file(tone(61, rate=8000), 8000), "too_long"),
        (as_file(tone(2, loudness=0.001)), "silent"),
        (as_file(tone(2, loudness=0)), "silent"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_big"),
    ],
)
def test_what_cannot_be_a_greeting_is_named(content: bytes, code: str) -> None:
    with pytest.raises(SoundProblemError) as caught:
        sound_from_file(content)
    assert caught.value.code == code
