"""Text made into speech for greetings, by whatever synthesizer this machine has."""

from __future__ import annotations


class SpeechMissingError(RuntimeError):
    """No synthesizer is installed here."""


def speak(text: str, language: str) -> bytes:
    """Return ``text`` spoken, as the content of a WAV file. Raises SpeechMissingError."""
    try:
        from allo.speech.espeak import EspeakSynthesizer  # noqa: PLC0415
    except ImportError as error:
        raise SpeechMissingError from error
    raise SpeechMissingError(EspeakSynthesizer)
