"""Tags and filters that every template has without loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import phonenumbers
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from django import template
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from allo.data.models import AgentState
from allo.data.money import in_words
from allo.web import icons, reasons

if TYPE_CHECKING:
    from datetime import datetime

    from django.db import models
    from django.forms import BoundField
    from django.utils.safestring import SafeString

    from allo.data.models import AuditEntry

register = template.Library()

STATE_ICONS = {
    AgentState.OFFLINE: "power",
    AgentState.READY: "circle-check",
    AgentState.OFFERED: "phone-incoming",
    AgentState.ON_CALL: "phone-call",
    AgentState.WRAP_UP: "square-pen",
    AgentState.NOT_READY: "coffee",
}

WEB_CALLER = "web-"
WEB_VISITOR = _("Visitor of the page")

# Reasons that the routing engine itself gives for NotReady; others are ids of break reasons.
SYSTEM_REASONS = {
    "logged_in": _("Just signed in"),
    "no_answer": _("Did not answer an offered call"),
    "declined": _("Declined a call"),
    "phone_lost": _("The phone lost its connection"),
    "phone_failed": _("The phone could not be rung"),
    "outcome_missing": _("The outcome was not recorded"),
    "removed": _("Removed from the centre"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "phone" %}``."""
    return icons.icon(name)


@register.inclusion_tag("parts/state.html")
def state_chip(state: str, reason: str = "") -> dict[str, Any]:
    """``{% state_chip agent.state agent.reason %}``: colour, icon and word of an agent's state."""
    known = AgentState(state) if state in AgentState.values else AgentState.OFFLINE
    return {
        "state": known.value.replace("_", "-"),
        "label": known.label,
        "icon": STATE_ICONS[known],
        "reason": reason_name(reason),
    }


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """``{% state_icon agent.state %}``: the icon alone, where the word stands elsewhere."""
    return icons.icon(STATE_ICONS[AgentState(state) if state in AgentState.values else AgentState.OFFLINE])


@register.filter
def state_word(state: str) -> str:
    """Return the word for an agent's state."""
    return str(AgentState(state).label) if state in AgentState.values else ""


@register.filter
def waited(call: dict[str, Any]) -> float | None:
    """Return the seconds a live call waited in its queue before it was answered."""
    entered, answered = call.get("entered_at"), call.get("answered_at")
    return answered - entered if entered and answered else None


@register.filter
def reason_name(reason: str) -> str:
    """Return the words for a NotReady reason: the engine's own, or the name of a break reason by its id."""
    if reason in SYSTEM_REASONS:
        return str(SYSTEM_REASONS[reason])
    return reasons.name_of(reason) if reason.isdecimal() else reason


@register.filter
def duration(seconds: float | None) -> str:
    """Show seconds as ``0:07``, ``12:05`` or ``1:02:05``; a dash for none."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


@register.filter
def percent(share: float | None) -> str:
    """Show a share 0 to 1 as a percentage in the reader's manner; a dash for none."""
    return "–" if share is None else str(format_percent(share, "#,##0 %" if _is_russian() else "#,##0%", _locale()))


@register.filter
def decimal(value: float | None) -> str:
    """Show a number with at most one digit after the point; a dash for none."""
    return "–" if value is None else str(format_decimal(value, "#,##0.#", _locale()))


@register.filter
def money(amount: int) -> str:
    """Write an amount in the smallest unit of the currency: 45000 is 450, 450 is 4.50 or 4,50."""
    return in_words(amount, _locale())


@register.filter
def day_and_time(at: datetime) -> str:
    """Show an instant in the centre's time: 25 Nov 2026, 14:47."""
    return str(format_datetime(localtime(at), "d MMM y, HH:mm", locale=_locale()))


@register.filter
def phone(number: str) -> str:
    """Show a telephone number the way people read it; what is in no country's form stays as it is.

    A visitor of the public page has an account instead, whose name is their secret.
    """
    if number.startswith(WEB_CALLER):
        return str(WEB_VISITOR)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """``{% field form.name %}``: label, control, help and its errors, tied together for screen readers."""
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "is_checkbox": kind == "checkbox" and not hasattr(bound.field, "choices"),
        **options,
    }


def _locale() -> str:
    return "ru" if _is_russian() else "en"


def _is_russian() -> bool:
    return (get_language() or "").startswith("ru")


@register.filter
def change_kind(entry: AuditEntry) -> str:
    """Say what an audit entry is about, such as "queue · changed"."""
    kinds = {
        "create": _("created"),
        "change": _("changed"),
        "delete": _("deleted"),
        "restore": _("restored"),
        "send_again": _("sent again"),
    }
    model = _audited(entry)
    noun = model._meta.verbose_name if model else entry.subject_kind
    return f"{noun} · {kinds.get(entry.action, entry.action)}"


@register.filter
def change_lines(entry: AuditEntry) -> list[dict[str, str]]:
    """Return the changed fields of an audit entry with their words; a creation speaks for itself."""
    model = _audited(entry)
    if entry.action == "create":
        return []
    return [
        {"name": _field_name(model, key), "old": _as_words(model, key, old), "new": _as_words(model, key, new)}
        for key, (old, new) in entry.changes.items()
    ]


def _audited(entry: AuditEntry) -> type[models.Model] | None:
    try:
        return apps.get_model("data", entry.subject_kind)
    except LookupError:
        return None


def _field_name(model: type[models.Model] | None, key: str) -> str:
    names = {
        "automatic_agents": _("automatic agents"),
        "greetings": _("greetings"),
        "members": _("members"),
        "queues": _("queues"),
        "skills": _("skills"),
        "requirements": _("required skills"),
    }
    if key in names:
        return str(names[key])
    return str(getattr(_field(model, key), "verbose_name", key))


def _field(model: type[models.Model] | None, key: str) -> Any:
    try:
        return model._meta.get_field(key) if model else None
    except FieldDoesNotExist:
        return None


def _as_words(model: type[models.Model] | None, key: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices = dict(getattr(_field(model, key), "flatchoices", ()))
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {level}" for key, level in value.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
