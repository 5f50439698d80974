"""Forms of dispositions, break reasons and numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allo.data.actions.setting import do_save_break_reason, do_save_disposition, do_save_number
from allo.data.models import BreakReason, Disposition, Greeting, GreetingKind, Number, Queue
from allo.web.setup.forms.base import SettingForm

if TYPE_CHECKING:
    from allo.data.models import User


class DispositionForm(SettingForm[Disposition]):
    """One outcome code."""

    once_message = _("There is already an outcome with this name.")

    class Meta:
        model = Disposition
        fields = ("name", "is_success", "is_decision_contact", "order")

    def store(self, actor: User) -> Disposition:
        """Save the outcome code."""
        return do_save_disposition(actor, self.save(commit=False))


class BreakReasonForm(SettingForm[BreakReason]):
    """One break reason."""

    once_message = _("There is already a break reason with this name.")

    class Meta:
        model = BreakReason
        fields = ("name", "is_paid", "order")

    def store(self, actor: User) -> BreakReason:
        """Save the break reason."""
        return do_save_break_reason(actor, self.save(commit=False))


class PatternField(forms.CharField):
    """Takes spaces, brackets and dashes as people write them."""

    def to_python(self, value: Any) -> str:
        """Return the bare pattern; a small or Cyrillic x means X."""
        text = super().to_python(value) or ""
        return re.sub(r"[\s()\-.]", "", text).translate(str.maketrans("xхХ", "XXX"))


class NumberForm(SettingForm[Number]):
    """One dialled number and where it leads."""

    once = "pattern"
    once_message = _("This number already leads to a queue. Change that line instead.")

    class Meta:
        model = Number
        fields = ("pattern", "queue", "opening_message", "language")
        field_classes = {"pattern": PatternField}
        help_texts = {
            "pattern": _("Digits as the operator sends them. X stands for any digit, * at the end for any ending."),
            "opening_message": _("Every caller hears it once, before the queue's greeting."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queue = self.fields["queue"]
        opening = self.fields["opening_message"]
        if isinstance(queue, forms.ModelChoiceField) and isinstance(opening, forms.ModelChoiceField):
            queue.queryset = Queue.objects.active()
            queue.empty_label = _("Choose a queue")
            opening.queryset = Greeting.objects.active().filter(kind=GreetingKind.OPENING)
            opening.empty_label = _("None")

    def store(self, actor: User) -> Number:
        """Save the number."""
        return do_save_number(actor, self.save(commit=False))
