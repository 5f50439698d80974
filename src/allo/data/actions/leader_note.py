"""Notes of team leaders to agents: written, acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from allo.data.actions.customer import TextTooLongError
from allo.data.models import LeaderNote
from allo.data.models.leader_note import LONGEST_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allo.data.models import User


def do_write_note(author: User, readers: Iterable[User], text: str) -> int:
    """Write to each reader; returns how many there are. Raises ValueError for an empty text, TextTooLongError."""
    words = text.strip()
    if not words:
        raise ValueError("an empty note")
    if len(words) > LONGEST_NOTE:
        raise TextTooLongError(len(words), LONGEST_NOTE)
    notes = [LeaderNote(author=author, reader=reader, text=words) for reader in readers]
    return len(LeaderNote.objects.bulk_create(notes))


def do_acknowledge_note(reader: User, pk: int) -> bool:
    """Note that the reader has read it; somebody else's note stays as it is. Twice does no harm."""
    mine = LeaderNote.objects.filter(pk=pk, reader=reader)
    mine.filter(acknowledged_at=None).update(acknowledged_at=timezone.now())
    return mine.exists()
