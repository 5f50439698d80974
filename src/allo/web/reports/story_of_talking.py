"""What agents and leaders did in a call, in sentences: passing on, asking, conferences, supervision, the survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from allo.web.reports.story_words import Names, Said, duration

if TYPE_CHECKING:
    from collections.abc import Callable


def _transferred(body: dict[str, Any], names: Names) -> Said:
    texts = {
        "agent": _("%(agent)s passed the call on to %(colleague)s."),
        "queue": _("%(agent)s passed the call on to the queue %(queue)s."),
        "number": _("%(agent)s passed the call on to %(to)s."),
        "another": _("%(agent)s gave the call to another agent."),
        "leader": _("%(colleague)s took the call over from %(agent)s."),
    }
    values = {
        "agent": names.agent(body),
        "colleague": names.agent(body, "to"),
        "queue": names.queue(body, "to"),
        "to": body["to"],
    }
    text = texts.get(body["kind"])
    if text is None:
        return None
    return "phone-forwarded", text % values, _("After asking first.") if body["is_consulted"] else ""


def _taken(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["wait_s"])}
    return "phone-call", _("%(agent)s took the call after %(time)s.") % values


def _asked_whom(body: dict[str, Any], names: Names) -> str:
    if body["asked_agent_id"]:
        return names.agent(body, "asked_agent_id")
    return str(body["number"])


def _consult_started(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "asked": _asked_whom(body, names)}
    return "message-circle-question", _("%(agent)s asked %(asked)s.") % values


def _consult_ended(body: dict[str, Any], names: Names) -> Said:
    values = {"asked": _asked_whom(body, names), "time": duration(body["lasted_s"])}
    if body["outcome"] == "accepted":
        return "message-circle", _("Asking %(asked)s took %(time)s.") % values
    return "message-circle-off", _("%(asked)s did not answer the question.") % values


def _conference(body: dict[str, Any], names: Names) -> Said:
    return "users", _("%(agent)s brought all together in a conference.") % {"agent": names.agent(body)}


def _hold_limit(body: dict[str, Any], names: Names) -> Said:
    values = {"agent": names.agent(body), "time": duration(body["held_s"])}
    return "alarm-clock", _("%(agent)s was reminded: on hold for %(time)s.") % values


def _help(body: dict[str, Any], names: Names) -> Said:
    return "siren", _("%(agent)s called for help.") % {"agent": names.agent(body)}


def _recording_paused(body: dict[str, Any], names: Names) -> Said:
    if body["is_paused"]:
        return "circle-pause", _("%(agent)s paused the recording.") % {"agent": names.agent(body)}
    return "circle-play", _("The recording went on.")


def _supervised(body: dict[str, Any], names: Names) -> Said:
    texts = {
        "listen": _("%(leader)s listened."),
        "whisper": _("%(leader)s spoke to %(agent)s, unheard by the caller."),
        "barge": _("%(leader)s stepped in."),
    }
    text = texts.get(body["mode"])
    values = {"leader": names.agent(body, "leader_id"), "agent": names.agent(body)}
    return ("ear", text % values) if text else None


def _supervision_ended(body: dict[str, Any], names: Names) -> Said:
    return "ear-off", _("%(leader)s left the conversation.") % {"leader": names.agent(body, "leader_id")}


def _survey_started(_body: dict[str, Any], _names: Names) -> Said:
    return "clipboard-list", _("The caller was asked about the talk.")


def _survey_answered(body: dict[str, Any], _names: Names) -> Said:
    return "clipboard-check", _("Answered a question with %(key)s.") % {"key": body["key"]}


def _commented(_body: dict[str, Any], _names: Names) -> Said:
    return "mic", _("Spoke a comment.")


TELLERS: dict[str, Callable[[dict[str, Any], Names], Said]] = {
    "CallTransferred": _transferred,
    "CallTaken": _taken,
    "ConsultStarted": _consult_started,
    "ConsultEnded": _consult_ended,
    "ConferenceStarted": _conference,
    "HoldLimitReached": _hold_limit,
    "HelpCalled": _help,
    "RecordingPaused": _recording_paused,
    "SupervisionStarted": _supervised,
    "SupervisionEnded": _supervision_ended,
    "SurveyStarted": _survey_started,
    "SurveyAnswered": _survey_answered,
    "SurveyCommented": _commented,
}
