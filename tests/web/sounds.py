"""Messages with a sound, for the tests of the set-up."""

from __future__ import annotations

import numpy as np

from allo.data.actions.greeting import do_save_greeting
from allo.data.models import Greeting, GreetingKind
from allo.data.sounds import sound_from_samples


def a_message(text: str, *, title: str = "", language: str = "ru") -> Greeting:
    """One second of a tone that stands for the text."""
    instants = np.arange(8000) / 8000
    tone = (0.3 * np.sin(2 * np.pi * 300 * instants)).astype(np.float32)
    greeting = Greeting(title=title or text, text=text, language=language, kind=GreetingKind.PROMPT)
    return do_save_greeting(None, greeting, sound_from_samples(tone, 8000))
