"""Words of the reports: formulas, how calls end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from allo.core.metrics import FORMULAS

# The same sentences as in the core, marked for translators; a test holds them equal.
_FORMULAS = {
    "service_level": gettext_lazy("answered within the target / (answered + abandoned - short abandons)"),
    "abandonment": gettext_lazy("abandoned (without short abandons) / (entered - short abandons)"),
    "asa": gettext_lazy("sum of the waits of answered calls / answered calls"),
    "aht": gettext_lazy("(talk + hold + wrap-up time) / answered calls"),
    "occupancy": gettext_lazy("handling time / (handling time + ready time); handling = ringing, talk, hold, wrap-up"),
}

END_REASONS = {
    "caller_hung_up": gettext_lazy("The caller hung up."),
    "agent_hung_up": gettext_lazy("The agent hung up."),
    "unknown_number": gettext_lazy("Nobody is at this number."),
    "platform_restarted": gettext_lazy("Asterisk was restarted; the call was cut off."),
    "caller_lost": gettext_lazy("The connection to the caller broke."),
}


def formula(name: str) -> str:
    """Return the formula of a figure in the reader's language."""
    return str(_FORMULAS[name]) if name in FORMULAS else ""


def end_reason(code: str) -> str:
    """Say who or what ended a call."""
    return str(END_REASONS.get(code, ""))
