"""Prompts as media for Asterisk.

Decides where sounds are: the centre's own (`system:`) and those with values in them (`say:`) are made beforehand in
each language (`speech.prompts`); whatever an administrator has made, control knows. Only a caller's name, for the
agent's ear, is spoken when it is needed, in a thread, and kept for an hour at most: it is somebody's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from allo.installation import Installation
from allo.speech.espeak import EspeakSynthesizer, write_whole
from allo.speech.prompts import SENTENCES
from allo.speech.saying import words
from allo.speech.synthesizer import SpeechError

logger = logging.getLogger(__name__)

_SYSTEM, _SAY, _CALLER = "system:", "say:", "say:caller:"
_FOLDER = "spoken"
_KEPT_S = 3600.0
_CYRILLIC = re.compile("[А-Яа-яЁё]")


class Sounds:
    """All prompts of an installation; `prompts` finds those that an administrator has made."""

    def __init__(self, installation: Installation, prompts: Callable[[str], str]) -> None:
        self._installation = installation
        self._prompts = prompts

    def media(self, prompt: str, language: str) -> str:
        """Media, comma-separated. Raises LookupError, OSError, ValueError."""
        if prompt.startswith(_SYSTEM):
            return self._sound(prompt.removeprefix(_SYSTEM).replace("_", "-"), language)
        if prompt.startswith(_SAY):
            _, what, value = prompt.split(":", 2)
            spoken = words(what, value, self._language(language))
            return ",".join(self._sound(f"say-{word}", language) for word in spoken)
        return self._prompts(prompt)

    async def for_agent(self, prompt: str, language: str) -> str:
        """The same for an agent's ear; "" when there is nothing to say. A caller's name and language are told."""
        if not prompt.startswith(_CALLER):
            try:
                return self.media(prompt, language)
            except (LookupError, OSError, ValueError):
                return ""
        name = prompt.removeprefix(_CALLER).strip()
        parts = [await asyncio.to_thread(self._speak, name)] if name else []
        if f"speaks-{language}" in SENTENCES[self._installation.language]:
            parts.append(self._sound(f"speaks-{language}", self._installation.language))
        return ",".join(part for part in parts if part)

    def _language(self, language: str) -> str:
        return language if language in SENTENCES else self._installation.language

    def _sound(self, name: str, language: str) -> str:
        return f"sound:allo/prompts/{self._language(language)}/{name}"

    def _speak(self, name: str) -> str:
        folder = self._installation.sounds_folder / _FOLDER
        file = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.wav"
        try:
            _forget_old(folder)
            with tempfile.TemporaryDirectory() as nowhere:
                speaker = EspeakSynthesizer.of(self._installation)
                kept_nowhere = EspeakSynthesizer(speaker.program, Path(nowhere))
                write_whole(file, kept_nowhere.speak(name, "ru" if _CYRILLIC.search(name) else "en"))
        except (SpeechError, OSError) as error:
            logger.warning("A caller's name could not be spoken: %s", type(error).__name__)
            return ""
        return f"sound:allo/{_FOLDER}/{file.stem}"


def _forget_old(folder: Path) -> None:
    for file in folder.glob("*.wav"):
        if time.time() - file.stat().st_mtime > _KEPT_S:
            file.unlink(missing_ok=True)
