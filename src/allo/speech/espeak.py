"""Text to speech by espeak-ng, run as a separate program (it is GPL): quick, offline, any language, robotic.

The text travels by standard input, so nothing in it can be taken for an option. The same text in the same language is
spoken once: results are kept as files named by their content's hash.
"""

import hashlib
import io
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from allo.installation import Installation
from allo.speech.synthesizer import RATE, SpeechError, SpeechMissingError

VOICES = {"en": "en-us", "ru": "ru"}
FALLBACK = "en"
WORDS_PER_MINUTE = 150
PEAK = 10 ** (-3 / 20)  # -3 dBFS leaves room for the telephone's codecs
LONGEST_TEXT = 5000
TIMEOUT_S = 30
FORM = "1"
"""Part of a cached file's name: raise it when the sound made of the same text changes."""


@dataclass(frozen=True, slots=True)
class EspeakSynthesizer:
    """A Synthesizer; `cache` may be shared between processes."""

    program: Path
    cache: Path

    @classmethod
    def of(cls, installation: Installation) -> "EspeakSynthesizer":
        """This machine's espeak-ng. Raises SpeechMissingError."""
        program = installation.program("espeak-ng")
        if program is None:
            raise SpeechMissingError("espeak-ng was not found: run scripts/setup, or upload a recording instead.")
        return cls(program, installation.speech_cache_folder)

    def speak(self, text: str, language: str) -> bytes:
        """See Synthesizer.speak."""
        words = " ".join(text.split())
        if not words:
            raise SpeechError("There is no text to speak.")
        if len(words) > LONGEST_TEXT:
            raise SpeechError(f"The text is longer than {LONGEST_TEXT} characters.")
        voice = VOICES.get(language, VOICES[FALLBACK])
        name = hashlib.sha256(f"{FORM}\n{voice}\n{WORDS_PER_MINUTE}\n{words}".encode()).hexdigest()
        kept = self.cache / f"{name}.wav"
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            pass
        content = _for_telephone(self._run(words, voice))
        write_whole(kept, content)
        return content

    def _run(self, words: str, voice: str) -> bytes:
        command = [str(self.program), "-v", voice, "-s", str(WORDS_PER_MINUTE), "-b", "1", "--stdin", "--stdout"]
        try:
            answer = subprocess.run(command, input=words.encode(), capture_output=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechError("espeak-ng could not be run.") from error
        if answer.returncode or not answer.stdout:
            raise SpeechError(f"espeak-ng failed: {answer.stderr.decode(errors='replace').strip()[:200]}")
        return answer.stdout


def _for_telephone(wav: bytes) -> bytes:
    # espeak-ng writes to a pipe and so cannot fill in the header's lengths: read the samples after it.
    start = wav.find(b"data", 12) + 8
    rate = int.from_bytes(wav[24:28], "little")
    if start < 44 or not rate:
        raise SpeechError("espeak-ng answered with something that is not sound.")
    body = wav[start : start + (len(wav) - start) // 2 * 2]
    spoken = np.frombuffer(body, dtype="<i2").astype(np.float32) / 32768
    samples = soxr.resample(spoken, rate, RATE)
    loudest = float(np.max(np.abs(samples), initial=0.0))
    if not loudest:
        raise SpeechError("There is nothing in this text that can be spoken.")
    file = io.BytesIO()
    soundfile.write(file, samples * (PEAK / loudest), RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Put the file there whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(draft).chmod(0o640)
    Path(draft).replace(path)
