"""Changes of greetings and the sound files that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allo import installation
from allo.data.actions.changes import save_change
from allo.data.actions.sound_files import GREETINGS, store_sound

if TYPE_CHECKING:
    from pathlib import Path

    from allo.data.models import Greeting, User
    from allo.data.sounds import Sound


def do_save_greeting(actor: User | None, greeting: Greeting, sound: Sound | None = None) -> Greeting:
    """Create or change a greeting; a sound, once there, replaces the earlier one.

    The file is named by its content: a call that is just playing the old one plays it to its end. What nobody has any
    more control sweeps away within hours.
    """
    if sound is not None:
        greeting.audio_file = store_sound(sound, GREETINGS)
        greeting.duration_s = sound.duration_s
    return save_change(actor, greeting)


def greeting_path(greeting: Greeting) -> Path:
    """Return where the sound of a greeting lies."""
    return installation.current().sounds_folder / greeting.audio_file
