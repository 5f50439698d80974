"""``ModelForm`` that takes its model in brackets, as type checkers want it and Django's own does not yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from django.forms import ModelForm
else:

    class ModelForm(forms.ModelForm):
        """Django's, with brackets allowed."""

        def __class_getitem__(cls, _model):
            return cls


__all__ = ["ModelForm"]
