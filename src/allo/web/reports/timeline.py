"""A call's story from its facts, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from allo.data.models import Fact
from allo.web.reports import words
from allo.web.reports.story_of_talking import TELLERS as TALKING_TELLERS
from allo.web.reports.story_of_waiting import TELLERS as WAITING_TELLERS
from allo.web.reports.story_words import Names, Said, hold_reason
from allo.web.templatetags.allo import duration
from allo.web.why import why_this_agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from allo.data.models import CallRecord


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at: datetime
    icon: str
    text: str
    detail: str = ""


def story(record: CallRecord) -> list[Moment]:
    """Return what happened in a call, in order; kinds of facts that say nothing to a reader are left out."""
    facts = list(Fact.objects.filter(call_id=record.call_id).order_by("at", "pk"))
    names = Names(fact.body for fact in facts)
    found = []
    for fact in facts:
        tell = _TELLERS.get(fact.kind)
        said = tell(fact.body, names) if tell else None
        if said:
            found.append(Moment(fact.at, *said))
    return found


def _started(body: dict[str, Any], _names: Names) -> Said:
    return "phone-incoming", _("Called %(number)s.") % {"number": body["number"]}


def _greeted(body: dict[str, Any], names: Names) -> Said:
    title = names.greeting(body)
    return "volume-2", _("Heard the greeting “%(title)s”.") % {"title": title} if title else _("Heard a message.")


def _entered(body: dict[str, Any], names: Names) -> Said:
    text = _("Began to wait in the queue %(queue)s, at place %(place)d.")
    return "hourglass", text % {"queue": names.queue(body), "place": body["position"]}


def _offered(body: dict[str, Any], names: Names) -> Said:
    why = why_this_agent(body["reason"])
    text = _("Rang at %(agent)s.") % {"agent": names.agent(body)}
    return "bell", text, _("Why: %(agent)s %(why)s.") % {"agent": names.agent(body), "why": why} if why else ""


def _offer_ended(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["rang_s"])}
    texts = {
        "declined": _("%(agent)s declined after %(time)s."),
        "expired": _("%(agent)s did not answer within %(time)s and was set to Not ready."),
        "withdrawn": _("Stopped ringing at %(agent)s: the caller had left."),
        "failed": _("The phone of %(agent)s could not be rung."),
    }
    text = texts.get(body["outcome"])
    return ("bell-off", text % values) if text else None


def _answered(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["wait_s"])}
    return "phone-call", _("%(agent)s answered after a wait of %(time)s.") % values


def _held(body: dict[str, Any], names: Names) -> Said:
    text = _("%(agent)s put the caller on hold.") % {"agent": names.agent(body)}
    why = hold_reason(body.get("reason", ""))
    return ("pause", text, _("Why: %(reason)s.") % {"reason": why}) if why else ("pause", text)


def _resumed(body: dict[str, Any], _names: Names) -> Said:
    return "play", _("The hold ended after %(time)s.") % {"time": duration(body["held_s"])}


def _lost(body: dict[str, Any], names: Names) -> Said:
    return "unplug", _("The connection to %(agent)s broke; the caller heard music.") % {"agent": names.agent(body)}


def _back(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["away_s"])}
    return "plug", _("%(agent)s was back after %(time)s.") % values


def _requeued(body: dict[str, Any], names: Names) -> Said:
    return "undo-2", _("Went back to the front of the queue %(queue)s.") % {"queue": names.queue(body)}


def _ended(body: dict[str, Any], _names: Names) -> Said:
    return "phone-off", words.end_reason(body["end_reason"]) or _("The call ended.")


def _wrapped_up(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["wrapup_s"]), "outcome": names.disposition(body)}
    if values["outcome"]:
        return "square-pen", _("%(agent)s recorded “%(outcome)s”; wrap-up took %(time)s.") % values
    return "square-pen", _("%(agent)s ended the wrap-up after %(time)s without an outcome.") % values


_TELLERS: dict[str, Callable[[dict[str, Any], Names], Said]] = {
    "CallStarted": _started,
    "GreetingPlayed": _greeted,
    "CallEntered": _entered,
    "OfferMade": _offered,
    "OfferEnded": _offer_ended,
    "CallAnswered": _answered,
    "HoldStarted": _held,
    "HoldEnded": _resumed,
    "AgentLost": _lost,
    "AgentBack": _back,
    "CallRequeued": _requeued,
    "CallEnded": _ended,
    "WrapUpEnded": _wrapped_up,
    **WAITING_TELLERS,
    **TALKING_TELLERS,
}
