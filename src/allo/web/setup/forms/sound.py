"""Forms whose setting is tried out by the engine before it is kept: what would lead nowhere is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from allo.data.load_config import load_setup
from allo.data.models import Calendar, CustomerKind, Queue
from allo.web.setup.findings import in_words
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.target import spoken_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allo.data.models import User

ModelT = TypeVar("ModelT", bound=models.Model)
NEW_CUSTOMERS = "new"
"""The kind of callers whom nobody knows yet (control's name for them)."""


class SoundForm(SettingForm[ModelT]):
    """A form that keeps only what the engine finds sound."""

    def keep(self, actor: User) -> ModelT:
        """Save what was entered through data's actions."""
        raise NotImplementedError

    def store(self, actor: User) -> ModelT:
        """Keep it, unless the engine then finds something wrong that was not wrong before."""
        with transaction.atomic():
            before = set(load_setup(with_forecasts=False).remarks)
            kept = self.keep(actor)
            wrong = [remark for remark in load_setup(with_forecasts=False).remarks if remark not in before]
            if wrong:
                raise ValidationError([in_words(remark) for remark in wrong])
        return kept


class QueueRuleForm(SoundForm[ModelT]):
    """A rule of one queue: each queue has one of a kind at most."""

    once = ""
    prompts: Sequence[str] = ()
    """Fields in which a message is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_among(self.fields["queue"], Queue.objects.active(), _("Choose a queue"))
        for name in self.prompts:
            field = self.fields[name]
            empty = _("Choose a message") if field.required else _("The usual words")
            _choose_among(field, spoken_messages(), empty)
        if "calendar" in self.fields:
            _choose_among(self.fields["calendar"], Calendar.objects.active(), _("Always"))

    def clean(self) -> dict[str, Any]:
        """Say if the queue has such a rule already."""
        cleaned = super().clean()
        others = type(self.instance)._default_manager.filter(is_active=True, queue=cleaned.get("queue"))
        if cleaned.get("queue") is not None and others.exclude(pk=self.instance.pk).exists():
            self.add_error("queue", str(_("This queue has its own line already. Change that line instead.")))
        return cleaned


class KindsField(forms.MultipleChoiceField):
    """Kinds of customers, kept as a list with commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A stored list as its choices."""
        return [word for word in value.split(",") if word] if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """The choices as a list with commas."""
        return ",".join(super().clean(value))


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of customers as the engine knows them."""
    known = [(str(kind.pk), str(kind)) for kind in CustomerKind.objects.active()]
    return [(NEW_CUSTOMERS, str(_("Calls for the first time"))), *known]


def _choose_among(field: forms.Field, rows: Any, empty: Any) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
        field.empty_label = empty


def choose_message(field: forms.Field, empty: Any) -> None:
    """Let a message be chosen that callers can hear."""
    _choose_among(field, spoken_messages(), empty)
