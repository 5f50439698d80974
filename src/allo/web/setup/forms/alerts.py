"""Forms of the limits from which on the floor warns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.alert import do_save_alert_limits
from allo.data.actions.caller_ways import do_save_queue_rule
from allo.data.models import AlertLimits, QueueAlertLimits
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.sound import QueueRuleForm

if TYPE_CHECKING:
    from allo.data.models import User

LIMITS = ("beyond_target_s", "below_goal", "wrapup_s", "break_share")


_WORDS = {
    "beyond_target_s": _("wait %(value)d s beyond the target"),
    "below_goal": _("service level %(value)d%% below the goal"),
    "wrapup_s": _("wrap-up over %(value)d s"),
    "break_share": _("more than %(value)d%% on a break"),
}


def limits_in_words(row: AlertLimits | QueueAlertLimits) -> str:
    """Say what is warned of, in a line."""
    values = {name: getattr(row, name) for name in LIMITS}
    said = [str(_WORDS[name]) % {"value": value} for name, value in values.items() if value is not None]
    if row.beyond_target_s == 0:
        said[0] = gettext("wait beyond the target")
    return " · ".join(said) or gettext("no warning")


class AlertLimitsForm(SettingForm[AlertLimits]):
    """The limits of the whole centre."""

    once = ""

    class Meta:
        model = AlertLimits
        fields = (*LIMITS, "fewest_calls", "fewest_on_break", "is_sounding")
        help_texts = {
            "beyond_target_s": _("0: as soon as the target has passed. Empty: no warning."),
            "below_goal": _("Empty: no warning."),
            "wrapup_s": _("Empty: no warning."),
            "break_share": _("Empty: no warning."),
            "is_sounding": _("Calls for help always sound. Everybody can silence the own page by the bell."),
        }

    def store(self, actor: User) -> AlertLimits:
        """Save the limits."""
        return do_save_alert_limits(actor, self.save(commit=False))


class QueueAlertLimitsForm(QueueRuleForm[QueueAlertLimits]):
    """Where one queue differs from the centre."""

    class Meta:
        model = QueueAlertLimits
        fields = ("queue", *LIMITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centre = AlertLimits.current()
        for name in LIMITS:
            value = getattr(centre, name)
            held = gettext("no warning") if value is None else str(value)
            self.fields[name].help_text = gettext("Empty: as the whole centre (%(value)s).") % {"value": held}

    def clean(self) -> dict[str, Any]:
        """A line that differs in nothing says nothing."""
        cleaned = super().clean()
        if not self.errors and all(cleaned.get(name) is None for name in LIMITS):
            self.add_error(None, gettext("Write at least one limit in which this queue differs."))
        return cleaned

    def store(self, actor: User) -> QueueAlertLimits:
        """Save the limits."""
        return do_save_queue_rule(actor, self.save(commit=False))
