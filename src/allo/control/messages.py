"""Written messages to customers: taken from the database when due, sent, and what became of them written down.

Decides when one is tried again (the pauses double, from 10 s to an hour, ten tries) and when it is not: what may have
gone out (the connection broke in the middle, or this process died while sending) is never sent again; its code has been
spoken and is on the customer's card. Nothing here blocks the loop: the database has a thread, each sending another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import Error
from django.utils import timezone

from allo.control.database import Database
from allo.control.message_ways import MailServer, NotSentError, UnclearError, Webhook, Written, filled, send
from allo.data.models import ChannelKind, MessageChannel, MessageState, MessageTemplate, OutgoingMessage
from allo.data.money import in_words

logger = logging.getLogger(__name__)

LOOK_S = 5.0
AT_ONCE = 5
FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 3600.0
MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Order:
    """A message on its way: already marked as being sent."""

    pk: int
    tries: int
    way: MailServer | Webhook
    message: Written


class Messages:
    """The task that sends; one in the whole centre."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be a new one."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, for ever."""
        await self._sure(settle_interrupted)
        while True:
            self._wake.clear()
            orders: list[Order] = []
            with suppress(Error):  # a database that is away is said by the ledger; messages wait
                orders = await self._database.run(take_due)
            if orders:
                await asyncio.gather(*(self._send(order) for order in orders))
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()

    async def _send(self, order: Order) -> None:
        try:
            await asyncio.to_thread(send, order.way, order.message)
        except NotSentError as error:
            logger.warning("Message %d was not sent (%s).", order.pk, error.trouble)
            is_over = error.is_final or order.tries >= MOST_TRIES
            await self._sure(partial(_not_sent, order, error.trouble, is_over=is_over))
        except UnclearError as error:
            logger.error(  # noqa: TRY400  no traceback needed
                "Message %d may have been sent or not (%s); it is not sent again.", order.pk, error.trouble
            )
            await self._sure(partial(_end, order.pk, MessageState.UNCLEAR, error.trouble))
        except Exception as error:
            logger.exception("Message %d cannot be sent", order.pk)
            await self._sure(partial(_end, order.pk, MessageState.UNCLEAR, type(error).__name__[:40]))
        else:
            await self._sure(partial(_end, order.pk, MessageState.SENT))

    async def _sure(self, work: Callable[[], None]) -> None:
        """Write something down, however long the database is away."""
        while True:
            try:
                await self._database.run(work)
            except Error:
                await asyncio.sleep(LOOK_S)
            else:
                return

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.close()


# In the database's thread


def settle_interrupted() -> None:
    """What was being sent when this process died may have gone out."""
    count = OutgoingMessage.objects.filter(state=MessageState.SENDING).update(
        state=MessageState.UNCLEAR, trouble="interrupted", ended_at=timezone.now()
    )
    if count:
        logger.warning("%d messages were being sent when control ended; they are not sent again.", count)


def take_due() -> list[Order]:
    """Mark messages that are due as being sent, and make them ready."""
    orders = []
    due = OutgoingMessage.objects.filter(state=MessageState.WAITING, due_at__lte=timezone.now())
    for row in due.select_related("customer").order_by("due_at", "pk")[:AT_ONCE]:
        made = _made_ready(row)
        if isinstance(made, str):
            logger.warning("Message %d cannot be sent: %s.", row.pk, made)
            _end(row.pk, MessageState.FAILED, made)
            continue
        way, message = made
        mine = OutgoingMessage.objects.filter(pk=row.pk, state=MessageState.WAITING)
        if mine.update(state=MessageState.SENDING, tries=row.tries + 1):
            orders.append(Order(row.pk, row.tries + 1, way, message))
    return orders


def _made_ready(row: OutgoingMessage) -> tuple[MailServer | Webhook, Written] | str:
    """Way and words; or, as a code, why there are none."""
    channel = MessageChannel.objects.active().filter(pk=_number(row.channel)).first()
    template = MessageTemplate.objects.filter(pk=_number(row.template)).first()
    if channel is None or template is None:
        return "no_channel" if channel is None else "no_template"
    subject, text, language = template.words(row.language)
    values = {str(name): str(value) for name, value in row.values.items()}
    if values.get("amount", "").isdecimal():
        values["amount"] = in_words(int(values["amount"]), language)
    address = row.address(channel.kind)
    if channel.kind == ChannelKind.EMAIL:
        way: MailServer | Webhook = MailServer(
            channel.host, channel.port, channel.security, channel.username, channel.secret, channel.sender
        )
    else:
        way = Webhook(channel.url, channel.body, channel.header_lines, channel.sender)
    return (way, Written(row.key, address, filled(subject, values), filled(text, values))) if address else "no_address"


def _number(id_: str) -> int:
    return int(id_) if id_.isdecimal() and len(id_) < 18 else 0


def _not_sent(order: Order, trouble: str, *, is_over: bool) -> None:
    if is_over:
        _end(order.pk, MessageState.FAILED, trouble)
        return
    pause_s = min(FIRST_PAUSE_S * 2 ** (order.tries - 1), LONGEST_PAUSE_S)
    OutgoingMessage.objects.filter(pk=order.pk).update(
        state=MessageState.WAITING, trouble=trouble[:40], due_at=timezone.now() + timedelta(seconds=pause_s)
    )


def _end(pk: int, state: MessageState, trouble: str = "") -> None:
    OutgoingMessage.objects.filter(pk=pk).update(state=state, trouble=trouble[:40], ended_at=timezone.now())
