"""What callers hear: greetings whose sound is there, by id."""

from __future__ import annotations

from pathlib import Path

from allo import installation
from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _
from allo.data import models


def load_prompts(remarks: list[str]) -> dict[str, str]:
    """Greetings whose sound is there; a lost file must not make a caller wait for silence."""
    folder = installation.current().sounds_folder
    prompts = {}
    for greeting in models.Greeting.objects.active():
        if not greeting.audio_file:
            continue
        if (folder / greeting.audio_file).is_file():
            prompts[str(greeting.pk)] = f"sound:allo/{Path(greeting.audio_file).with_suffix('')}"
        else:
            lost = _("greeting %(greeting)s has lost its sound %(file)s; it is not played")
            remarks.append(Problem(lost, greeting=greeting.pk, file=greeting.audio_file))
    return prompts
