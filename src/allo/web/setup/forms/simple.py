"""Forms of dispositions, break reasons and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.setting import do_save_break_reason, do_save_disposition, do_save_number
from allo.data.models import BreakReason, Disposition, Greeting, GreetingKind, Number, Queue
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.hold import let_choose_prompt
from allo.web.setup.forms.pattern import PatternField
from allo.web.setup.forms.requirements import Requirements
from allo.web.setup.forms.sound import SoundForm
from allo.web.setup.forms.target import TargetFormField

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
        fields = ("name", "is_paid", "kind", "typical_min", "longest_wait_min", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("typical_min", "longest_wait_min"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """What is not said stays as it was."""
        cleaned = super().clean()
        for name in ("typical_min", "longest_wait_min"):
            if name not in self.errors and cleaned.get(name) is None:
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    def store(self, actor: User) -> BreakReason:
        """Save the break reason."""
        return do_save_break_reason(actor, self.save(commit=False))


class NumberForm(SoundForm[Number]):
    """One dialled number and where it leads."""

    once = "pattern"
    once_message = _("This number already leads to a queue. Change that line instead.")

    class Meta:
        model = Number
        fields = ("pattern", "queue", "opening_message", "language", "priority", "anonymous_message")
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
            queue.empty_label = _("Not to a queue")
            opening.queryset = Greeting.objects.active().filter(kind=GreetingKind.OPENING)
            opening.empty_label = _("None")
        self.fields["priority"].required = False
        let_choose_prompt(self.fields["anonymous_message"], _("Nothing"))
        self.requirements = Requirements(self, self.instance)
        self.fields["anonymous_target"] = TargetFormField(
            _("Where all calls go"),
            label=Number._meta.get_field("anonymous_target").verbose_name,
            required=False,
            messages=True,
            initial=self.instance.anonymous_target,
        )
        self.fields["target"] = TargetFormField(
            _("Choose a place"),
            label=_("Or leads to"),
            required=False,
            messages=True,
            queues=False,
            initial=self.instance.target,
            help_text=_("Where calls go when no queue is chosen: a menu, a voicemail box, a message."),
        )

    def clean_priority(self) -> int:
        """Nothing is nothing more."""
        return self.cleaned_data["priority"] or 0

    def clean(self) -> dict[str, Any]:
        """A number leads to one place: the queue, or the other one."""
        cleaned = super().clean()
        target = cleaned.get("target") or ""
        if cleaned.get("queue") is None and not target and not {"queue", "target"} & self.errors.keys():
            self.add_error("queue", gettext("Choose a queue, or another place below."))
        if "anonymous_target" in cleaned:
            told = cleaned.get("anonymous_message")
            self.instance.anonymous_target = cleaned["anonymous_target"] or ("hang_up" if told else "")
        self.instance.target = "" if cleaned.get("queue") else target
        return cleaned

    def keep(self, actor: User) -> Number:
        """Save the number."""
        asked = self.requirements.asked(self.cleaned_data)
        return do_save_number(actor, self.save(commit=False), requirements=asked)
