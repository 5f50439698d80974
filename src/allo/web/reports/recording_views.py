"""Hearing a call: its loudness for the picture, its sound in pieces, its end for good.

Each listening is written down when the sound is asked for, not when the picture is drawn. `access` decides who may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from allo.data.actions.listening import do_delete_recording_by, do_note_listening
from allo.data.actions.recording import recording_path
from allo.data.models import RecordingState
from allo.web.access import SignedInRequest, admin_required, agent_required, is_htmx
from allo.web.reports import sound as sounds
from allo.web.reports.access import get_recording
from allo.web.reports.call_views import recording_context
from allo.web.toasts import with_toast

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest, HttpResponseBase

    from allo.data.models import User

NOTHING_TO_HEAR = {
    RecordingState.PENDING: gettext_lazy("The recording is being written. Try again in a minute."),
    RecordingState.FAILED: gettext_lazy("The recording could not be written."),
    RecordingState.DELETED: gettext_lazy("The recording was deleted."),
}


@require_safe
@never_cache
@agent_required
def loudness(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the peaks of both channels and where the sound is; a sentence where there is nothing to hear."""
    try:
        recording = get_recording(request.user, pk)
    except Http404:
        return _sentence(_("You can hear your own calls and past calls of the customer you are talking with."))
    if recording.state != RecordingState.READY:
        return _sentence(str(NOTHING_TO_HEAR[RecordingState(recording.state)]))
    try:
        channels, length_s = sounds.loudness(recording_path(recording))
    except OSError:
        return _sentence(_("The file of this recording is missing on the disk."))
    address = reverse("reports:sound", args=[pk])
    return JsonResponse({"channels": channels, "length_s": length_s, "sound": address})


def _sentence(text: str) -> HttpResponse:
    return JsonResponse({"sentence": text}, status=404)


@require_safe
@never_cache
@agent_required
async def sound(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the sound, or the piece of it which the player asks for."""
    user = cast("User", await request.auser())
    path, size = await sync_to_async(_open)(user, pk, is_heard=request.method == "GET")
    head = {"Accept-Ranges": "bytes", "Content-Type": sounds.TYPES.get(path.suffix, "application/octet-stream")}
    try:
        span = sounds.read_range(request.headers.get("Range", ""), size)
    except sounds.NoSuchBytesError:
        return HttpResponse(status=416, headers={**head, "Content-Range": f"bytes */{size}"})
    code = 206 if span else 200
    if span:
        head["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    whole = span or sounds.Span(0, size - 1, size)
    head["Content-Length"] = str(whole.length)
    if request.method == "HEAD":
        return HttpResponse(status=code, headers=head)
    return StreamingHttpResponse(sounds.pieces(path, whole), status=code, headers=head)


def _open(user: User, pk: int, *, is_heard: bool) -> tuple[Path, int]:
    recording = get_recording(user, pk)
    if recording.state != RecordingState.READY:
        raise Http404
    try:
        path = recording_path(recording)
        size = path.stat().st_size
    except OSError:
        raise Http404 from None
    if is_heard:
        do_note_listening(user, recording)
    return path, size


@require_POST
@admin_required
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete the sound for good; the call keeps its figures and its story."""
    recording = get_recording(request.user, pk)
    do_delete_recording_by(request.user, recording)
    if not is_htmx(request):
        return redirect("reports:call", call_id=recording.call.call_id)
    context = recording_context(request.user, recording)
    return with_toast(render(request, "reports/parts/recording.html", context), _("The recording is deleted for good."))
