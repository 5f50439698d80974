"""Listening to greetings: stored ones, and a text before it is saved."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allo import installation
from allo.data.actions.greeting import greeting_path
from allo.data.models import Greeting, Language, Music
from allo.data.sounds import SoundProblemError
from allo.data.speaking import speak
from allo.speech.synthesizer import SpeechError
from allo.web.access import admin_required
from allo.web.setup.forms.greeting import sound_problem, speech_problem

LONGEST_TEXT = 600


@require_safe
@admin_required
def sound(_request: HttpRequest, pk: int) -> HttpResponse:
    """Return the sound of a greeting as callers hear it."""
    greeting = get_object_or_404(Greeting, pk=pk)
    path = greeting_path(greeting)
    if not greeting.audio_file or not path.is_file():
        raise Http404
    return _wav(path.read_bytes())


@require_safe
@admin_required
def music_sound(_request: HttpRequest, pk: int) -> HttpResponse:
    """Return music as callers hear it."""
    music = get_object_or_404(Music, pk=pk)
    path = installation.current().sounds_folder / music.audio_file
    if not music.audio_file or not path.is_file():
        raise Http404
    return _wav(path.read_bytes())


@require_POST
@admin_required
def speak_preview(request: HttpRequest) -> HttpResponse:
    """Speak a text that is not saved yet; a sentence with 422 when it cannot be spoken."""
    text = request.POST.get("text", "").strip()
    language = request.POST.get("language", "")
    if not text or language not in Language.values:
        return _sentence(_("Write what is to be said."))
    if len(text) > LONGEST_TEXT:
        return _sentence(
            _("The text has %(length)d characters; at most %(limit)d can be spoken.")
            % {"length": len(text), "limit": LONGEST_TEXT}
        )
    try:
        return _wav(speak(text, language).as_wav())
    except SpeechError as error:
        return _sentence(speech_problem(error))
    except SoundProblemError as error:
        return _sentence(sound_problem(error.code))


def _wav(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="audio/wav", headers={"Cache-Control": "private, max-age=60"})


def _sentence(text: str) -> HttpResponse:
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
