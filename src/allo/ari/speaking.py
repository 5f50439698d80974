"""What is played to a caller, and what a caller says to be kept.

Decides when a prompt is over for the engine: a prompt that something else has replaced is stopped and tells nothing;
one without a sound is over at once. Asterisk works a channel's requests off one after another, playing included, so
that whoever takes a caller elsewhere has to stop the playing first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from allo.ari import names
from allo.ari.call_media import GONE, Calls, Send, failed, look
from allo.ari.client import LINK_BROKEN, Answer, path_of
from allo.core.effects import PlayPrompt, RecordMessage
from allo.core.events import Event, MessageRecorded, PlaybackFinished

logger = logging.getLogger(__name__)

MessageMedia = Callable[[str, str], str]
"""A prompt and a language → media for Asterisk, comma-separated; raises LookupError, OSError, ValueError."""


class Speaking:
    """Prompts and messages of all calls. `wanted` are the playbacks whose end is to be told (`Translator`)."""

    def __init__(
        self, send: Send, calls: Calls, wanted: set[str], on_event: Callable[[Event], None], media: MessageMedia
    ) -> None:
        self._send = send
        self._calls = calls
        self._wanted = wanted
        self._on_event = on_event
        self._media = media

    def play(self, effect: PlayPrompt) -> None:
        """Play instead of what the caller hears now."""
        call_id, prompt = effect.call_id, effect.prompt
        self.stop(call_id)
        try:
            media = self._media(prompt, effect.language)
        except (LookupError, OSError, ValueError):
            logger.warning("Prompt %s has no sound", "say:" if prompt.startswith("say:") else prompt)  # no numbers
            self._on_event(PlaybackFinished(call_id, prompt))
            return
        call = self._calls.of(call_id)
        if call.with_music.pop(call.caller_leg, None) is not None:
            self._send("DELETE", path_of("channels", call.caller_leg, "moh"), on_answer=look)
        call.play_count += 1
        call.playing = names.playback(call_id, prompt, call.play_count)
        self._wanted.add(call.playing)
        path = path_of("channels", call.caller_leg, "play", call.playing)
        self._send("POST", path, {"media": media}, on_answer=partial(self._played, call_id, prompt, call.playing))

    def stop(self, call_id: str) -> None:
        """Stop what plays to the caller, if anything does; its end is not told."""
        call = self._calls.get(call_id)
        if call is None or not call.playing:
            return
        if call.playing in self._wanted:  # else it has come to its end
            self._wanted.discard(call.playing)
            self._send("DELETE", path_of("playbacks", call.playing), on_answer=look)
        call.playing = ""

    def takes_over(self, call_id: str, playback: str) -> None:
        """This plays to the caller since before the link broke."""
        self._calls.of(call_id).playing = playback
        self._wanted.add(playback)

    def is_playing(self, call_id: str) -> bool:
        """Whether the caller hears a prompt now."""
        call = self._calls.get(call_id)
        return call is not None and call.playing in self._wanted

    def _played(self, call_id: str, prompt: str, playback: str, answer: Answer) -> None:
        if answer.ok or answer.status == LINK_BROKEN or playback not in self._wanted:
            return
        self._wanted.discard(playback)
        if answer.status not in GONE:
            logger.warning("Asterisk could not play a prompt: %s", answer.status)
            self._on_event(PlaybackFinished(call_id, prompt))

    def record(self, effect: RecordMessage) -> None:
        """Record what the caller says, after a tone."""
        self.stop(effect.call_id)
        call = self._calls.of(effect.call_id)
        if call.with_music.pop(call.caller_leg, None) is not None:
            self._send("DELETE", path_of("channels", call.caller_leg, "moh"), on_answer=look)
        options = {
            "name": effect.recording_id,
            "format": "wav",
            "maxDurationSeconds": str(max(1, round(effect.limit_s))),
            "ifExists": "overwrite",
            "beep": "true",
            "terminateOn": effect.end_key if effect.end_key in ("#", "*") else "none",
        }
        recorded = partial(self._recorded, effect)
        self._send("POST", path_of("channels", call.caller_leg, "record"), options, on_answer=recorded)

    def _recorded(self, effect: RecordMessage, answer: Answer) -> None:
        if failed(answer):
            logger.warning("Asterisk could not record a message: %s", answer.status)
            self._on_event(MessageRecorded(effect.call_id, effect.recording_id, 0.0))
