"""Whose calls a reader may see: leaders all, an agent those in which the agent had a part.

Recordings besides: an agent hears the own calls, the message of a call-back that rings, and past calls of the
customer whom the agent talks with or whose call the agent wraps up at this moment. Others' calls and recordings are
not even there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from allo.core.agent_states import AgentState
from allo.data.models import CallRecord, Recording, User
from allo.web.hub import mirror_now
from allo.web.reports.shares import of_agent

if TYPE_CHECKING:
    from django.db.models import QuerySet

WITH_A_CUSTOMER = {AgentState.ON_CALL, AgentState.WRAP_UP}


def visible_calls(reader: User) -> QuerySet[CallRecord]:
    """Return the calls which ``reader`` may see."""
    calls = CallRecord.objects.all()
    return calls if reader.is_leader else calls.filter(of_agent(reader))


def get_call(reader: User, call_id: str) -> CallRecord:
    """Return a call the reader may see, else 404: others' calls are not even there."""
    related = ("queue", "agent", "customer", "disposition", "number", "recording")
    found = visible_calls(reader).select_related(*related).filter(call_id=call_id).first()
    if found is None:
        raise Http404
    return found


def get_recording(reader: User, pk: int) -> Recording:
    """Return a recording the reader may hear, whatever its state, else 404."""
    found = Recording.objects.select_related("call_record", "spoken_in").filter(pk=pk).first()
    if found is None or not _may_hear(reader, found.call):
        raise Http404
    return found


def _may_hear(reader: User, call: CallRecord) -> bool:
    if reader.is_leader or call.agent_id == reader.pk or call.parts.filter(agent=reader).exists():
        return True
    if call.call_id == _call_at_hand(reader):
        return True
    return call.customer_id is not None and call.customer_id == _customer_at_hand(reader)


def _call_at_hand(agent: User) -> str:
    """Return the call that rings, lasts or is wrapped up: of a call-back one hears the message before dialling."""
    mirror, _is_there = mirror_now()
    item = mirror.agent(agent.agent_id)
    is_busy = item is not None and item["state"] in {*WITH_A_CUSTOMER, AgentState.OFFERED}
    return str(item["call_id"]) if item is not None and is_busy else ""


def _customer_at_hand(agent: User) -> int | None:
    """Return the customer on whose call the agent is, or which the agent wraps up; an ended call is in the ledger."""
    mirror, _is_there = mirror_now()
    item = mirror.agent(agent.agent_id)
    if item is None or not item["call_id"] or item["state"] not in WITH_A_CUSTOMER:
        return None
    live = mirror.call_of(agent.agent_id)
    if live is not None and str(live["customer_id"]).isdecimal():
        return int(live["customer_id"])
    record = CallRecord.objects.filter(call_id=item["call_id"]).first()
    return record.customer_id if record else None


def get_agent(reader: User, agent_id: int) -> User:
    """Return an agent whose figures the reader may see, else 404."""
    found = User.objects.filter(pk=agent_id).first()
    if found is None or not (reader.is_leader or found.pk == reader.pk):
        raise Http404
    return found
