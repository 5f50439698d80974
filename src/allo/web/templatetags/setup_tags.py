"""Tags and filters of the set-up's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import template
from django.utils.timezone import localdate

from allo.web.setup.forms.alerts import limits_in_words
from allo.web.setup.forms.target import target_words as words_of_target
from allo.web.setup.line_words import state_of
from allo.web.setup.trial_messages import TrialMessageForm
from allo.web.setup.year_view import months_of

if TYPE_CHECKING:
    from allo.data.models import AlertLimits, Calendar, MessageChannel, QueueAlertLimits, Trunk
    from allo.web.setup.line_words import LineState

register = template.Library()


@register.filter
def target_words(text: str) -> str:
    """A stored target in words."""
    return words_of_target(text)


@register.filter
def alert_limits(row: AlertLimits | QueueAlertLimits) -> str:
    """From when on the floor warns, in a line."""
    return limits_in_words(row)


@register.filter
def line_state(trunk: Trunk) -> LineState:
    """How a line does now."""
    return state_of(trunk)


@register.filter
def web_host(url: str) -> str:
    """The server of an address: what stands behind it may be a secret."""
    return urlsplit(url).hostname or ""


@register.inclusion_tag("setup/parts/trial_message.html", takes_context=True)
def trial_message(context: dict[str, Any], channel: MessageChannel) -> dict[str, Any]:
    """``{% trial_message channel %}``: a form that sends a test by a stored channel."""
    return {"channel": channel, "trial": TrialMessageForm(channel), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("setup/parts/year.html")
def year_of(calendar: Calendar) -> dict[str, Any]:
    """``{% year_of calendar %}``: this year's days."""
    year = localdate().year
    return {"year": str(year), "months": months_of(calendar, year)}
