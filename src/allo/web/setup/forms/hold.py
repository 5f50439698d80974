"""Forms of reasons for a hold and of kinds of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allo.data.actions.setting import do_save_customer_kind, do_save_hold_reason
from allo.data.models import CustomerKind, HoldReason
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.target import spoken_messages

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from allo.data.models import User


MUSIC_AT_ONCE = _("Nothing: music at once")


def let_choose_prompt(field: forms.Field, nothing: _StrPromise = MUSIC_AT_ONCE) -> None:
    """Offer everything that has a sound, and what stands for none."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = spoken_messages()
        field.empty_label = nothing


class HoldReasonForm(SettingForm[HoldReason]):
    """One reason for a hold."""

    once_message = _("There is already a reason with this name.")

    class Meta:
        model = HoldReason
        fields = ("name", "prompt", "limit_s", "order")
        help_texts = {"prompt": _("One of the recordings under Greetings. After it callers hear music.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_choose_prompt(self.fields["prompt"])

    def store(self, actor: User) -> HoldReason:
        """Save the reason."""
        return do_save_hold_reason(actor, self.save(commit=False))


class CustomerKindForm(SettingForm[CustomerKind]):
    """One kind of customer."""

    once_message = _("There is already a kind of customer with this name.")

    class Meta:
        model = CustomerKind
        fields = ("name", "priority", "order")

    def store(self, actor: User) -> CustomerKind:
        """Save the kind."""
        return do_save_customer_kind(actor, self.save(commit=False))
