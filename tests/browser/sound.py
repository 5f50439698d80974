"""Tones: made, coded by G.711 (µ-law), and found again in what was heard."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 8000
CALLER_HZ = 1000
AGENT_HZ = 440
THIRD_HZ = 700
_BIAS, _LOUDEST = 33, 8158  # 14-bit µ-law, ITU-T G.711


def _decode_table() -> np.ndarray:
    codes = ~np.arange(256) & 0xFF
    magnitude = (((codes & 0x0F) << 1) + _BIAS) << ((codes >> 4) & 0x07)
    values = magnitude - _BIAS
    return (np.where(codes & 0x80, -values, values) / 8192).astype(np.float32)


_TABLE = _decode_table()
_LEVELS = np.sort(_TABLE)
_CODES = np.argsort(_TABLE).astype(np.uint8)


def from_ulaw(coded: bytes) -> np.ndarray:
    """Samples -1..1."""
    return _TABLE[np.frombuffer(coded, dtype=np.uint8)]


def to_ulaw(samples: np.ndarray) -> bytes:
    """The nearest level for each sample."""
    middles = (_LEVELS[1:] + _LEVELS[:-1]) / 2
    return _CODES[np.searchsorted(middles, samples)].tobytes()


def write_tone(path: Path, hertz: float, lasts_s: int = 10, rate: int = 48_000) -> Path:
    """A WAV file of whole periods, so that it can be repeated without a click."""
    at = np.arange(rate * lasts_s) / rate
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((0.5 * 32767 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes())
    return path


def loudness(samples: np.ndarray) -> float:
    """Root mean square, 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(samples)))) if samples.size else 0.0


def share_of(samples: np.ndarray, hertz: float, rate: int = RATE, width_hz: float = 25) -> float:
    """Which share of the power lies within `width_hz` of a tone."""
    if samples.size < rate // 20:
        return 0.0
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    at = np.fft.rfftfreq(samples.size, 1 / rate)
    total = float(power[at > 50].sum())
    return float(power[np.abs(at - hertz) <= width_hz].sum()) / total if total > 0 else 0.0


def is_tone(samples: np.ndarray, hertz: float, rate: int = RATE) -> bool:
    """Loud, and nearly nothing else."""
    return loudness(samples) > 0.05 and share_of(samples, hertz, rate) > 0.9


def is_silence(samples: np.ndarray) -> bool:
    """Nothing that anybody would hear."""
    return loudness(samples) < 0.005
