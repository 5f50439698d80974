"""A caller's way and wait, in sentences: menus, closed queues, call-backs, messages, promises, announcements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from allo.web import reasons
from allo.web.reports.story_words import Names, Said, broken, duration, sentence_of, withheld
from allo.web.templatetags.allo import money

if TYPE_CHECKING:
    from collections.abc import Callable


def _flowed_out(body: dict[str, Any], names: Names) -> Said:
    values = {"queue": names.queue(body), "target": names.target(body), "time": duration(body["wait_s"])}
    if body["was_waiting"]:
        text = _("The queue %(queue)s sent the call on after %(time)s → %(target)s.")
    else:
        text = _("The queue %(queue)s did not take the call → %(target)s.")
    return "corner-up-right", text % values, sentence_of(body["reason"])


def _menu_entered(body: dict[str, Any], names: Names) -> Said:
    return "list-tree", _("Heard the menu “%(menu)s”.") % {"menu": names.menu(body)}


def _menu_left(body: dict[str, Any], names: Names) -> Said:
    values = {"key": body["key"], "target": names.target(body)}
    if body["key"]:
        return "keyboard", _("Pressed %(key)s → %(target)s.") % values
    return "corner-up-right", _("The menu sent the call on by its rule → %(target)s.") % values


def _outside_dialled(body: dict[str, Any], _names: Names) -> Said:
    return "phone-outgoing", _("%(number)s was dialled.") % {"number": body["number"]}


def _outside_refused(body: dict[str, Any], _names: Names) -> Said:
    texts = {
        "not_allowed": _("%(number)s was not dialled: such numbers are not allowed."),
        "day_limit": _("%(number)s was not dialled: the limit of outside calls of the day is reached."),
        "at_once_limit": _("%(number)s was not dialled: as many outside calls as allowed were going on."),
        "call_limit": _("%(number)s was not dialled: the limit of outside calls of one call is reached."),
    }
    text = texts.get(body["reason"])
    return ("ban", text % {"number": body["number"]}) if text else None


def _message_left(body: dict[str, Any], names: Names) -> Said:
    values = {"box": names.box(body), "time": duration(body["length_s"])}
    return "voicemail", _("Left a spoken message of %(time)s in “%(box)s”.") % values


def _callback_agreed(body: dict[str, Any], _names: Names) -> Said:
    values = {"time": duration(body["wait_s"]), "number": body["number"]}
    return "phone-forwarded", _(
        "After a wait of %(time)s asked to be called back at %(number)s, keeping the place."
    ) % values


def _callback_tried(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "count": body["number_of_try"], "number": body["number"]}
    texts = {
        "answered": _("Try %(count)d: %(number)s answered."),
        "busy": _("Try %(count)d: %(number)s was busy."),
        "no_answer": _("Try %(count)d: %(number)s did not answer."),
        "unreachable": _("Try %(count)d: %(number)s could not be reached."),
        "not_allowed": _("Try %(count)d: %(number)s may not be dialled."),
        "agent_left": _("Try %(count)d: %(agent)s hung up before the customer answered."),
        "agent_lost": _("Try %(count)d: the connection to %(agent)s broke."),
    }
    text = texts.get(body["outcome"])
    return ("phone-outgoing", text % values) if text else None


def _refused(body: dict[str, Any], _names: Names) -> Said:
    return "ban", _("The caller was not let in."), sentence_of(body["because"])


def _slowed(body: dict[str, Any], _names: Names) -> Said:
    values = {"calls": body["calls"], "time": duration(body["pause_s"])}
    return "timer", _(
        "Call number %(calls)d from this number within a short time: it had to wait %(time)s first."
    ) % values


def _promised(body: dict[str, Any], _names: Names) -> Said:
    values = {"time": duration(body["within_s"]), "amount": money(body["amount"])}
    return "handshake", _("Was promised an answer within %(time)s, or else %(amount)s.") % values


def _withheld(body: dict[str, Any], _names: Names) -> Said:
    return "handshake", _("No answer was promised."), _("Why: %(reason)s.") % {"reason": withheld(body["because"])}


def _kept(body: dict[str, Any], _names: Names) -> Said:
    return "badge-check", _("The promise was kept: an answer after %(time)s.") % {"time": duration(body["after_s"])}


def _missed(body: dict[str, Any], _names: Names) -> Said:
    values = {"code": body["code"], "amount": money(body["amount"])}
    text = _("The promise was missed; the caller was given the code %(code)s for %(amount)s.")
    return "ticket", text % values, _("Why: %(reason)s.") % {"reason": broken(body["because"])}


def _lapsed(body: dict[str, Any], _names: Names) -> Said:
    return "handshake", _("The promise came to nothing."), _("Why: %(reason)s.") % {"reason": broken(body["because"])}


def _announced(body: dict[str, Any], _names: Names) -> Said:
    values = {"place": body["position"], "low": body["low_min"], "high": body["high_min"]}
    if body["high_min"]:
        return "megaphone", _("Was told an expected wait of %(low)d to %(high)d min.") % values
    if body["position"]:
        return "megaphone", _("Was told the place in the queue: %(place)d.") % values
    return "megaphone", _("Heard a message while waiting.")


def _widened(body: dict[str, Any], _names: Names) -> Said:
    skills = ", ".join(filter(None, map(reasons.skill, body["skills"])))
    text = _("Had waited long enough: agents without a wished skill could take the call too.")
    return ("expand", text, _("No longer asked for: %(skills)s.") % {"skills": skills}) if skills else ("expand", text)


TELLERS: dict[str, Callable[[dict[str, Any], Names], Said]] = {
    "FlowedOut": _flowed_out,
    "MenuEntered": _menu_entered,
    "MenuLeft": _menu_left,
    "OutsideDialled": _outside_dialled,
    "OutsideRefused": _outside_refused,
    "MessageLeft": _message_left,
    "CallbackAgreed": _callback_agreed,
    "CallbackTried": _callback_tried,
    "CallRefused": _refused,
    "CallSlowed": _slowed,
    "PromiseMade": _promised,
    "PromiseWithheld": _withheld,
    "PromiseKept": _kept,
    "PromiseMissed": _missed,
    "PromiseLapsed": _lapsed,
    "Announced": _announced,
    "CallWidened": _widened,
}
