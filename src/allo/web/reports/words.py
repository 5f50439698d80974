"""Words of the reports: formulas, how calls end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from allo.core.metrics import FORMULAS

# The same sentences as in the core, marked for translators; a test holds them equal.
_FORMULAS = {
    "service_level": gettext_lazy("answered within the target / (answered + abandoned - short abandons)"),
    "service_level_asterisk": gettext_lazy("answered within the target / answered"),
    "service_level_left_queue": gettext_lazy(
        "left the queue within the target, answered or not / (entered + flow-outs)"
    ),
    "service_level_flow_outs": gettext_lazy(
        "answered within the target / (answered + abandoned - short abandons + flow-outs)"
    ),
    "abandonment": gettext_lazy("abandoned (without short abandons) / (entered - short abandons)"),
    "asa": gettext_lazy("sum of the waits of answered calls / answered calls"),
    "aht": gettext_lazy("(talk + hold + wrap-up time) / (answered calls + customers called back)"),
    "occupancy": gettext_lazy("handling time / (handling time + ready time); handling = ringing, talk, hold, wrap-up"),
}

END_REASONS = {
    "caller_hung_up": gettext_lazy("The caller hung up."),
    "agent_hung_up": gettext_lazy("The agent hung up."),
    "unknown_number": gettext_lazy("Nobody is at this number."),
    "platform_restarted": gettext_lazy("Asterisk was restarted; the call was cut off."),
    "caller_lost": gettext_lazy("The connection to the caller broke."),
    "closed": gettext_lazy("The queue was closed at this hour."),
    "emergency": gettext_lazy("A team leader had closed the queue."),
    "full": gettext_lazy("Too many callers were waiting already."),
    "too_long": gettext_lazy("The wait became too long."),
    "nobody_at_work": gettext_lazy("Nobody was at work in the queue."),
    "unavailable": gettext_lazy("Where the call was to go did not answer or no longer exists."),
    "no_choice": gettext_lazy("The caller made no choice in the menu."),
    "blocked": gettext_lazy("The caller's number is blocked."),
    "anonymous": gettext_lazy("Calls with a hidden number are not taken here."),
    "flood": gettext_lazy("Too many calls came from this number."),
    "message_played": gettext_lazy("The caller heard the message to its end."),
    "message_left": gettext_lazy("The caller left a spoken message."),
    "no_message": gettext_lazy("The caller said nothing into the voicemail."),
    "outside_hung_up": gettext_lazy("The outside number hung up."),
    "callback_failed": gettext_lazy("The customer did not answer the call-back."),
    "callback_cancelled": gettext_lazy("A team leader cancelled the call-back."),
}


def formula(name: str) -> str:
    """Return the formula of a figure in the reader's language."""
    return str(_FORMULAS[name]) if name in FORMULAS else ""


def end_reason(code: str) -> str:
    """Say who or what ended a call."""
    return str(END_REASONS.get(code, ""))
