"""Who is calling: a new call learns its customer and the greeting heard last before the engine sees it.

The look-up has `LOOK_UP_WITHIN_S`; a slower database costs the caller nothing but the name. Events of a call that
come during its look-up wait for it, so that the engine never hears of an end before the beginning.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from django.db import Error

from allo.control.tasks import Tasks
from allo.core.engine import Input
from allo.core.events import CallArrived, LegEnded, PlaybackFinished
from allo.data.models import Customer, Fact
from allo.data.phone_numbers import normalise

logger = logging.getLogger(__name__)

LOOK_UP_WITHIN_S = 0.25
REMEMBERED = 5_000
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller."""

    customer_id: str = ""
    name: str = ""
    last_greeting: str = ""


STRANGER = Known()


class Arrivals:
    """The gate between telephony's events and the inbox."""

    def __init__(self, put: Callable[[Input], None], look_up: Callable[[str], Awaitable[Known]], tasks: Tasks) -> None:
        self._put = put
        self._look_up = look_up
        self._tasks = tasks
        self._held: dict[str, list[Input]] = {}
        self._remembered: OrderedDict[str, Known] = OrderedDict()
        self.slow = 0
        """Look-ups that did not come in time."""

    def event(self, what: Input) -> None:
        """Pass an event on, now or after its call's look-up."""
        if isinstance(what, CallArrived):
            if what.call_id in self._held:
                return
            if not what.caller:
                self._put(what)
                return
            self._held[what.call_id] = []
            self._tasks.once("a caller's look-up", partial(self._arrive, what))
            return
        call_id = _call_of(what)
        if call_id in self._held:
            self._held[call_id].append(what)
        else:
            self._put(what)

    async def _arrive(self, call: CallArrived) -> None:
        known = self._remembered.get(call.caller, STRANGER)
        try:
            known = await self._look_up(call.caller)
            self._remember(call.caller, known)
        except (TimeoutError, Error):
            self.slow += 1
            logger.warning("A caller could not be looked up in time; the call goes on without a name.")
        finally:
            name = known.name or call.caller_name[:LONGEST_NAME]
            self._put(replace(call, customer_id=known.customer_id, caller_name=name, last_greeting=known.last_greeting))
            for what in self._held.pop(call.call_id):
                self._put(what)

    def _remember(self, caller: str, known: Known) -> None:
        self._remembered[caller] = known
        self._remembered.move_to_end(caller)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def _call_of(what: Input) -> str:
    if isinstance(what, LegEnded):
        return what.leg_id
    return what.call_id if isinstance(what, PlaybackFinished) else ""


def look_up(caller: str) -> Known:
    """Ask the database; for a thread. Raises django.db.Error."""
    phone = normalise(caller)
    customer = Customer.objects.filter(phone=phone).values_list("pk", "name").first() if phone else None
    if customer is None:
        return STRANGER
    last_call = Customer.objects.filter(pk=customer[0]).values_list("calls__call_id").order_by("-calls__arrived_at")
    heard = Fact.objects.filter(kind="GreetingPlayed", call_id__in=last_call[:1]).order_by("-at", "-pk").first()
    # Taken out here: SQLite would give the text "4" inside of JSON as a number.
    return Known(str(customer[0]), customer[1], heard.body["greeting"] if heard else "")
