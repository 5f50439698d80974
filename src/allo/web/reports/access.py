"""Whose calls a reader may see: leaders all, an agent those which the agent took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from allo.data.models import CallRecord, Recording, User

if TYPE_CHECKING:
    from django.db.models import QuerySet


def visible_calls(reader: User) -> QuerySet[CallRecord]:
    """Return the calls which ``reader`` may see."""
    calls = CallRecord.objects.all()
    return calls if reader.is_leader else calls.filter(agent=reader)


def get_call(reader: User, call_id: str) -> CallRecord:
    """Return a call the reader may see, else 404: others' calls are not even there."""
    related = ("queue", "agent", "customer", "disposition", "number", "recording")
    found = visible_calls(reader).select_related(*related).filter(call_id=call_id).first()
    if found is None:
        raise Http404
    return found


def get_recording(reader: User, call_id: str) -> Recording:
    """Return the recording of a call the reader may see, whatever its state, else 404."""
    recording = getattr(get_call(reader, call_id), "recording", None)
    if recording is None:
        raise Http404
    found: Recording = recording
    return found


def get_agent(reader: User, agent_id: int) -> User:
    """Return an agent whose figures the reader may see, else 404."""
    found = User.objects.filter(pk=agent_id).first()
    if found is None or not (reader.is_leader or found.pk == reader.pk):
        raise Http404
    return found
