"""What every text-to-speech engine offers. Engines know nothing of calls; greetings and prompts are made with them."""

from typing import Protocol

RATE = 8000
"""Samples a second of everything that a telephone hears."""


class SpeechError(Exception):
    """The text could not be spoken; the message is a sentence for a person."""


class SpeechMissingError(SpeechError):
    """This machine has no such engine."""


class Synthesizer(Protocol):
    """Turns a text into sound."""

    def speak(self, text: str, language: str) -> bytes:
        """`text` as a WAV file's content: 8 kHz, 16 bit, mono. Blocks for some tens of milliseconds.

        An unknown `language` is spoken in the engine's fallback. Raises SpeechError.
        """
