"""What all forms of settings share: names that are free, and saving through data's actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelMultipleChoiceField
from django.utils.translation import gettext_lazy as _

from allo import installation
from allo.web.typed_forms import ModelForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from allo.data.models import User

ModelT = TypeVar("ModelT", bound=models.Model)


LONGEST_KEY = 18
"""Digits of a primary key that every database can compare."""


class ManyOf(ModelMultipleChoiceField):  # type: ignore[type-arg]  # in brackets only for type checkers
    """Several rows; a key too large for the database is no choice, rather than an error of ours."""

    def clean(self, value: Any) -> Any:
        """See Django's."""
        for key in value or ():
            if len(str(key)) > LONGEST_KEY:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": str(key)[:40]})
        return super().clean(value)


class SettingForm(ModelForm[ModelT]):
    """A form whose named field must differ from that of all other active rows, whatever the case."""

    once: ClassVar[str] = "name"
    once_message: ClassVar[_StrPromise | str] = _("There is already one with this name. Choose another name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What is added speaks the installation's language, unless somebody chooses another."""
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "language" in self.fields:
            self.initial["language"] = installation.current().language

    def clean(self) -> dict[str, Any]:
        """Look for the same name among active rows; databases compare Cyrillic case differently."""
        cleaned: dict[str, Any] = super().clean() or {}
        wanted = cleaned.get(self.once) if self.once else None
        if isinstance(wanted, str):
            others = type(self.instance)._default_manager.filter(is_active=True).exclude(pk=self.instance.pk)
            taken = (str(name).casefold() for name in others.values_list(self.once, flat=True))
            if wanted.casefold() in taken:
                self.add_error(self.once, str(self.once_message))
        return cleaned

    def store(self, actor: User) -> ModelT:
        """Save what was entered through data's actions."""
        raise NotImplementedError
