"""A message to try a channel out with: it goes the same way as those to customers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.utils import timezone

from allo.data.models import OutgoingMessage
from allo.data.models.outgoing_message import TRIAL

if TYPE_CHECKING:
    from allo.data.models import MessageChannel, MessageTemplate

VALUES = {"code": "ABCD2345", "amount": "45000"}


def do_send_trial(channel: MessageChannel, template: MessageTemplate, to: str, language: str) -> OutgoingMessage:
    """Write down a message with an invented code; control sends it within seconds, and says how that went."""
    now = timezone.now()
    return OutgoingMessage.objects.create(
        key=f"{TRIAL}{uuid.uuid4()}",
        channel=str(channel.pk),
        template=str(template.pk),
        to=to,
        language=language,
        values=VALUES,
        asked_at=now,
        due_at=now,
    )
