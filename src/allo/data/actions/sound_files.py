"""Sounds as files under the installation's ``sounds`` folder, named by their content.

A call that is just playing an old one plays it to its end: a file is never overwritten.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from allo import installation

if TYPE_CHECKING:
    from allo.data.sounds import Sound


def store_sound(sound: Sound, folder: str, *, replaces: str = "") -> str:
    """Write a sound if it is not there yet; return its name inside ``sounds``.

    ``replaces`` is a file of the same folder that goes (music: all files of a folder are played in turn).
    """
    content = sound.as_wav()
    name = f"{folder}/{hashlib.sha256(content).hexdigest()[:20]}.wav"
    sounds = installation.current().sounds_folder
    path = sounds / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    if replaces and replaces != name:
        (sounds / replaces).unlink(missing_ok=True)
    return name
