"""Text made into speech for greetings, by whatever synthesizer this machine has."""

from __future__ import annotations

from allo import installation
from allo.data.sounds import Sound, sound_from_file
from allo.speech.espeak import EspeakSynthesizer


def speak(text: str, language: str) -> Sound:
    """Return ``text`` spoken, ready for the telephone.

    Raises SpeechMissingError (no synthesizer here), SpeechError (this text cannot be spoken) or
    SoundProblemError (too long, too short).
    """
    return sound_from_file(EspeakSynthesizer.of(installation.current()).speak(text, language))
