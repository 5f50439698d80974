"""The form of a greeting: a file, a recording made in the browser, or a text to be spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.greeting import do_save_greeting
from allo.data.models import Greeting, GreetingSource
from allo.data.sounds import LONGEST_S, MOST_BYTES, Sound, SoundProblemError, sound_from_file
from allo.data.speaking import speak
from allo.speech.synthesizer import SpeechError, SpeechMissingError
from allo.web.setup.forms.base import SettingForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from allo.data.models import User


def sound_problem(code: str) -> str:
    """Return the sentence for a sound that cannot be a greeting."""
    sentences = {
        "too_big": gettext("The file is larger than 10 MB. Cut it, or save it as MP3."),
        "unreadable": gettext("This is not a sound file we can read. Use WAV, MP3, FLAC or OGG."),
        "too_short": gettext("This is shorter than half a second: nobody would hear it."),
        "too_long": gettext("This is longer than a minute: callers would hang up. Make it shorter."),
        "silent": gettext("There is almost no sound in it. Check the microphone and record again."),
    }
    return sentences[code]


def speech_problem(error: SpeechError) -> str:
    """Return the sentence for a text that was not spoken."""
    if isinstance(error, SpeechMissingError):
        return gettext("The speech program (espeak-ng) is not installed here. Record the text or upload a file.")
    return gettext("There is nothing in this text that can be spoken. Write words.")


class GreetingForm(SettingForm[Greeting]):
    """Title, voice, language, and the sound from one of three sources."""

    once = "title"
    once_message = _("There is already a greeting with this title.")

    sound_file = forms.FileField(label=_("Sound file"), required=False)

    class Meta:
        model = Greeting
        fields = ("title", "voice", "language", "kind", "source", "text")
        widgets = {
            "source": forms.HiddenInput(),
            "text": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "voice": _("Whose voice callers hear, for example the head of the department."),
            "text": _("What is said. The computer can speak it; otherwise it is a reminder for you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sound: Sound | None = None
        self._stored_text = self.instance.text
        self._stored_language = self.instance.language
        self.fields["sound_file"].help_text = _("WAV, MP3, FLAC or OGG, up to %(seconds)d seconds.") % {
            "seconds": LONGEST_S
        }

    def clean_sound_file(self) -> UploadedFile[Any] | None:
        """Convert the upload or recording for the telephone."""
        upload: UploadedFile[Any] | None = self.cleaned_data["sound_file"]
        if upload is None:
            return None
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(sound_problem("too_big"))
        try:
            self.sound = sound_from_file(upload.read())
        except SoundProblemError as error:
            raise forms.ValidationError(sound_problem(error.code)) from error
        return upload

    def clean(self) -> dict[str, Any]:
        """Have the text spoken if that is the source; ask for a sound where there is none."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned.get("source") == GreetingSource.SYNTHESIZED:
            self._speak(cleaned)
        elif self.sound is None and not self.instance.audio_file:
            self.add_error("sound_file", gettext("Choose a file or record one."))
        return cleaned

    def store(self, actor: User) -> Greeting:
        """Save the greeting with its sound."""
        return do_save_greeting(actor, self.save(commit=False), self.sound)

    def _speak(self, cleaned: dict[str, Any]) -> None:
        self.sound = None
        if not cleaned.get("text"):
            self.add_error("text", gettext("Write what is to be said."))
            return
        same = cleaned["text"] == self._stored_text and cleaned["language"] == self._stored_language
        if same and self.instance.audio_file and "source" not in self.changed_data:
            return
        try:
            self.sound = speak(cleaned["text"], cleaned["language"])
        except SpeechError as error:
            self.add_error("text", speech_problem(error))
        except SoundProblemError as error:
            self.add_error("text", sound_problem(error.code))
