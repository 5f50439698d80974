"""Forms of blocked callers, floods of calls, and outside numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.protection import (
    do_save_block,
    do_save_dialling_limits,
    do_save_flood_protection,
    do_save_outside_number,
)
from allo.data.models import BlockedNumber, DiallingLimits, FloodProtection, OutsideNumber
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.pattern import PatternField, exact_pattern
from allo.web.setup.forms.target import spoken_messages

if TYPE_CHECKING:
    from allo.data.models import User

LEAST_DIGITS_BLOCKED = 3
LEAST_DIGITS_DIALLED = 1


class BlockForm(SettingForm[BlockedNumber]):
    """One blocked caller, or a pattern of them."""

    once = "pattern"
    once_message = _("This number is blocked already. Change that line instead.")

    class Meta:
        model = BlockedNumber
        fields = ("pattern", "reason", "expires_at", "is_silent")
        field_classes = {"pattern": PatternField}
        widgets = {
            "expires_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {
            "pattern": _(
                "With the country, as +79001234567, or as it is dialled at home. "
                "X stands for any digit, * at the end for any ending."
            ),
            "reason": _("For colleagues; the caller is not told."),
            "expires_at": _("Empty: until somebody takes the block away."),
        }

    def clean_pattern(self) -> str:
        """Never everybody."""
        return exact_pattern(str(self.cleaned_data["pattern"]), LEAST_DIGITS_BLOCKED)

    def clean_expires_at(self) -> Any:
        """The end lies ahead, unless it is left as it was."""
        expires_at, stored = self.cleaned_data["expires_at"], self.initial.get("expires_at")
        if expires_at is not None and stored is not None and expires_at == stored.replace(second=0, microsecond=0):
            return stored  # pages show no seconds
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError(gettext("This moment has passed. Choose a later one."))
        return expires_at

    def store(self, actor: User) -> BlockedNumber:
        """Save the block."""
        return do_save_block(actor, self.save(commit=False))


class FloodForm(SettingForm[FloodProtection]):
    """What happens to many calls from one number."""

    once = ""

    class Meta:
        model = FloodProtection
        fields = ("is_on", "within_s", "slow_beyond", "refuse_beyond", "refusal")
        labels = {"refusal": _("Refused callers hear")}
        help_texts = {
            "is_on": _("Leave it off while an exchange sends all its callers under one number."),
            "refuse_beyond": _("0: nobody is refused."),
            "slow_beyond": _("The next ones hear a request to wait, and a pause, before anything else."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refusal = self.fields["refusal"]
        if isinstance(refusal, forms.ModelChoiceField):
            refusal.queryset = spoken_messages()
            refusal.empty_label = _("The busy tone")

    def clean(self) -> dict[str, Any]:
        """Callers are slowed down before they are refused."""
        cleaned = super().clean()
        slow, refuse = cleaned.get("slow_beyond"), cleaned.get("refuse_beyond")
        if slow and refuse and refuse <= slow:
            self.add_error("refuse_beyond", gettext("Refuse later than you slow down: write a larger number."))
        return cleaned

    def store(self, actor: User) -> FloodProtection:
        """Save the rule."""
        return do_save_flood_protection(actor, self.save(commit=False))


class OutsideNumberForm(SettingForm[OutsideNumber]):
    """One number, or a pattern of them, that may be dialled."""

    once = "pattern"
    once_message = _("This number may be dialled already.")

    class Meta:
        model = OutsideNumber
        fields = ("pattern", "note")
        field_classes = {"pattern": PatternField}
        help_texts = {
            "pattern": _(
                "With the country, for example +7495*, or as it is dialled at home, 8495*; short numbers as they are. "
                "X stands for any digit, * at the end for any ending."
            ),
            "note": _("For example: our shops, mobile numbers in the country."),
        }

    def clean_pattern(self) -> str:
        """Never all numbers of the world."""
        return exact_pattern(str(self.cleaned_data["pattern"]), LEAST_DIGITS_DIALLED)

    def store(self, actor: User) -> OutsideNumber:
        """Save the number."""
        return do_save_outside_number(actor, self.save(commit=False))


class DiallingLimitsForm(SettingForm[DiallingLimits]):
    """How often outside numbers may be dialled, and how many at once."""

    once = ""

    class Meta:
        model = DiallingLimits
        fields = ("most_a_day", "most_a_call", "most_at_once")

    def store(self, actor: User) -> DiallingLimits:
        """Save the limits."""
        return do_save_dialling_limits(actor, self.save(commit=False))
