"""Where a call goes next, as one choice, with a line for an outside number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from allo.data.models import Greeting, GreetingKind, Menu, Queue, VoicemailBox
from allo.data.models.home_country import normalise_at_home
from allo.data.models.target import TARGET
from allo.web.templatetags.allo import phone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

NUMBER = "number"
PHONE = r"^\+?[0-9]{2,20}$"


class TargetWidget(forms.MultiWidget):
    """A list of places, and a line that is seen when "outside number" is chosen."""

    def __init__(self, choices: Sequence[Any] = ()) -> None:
        number = forms.TextInput(attrs={"inputmode": "tel", "placeholder": "+74951234567"})
        super().__init__({"place": forms.Select(choices=choices), "number": number})

    def decompress(self, value: str | None) -> list[str]:
        """Take a stored target apart."""
        text = value or ""
        return [NUMBER, text.partition(":")[2]] if text.startswith("number:") else [text, ""]

    def id_for_label(self, id_: str) -> str:
        """The label is that of the list."""
        return f"{id_}_0" if id_ else id_


class TargetFormField(forms.MultiValueField):
    """Gives the text of a target column."""

    widget = TargetWidget

    def __init__(
        self,
        empty: _StrPromise | str,
        more: Sequence[Any] = (),
        *,
        messages: bool = False,
        queues: bool = True,
        **kwargs: Any,
    ) -> None:
        is_phone = RegexValidator(PHONE, _("Write a number such as +74951234567."))
        choices = [("", empty), *more, *target_choices(messages=messages, queues=queues)]
        fields = (
            forms.ChoiceField(choices=choices, required=False),
            _PhoneField(required=False, validators=[is_phone]),
        )
        super().__init__(fields, require_all_fields=False, widget=TargetWidget(choices), **kwargs)

    def compress(self, data_list: list[str]) -> str:
        """Put a target together. Raises ValidationError for an outside number that is missing."""
        place, number = (*data_list, "", "")[:2]
        if place != NUMBER:
            return place or ""
        if not number:
            raise forms.ValidationError(_("Write the outside number."))
        return f"number:{normalise_at_home(number)}"


class _PhoneField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s()\-.]", "", super().to_python(value) or "")


def target_choices(*, messages: bool = False, queues: bool = True) -> list[Any]:
    """Places by kind, as choices of a list."""
    groups = [(_("Menus"), "menu", [(menu.pk, str(menu)) for menu in Menu.objects.active() if menu.published_id])]
    if queues:
        groups.insert(0, (_("Queues"), "queue", [(row.pk, str(row)) for row in Queue.objects.active()]))
    groups.append((_("Voicemail boxes"), "voicemail", [(row.pk, str(row)) for row in VoicemailBox.objects.active()]))
    if messages:
        groups.append((_("A message, then the end"), "message", [(row.pk, str(row)) for row in spoken_messages()]))
    found: list[Any] = [(title, [(f"{kind}:{pk}", name) for pk, name in rows]) for title, kind, rows in groups if rows]
    return [*found, (NUMBER, _("Outside number …")), ("hang_up", _("Hang up"))]


def spoken_messages() -> Any:
    """What can be said to callers anywhere: everything but the greetings of queues, and only with a sound."""
    return Greeting.objects.active().exclude(kind=GreetingKind.GREETING).exclude(audio_file="")


def target_words(text: str) -> str:
    """A stored target in words."""
    if not text:
        return ""
    if not re.match(TARGET, text):
        return text
    kind, _colon, id_ = text.partition(":")
    if kind == "hang_up":
        return str(_("Hang up"))
    if kind == "number":
        return phone(id_)
    model = {"queue": Queue, "menu": Menu, "voicemail": VoicemailBox, "message": Greeting}[kind]
    row = model._default_manager.filter(pk=int(id_)).first()
    return str(row) if row is not None else str(_("deleted"))
