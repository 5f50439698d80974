"""The floor's warnings in words: a rule's name and what it is about give a sentence in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

AGENT_REASONS = {"no_answer", "phone_failed", "outcome_missing", "phone_lost"}
_SENTENCES = {
    "asterisk": gettext_lazy("Asterisk is down. No calls come in until it is back."),
    "recording": gettext_lazy("The disk for recordings is full. Calls go on without being recorded."),
    "ledger": gettext_lazy("The database answers slowly. Reports lag behind; calls do not."),
    "input_log": gettext_lazy(
        "The disk takes no notes of what happens: free some space. Calls go on; "
        "what happens now would be forgotten at a restart."
    ),
    "clock": gettext_lazy(
        "The computer's clock was set and differs from the centre's by about %(minutes)d min. "
        "Waits and talks keep their length; times follow slowly."
    ),
    "late": gettext_lazy("%(queue)s: the longest wait is beyond %(seconds)d s."),
    "level": gettext_lazy("%(queue)s: %(level)d%% answered in time today, the goal is %(goal)d%%."),
    "breaks": gettext_lazy("%(queue)s: %(away)d of %(here)d are on a break."),
    "help": gettext_lazy("%(agent)s calls for help."),
    "hold": gettext_lazy("%(agent)s has kept a caller on hold for too long."),
    "wrapup": gettext_lazy("%(agent)s has been in wrap-up for more than %(minutes)s min."),
    "no_answer": gettext_lazy("%(agent)s did not answer an offered call and gets no more until Ready."),
    "phone_failed": gettext_lazy("%(agent)s could not be rung: the phone did not respond."),
    "outcome_missing": gettext_lazy("%(agent)s left a call without its outcome."),
    "phone_lost": gettext_lazy("%(agent)s has no connection to the phone."),
}


def sentence(rule: str, values: dict[str, Any]) -> str:
    """Return the sentence; one of a rule that is gone says at least that there was something."""
    if rule == "nobody":
        text = ngettext(
            "%(queue)s: %(count)d caller waits and nobody is at work.",
            "%(queue)s: %(count)d callers wait and nobody is at work.",
            values["count"],
        )
        return text % values
    known = _SENTENCES.get(rule)
    return str(known) % values if known else _("A warning of an earlier version.")
