"""A person's wish that a written message be sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from allo.data.models import AuditEntry, MessageState, OutgoingMessage

if TYPE_CHECKING:
    from allo.data.models import User

SEND_AGAIN = "send_again"
_AT_REST = (MessageState.FAILED, MessageState.UNCLEAR, MessageState.WAITING)


def do_send_again(actor: User, message: OutgoingMessage) -> bool:
    """Let control send it within seconds, with all its tries; say whether that was possible.

    It keeps its key: whoever has got it already can tell. One that is on its way or has been sent is left alone.
    """
    with transaction.atomic():
        mine = OutgoingMessage.objects.filter(pk=message.pk, state__in=_AT_REST)
        now = timezone.now()
        if not mine.update(state=MessageState.WAITING, tries=0, trouble="", due_at=now, ended_at=None):
            return False
        AuditEntry.objects.create(
            actor=actor,
            action=SEND_AGAIN,
            subject_kind="outgoingmessage",
            subject_id=str(message.pk),
            subject_name=message.call_id or message.key[:120],
        )
    return True
