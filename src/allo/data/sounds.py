"""Sound for the telephone: any common audio file becomes 8 kHz, 16 bit, one channel, at an even level.

Decides what is too short, too long or too quiet to be a greeting. Knows no models.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr

RATE = 8000
SHORTEST_S = 0.5
LONGEST_S = 60.0
LONGEST_MUSIC_S = 600.0
MOST_BYTES = 10 * 1024 * 1024
MOST_SAMPLES = 64 * 1024 * 1024
"""What a file may unpack to, over all channels (ten minutes of stereo are 53 million): silence packs without end."""
TARGET_PEAK = 10 ** (-3 / 20)  # -3 dBFS leaves room for the telephone's codecs
SILENT_PEAK = 10 ** (-40 / 20)
MOST_GAIN = 10 ** (24 / 20)

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


class SoundProblemError(ValueError):
    """The file cannot be a greeting; ``code`` is too_big, unreadable, too_short, too_long or silent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples in -1..1 at 8 kHz."""

    samples: Samples

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE

    def as_wav(self) -> bytes:
        """Return the content of a WAV file that Asterisk plays as it is."""
        file = io.BytesIO()
        soundfile.write(file, self.samples, RATE, format="WAV", subtype="PCM_16")
        return file.getvalue()


def sound_from_file(content: bytes, *, longest_s: float = LONGEST_S) -> Sound:
    """Read WAV, FLAC, OGG or MP3, convert and level it. Raises SoundProblemError."""
    if len(content) > MOST_BYTES:
        raise SoundProblemError("too_big")
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.frames > longest_s * file.samplerate:
                raise SoundProblemError("too_long")
            if file.frames * file.channels > MOST_SAMPLES:
                raise SoundProblemError("too_big")
            samples = file.read(dtype="float32", always_2d=True)
            rate = file.samplerate
    except (soundfile.LibsndfileError, RuntimeError, ValueError) as error:
        if isinstance(error, SoundProblemError):
            raise
        raise SoundProblemError("unreadable") from error
    return sound_from_samples(samples.mean(axis=1), rate, longest_s=longest_s)


def sound_from_samples(samples: Samples, rate: int, *, longest_s: float = LONGEST_S) -> Sound:
    """Convert and level mono samples of any rate. Raises SoundProblemError."""
    if len(samples) < SHORTEST_S * rate:
        raise SoundProblemError("too_short")
    if len(samples) > longest_s * rate:
        raise SoundProblemError("too_long")
    clean = np.nan_to_num(samples.astype(np.float32), posinf=0.0, neginf=0.0)
    resampled = clean if rate == RATE else soxr.resample(clean, rate, RATE, quality="HQ")
    centred = resampled - resampled.mean()
    peak = float(np.abs(centred).max(initial=0.0))
    if peak < SILENT_PEAK:
        raise SoundProblemError("silent")
    gain = min(TARGET_PEAK / peak, MOST_GAIN)
    return Sound(np.asarray(centred * gain, dtype=np.float32))
