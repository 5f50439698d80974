"""The engine's reasons for a choice, in words: to the agent concerned ("You ...") and about an agent in a report.

A reason is `<who sought>:<rule>:<name>=<value>...` (`core.selection`): `call:longest_idle:level=2`,
`agent:most_urgent:priority=0:left_s=4.5`, `call:transfer`, `consult:<agent id>`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allo.web.templatetags.allo import duration

_TO_ME = {
    "call:longest_idle": gettext_lazy("You have been free the longest."),
    "call:least_calls": gettext_lazy("You have taken the fewest calls today."),
    "call:least_occupied": gettext_lazy("You have been busy the least of your time today."),
    "call:most_skilled": gettext_lazy("You know best what this caller needs."),
    "call:round_robin": gettext_lazy("It is your turn."),
    "call:ring_all": gettext_lazy("It rings at everybody who is free."),
    "call:last_agent": gettext_lazy("You took this customer's last call."),
    "call:transfer": gettext_lazy("A colleague has passed this call to you."),
    "agent:most_urgent": gettext_lazy("You became free, and this was the most urgent call."),
    "agent:last_agent": gettext_lazy("You took this customer's last call, and they have waited for you."),
    "agent:transfer": gettext_lazy("A colleague has passed this call to you."),
    "consult": gettext_lazy("A colleague asks you about a call."),
}
_OF_AGENT = {
    "call:longest_idle": gettext_lazy("had been free the longest of all ready agents"),
    "call:least_calls": gettext_lazy("had taken the fewest calls of all ready agents"),
    "call:least_occupied": gettext_lazy("had been busy the least of all ready agents"),
    "call:most_skilled": gettext_lazy("knew best of all ready agents what the caller needs"),
    "call:round_robin": gettext_lazy("was next in turn"),
    "call:ring_all": gettext_lazy("was free, as everybody at whom it rang"),
    "call:last_agent": gettext_lazy("took this customer's last call"),
    "call:transfer": gettext_lazy("was who the call was passed to"),
    "agent:most_urgent": gettext_lazy("became free, and this was the most urgent call"),
    "agent:last_agent": gettext_lazy("became free, and the customer of their last call waited for them"),
    "agent:transfer": gettext_lazy("became free, and the call had been passed to them"),
}


def why_me(reason: str) -> str:
    """Say to an agent why the call came to them; "" for a reason that is not known."""
    rule, values = _parts(reason)
    said, level = str(_TO_ME.get(rule, "")), values.get("level", "1")
    if said and (urgency := _urgency(values)):
        said = f"{said.rstrip('.')} ({urgency})."
    if said and level != "1":
        said += " " + _("Colleagues of the first line are busy (you help at level %(level)s).") % {"level": level}
    return said


def why_this_agent(reason: str) -> str:
    """Say of an agent why a call was offered to them: in a report, on the floor."""
    rule, values = _parts(reason)
    said, level = str(_OF_AGENT.get(rule, "")), values.get("level", "1")
    if said and (urgency := _urgency(values)):
        said += f" ({urgency})"
    if said and level != "1":
        said += "; " + _("everybody of the levels before %(level)s was busy") % {"level": level}
    return said


def _urgency(values: dict[str, str]) -> str:
    """What made a call the most urgent one: how near it was to breaking its target, and its priority."""
    found = []
    if "left_s" in values:
        left_s = float(values["left_s"])
        words = _("%(time)s left until the target") if left_s >= 0 else _("the target passed %(time)s ago")
        found.append(words % {"time": duration(abs(left_s))})
    if values.get("priority", "0") != "0":
        found.append(_("priority %(priority)s") % {"priority": values["priority"]})
    return ", ".join(found)


def _parts(reason: str) -> tuple[str, dict[str, str]]:
    """The rule, and the values that are named."""
    who, _colon, rest = reason.partition(":")
    rule, *values = rest.split(":")
    named = dict(value.split("=", 1) for value in values if "=" in value)
    return (who if who == "consult" else f"{who}:{rule}"), named
