"""What callers and agents say, as G.711 for SIPp: our own sentences, spoken by espeak-ng; tones without it.

A speaker repeats for ever, with a pause in which the other one can be heard.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from allo.installation import Installation
from allo.speech.espeak import EspeakSynthesizer
from allo.speech.synthesizer import RATE, SpeechError

PAUSE_S = 2.5
SENTENCES = {
    "en": {
        "caller": "Hello! I would like to ask about my order. I made it last week, and I wonder when it will arrive.",
        "agent": "Good day! I will gladly look it up for you. One moment, please. Yes, I can see your order here.",
    },
    "ru": {
        "caller": "Здравствуйте! Я хочу узнать о своём заказе. Я сделал его на прошлой неделе. Когда его привезут?",
        "agent": "Добрый день! Сейчас посмотрю. Одну минуту, пожалуйста. Да, я вижу ваш заказ.",
    },
}
_TONES_HZ = {"caller": (220.0, 440.0), "agent": (330.0, 660.0)}


def write_sounds(installation: Installation, folder: Path) -> None:
    """Make `caller.ulaw` and `agent.ulaw` in a folder."""
    for who, sentence in SENTENCES[installation.language].items():
        try:
            wav = EspeakSynthesizer.of(installation).speak(sentence, installation.language)
            samples = np.asarray(soundfile.read(io.BytesIO(wav), dtype="float32")[0])
        except SpeechError:
            samples = tones(who)
        silence = np.zeros(int(PAUSE_S * RATE), dtype=np.float32)
        said = [silence, samples] if who == "agent" else [samples, silence]
        soundfile.write(folder / f"{who}.ulaw", np.concatenate(said), RATE, format="RAW", subtype="ULAW", endian="FILE")


def tones(who: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Three seconds of two tones that swell like syllables."""
    at = np.arange(3 * RATE) / RATE
    syllables = np.abs(np.sin(2 * np.pi * 2 * at)) * 0.25
    sound = sum(np.sin(2 * np.pi * hz * at) for hz in _TONES_HZ[who]) * syllables
    return np.asarray(sound, dtype=np.float32)
