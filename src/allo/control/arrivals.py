"""Who is calling: a new call learns its customer before the engine sees it: name, language, what they are to us, the
greeting heard last and the agent of the last call. The caller's number gets its one spelling here (E.164, where it is
an outside number); nobody after sees it as the operator sent it.

The look-up is one question to the database. It has `LOOK_UP_WITHIN_S`; a slower database costs the caller nothing but
what is known. Events of a call that come during its look-up wait for it, so that the engine never hears of an end
before the beginning.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from django.db import Error, connection
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from allo.core.engine import Input
from allo.core.events import CallArrived, KeyPressed, LegEnded, MessageRecorded, PlaybackFinished
from allo.data.models import CallRecord, Customer, Fact
from allo.data.phone_numbers import normalise, public_number
from allo.tasks import Tasks

logger = logging.getLogger(__name__)

LOOK_UP_WITHIN_S = 0.25
REMEMBERED = 5_000
LONGEST_NAME = 120
CALLS_LOOKED_AT = 5
"""For the greeting heard last: a call need not have come so far as to hear one."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a caller."""

    customer_id: str = ""
    name: str = ""
    last_greeting: str = ""
    last_agent_id: str = ""
    """Who answered the last call."""
    language: str = ""
    kind: str = ""
    priority: int = 0

    def told(self, call: CallArrived) -> CallArrived:
        """The arrival with what is known."""
        return replace(
            call,
            customer_id=self.customer_id,
            caller_name=self.name or call.caller_name[:LONGEST_NAME],
            last_greeting=self.last_greeting,
            last_agent_id=self.last_agent_id,
            language=self.language,
            kind=self.kind,
            priority=self.priority,
        )


STRANGER = Known()
"""Who has never called before, or hides, or could not be looked up."""


class Arrivals:
    """The gate between telephony's events and the inbox."""

    def __init__(
        self,
        put: Callable[[Input], None],
        look_up: Callable[[str], Awaitable[Known]],
        tasks: Tasks,
        country: Callable[[], str] = str,
    ) -> None:
        """`country` is the centre's own now, "" for none: how numbers without their country are meant."""
        self._put = put
        self._country = country
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
            caller = public_number(what.caller, self._country())
            if caller:
                what = replace(what, caller=caller)
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
            self._put(known.told(call))
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
    return what.call_id if isinstance(what, PlaybackFinished | KeyPressed | MessageRecorded) else ""


def look_up(caller: str) -> Known:
    """Ask the database; for a thread. Raises django.db.Error."""
    phone = normalise(caller, "")
    row = _customer(phone) if phone else None
    if row is None:
        return STRANGER
    key, name, language, kind, priority, is_kind_active, last_agent, heard = row
    # The greeting is taken out here: SQLite would give the text "4" inside of JSON as a number.
    greeting = json.loads(heard)["greeting"] if heard else ""
    of_kind = {"kind": str(kind), "priority": priority} if is_kind_active else {}
    return Known(str(key), name, greeting, str(last_agent or ""), language, **of_kind)


def _customer(phone: str) -> tuple[Any, ...] | None:
    statement, values = _question()
    with connection.cursor() as cursor:
        cursor.execute(statement, [phone if value == _PHONE else value for value in values])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


_PHONE = "the caller's number"


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """What is asked of each caller. The ORM words it once: that takes ten times as long as the answer."""
    calls = CallRecord.objects.filter(customer=OuterRef("pk")).order_by("-arrived_at")
    latest = CallRecord.objects.filter(customer=OuterRef(OuterRef("pk"))).order_by("-arrived_at")
    of_latest = Fact.objects.filter(call_id__in=Subquery(latest.values("call_id")[:CALLS_LOOKED_AT]))
    # By expressions, which no index fits: SQLite would rather go through all facts of the kind, or by time, than
    # look at those of five calls.
    played = of_latest.annotate(of_kind=Concat("kind", Value(""), output_field=CharField())).filter(
        of_kind="GreetingPlayed"
    )
    heard = played.exclude(queue_id="").order_by(Coalesce("at", "at").desc())  # other prompts belong to no queue
    customers = Customer.objects.filter(phone=_PHONE).annotate(
        last_agent=Subquery(calls.filter(agent__isnull=False).values("agent_id")[:1]),
        heard=Subquery(heard.values("body")[:1]),
    )
    told = ("pk", "name", "language", "kind", "kind__priority", "kind__is_active", "last_agent", "heard")
    return customers.order_by().values_list(*told).query.sql_with_params()
