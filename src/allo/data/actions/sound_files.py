"""Sounds as files under the installation's ``sounds`` folder, named by their content.

A call that is just playing an old one plays it to its end: a file is never overwritten.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from allo import installation
from allo.data.models import Greeting

if TYPE_CHECKING:
    from allo.data.sounds import Sound

GREETINGS = "greetings"
UNUSED_AFTER_S = 3600.0
"""A file is there before its row: a younger one may still get it."""


def store_sound(sound: Sound, folder: str, *, replaces: str = "") -> str:
    """Write a sound if it is not there yet; return its name inside ``sounds``.

    ``replaces`` is a file of the same folder that goes (music: all files of a folder are played in turn).
    """
    content = sound.as_wav()
    name = f"{folder}/{hashlib.sha256(content).hexdigest()[:20]}.wav"
    sounds = installation.current().sounds_folder
    path = sounds / name
    if path.exists():
        path.touch()  # one that was replaced may be chosen again: it is in use from now on
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    if replaces and replaces != name:
        (sounds / replaces).unlink(missing_ok=True)
    return name


def do_drop_replaced_greetings() -> int:
    """Delete sounds which no greeting has any more, not even a deleted one that could come back; return how many."""
    folder = installation.current().sounds_folder / GREETINGS
    old = [file for file in folder.glob("*.wav") if time.time() - file.stat().st_mtime > UNUSED_AFTER_S]
    used = set(Greeting.objects.values_list("audio_file", flat=True))
    unused = [file for file in old if f"{GREETINGS}/{file.name}" not in used]
    for file in unused:
        file.unlink(missing_ok=True)
    return len(unused)
