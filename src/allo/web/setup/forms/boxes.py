"""Forms of voicemail boxes, music, message channels and message texts."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.caller_ways import (
    do_save_channel,
    do_save_music,
    do_save_template,
    do_save_voicemail_box,
)
from allo.data.models import ChannelKind, MessageChannel, MessageTemplate, Music, Queue, VoicemailBox
from allo.data.sounds import LONGEST_MUSIC_S, MOST_BYTES, Sound, SoundProblemError, sound_from_file
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.greeting import sound_problem
from allo.web.setup.forms.sound import SoundForm, choose_message
from allo.web.setup.forms.trunk import other_server

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from allo.data.models import User

BODY_FIELDS = frozenset({"to", "text", "subject", "sender"})
TEXT_FIELDS = frozenset({"code", "amount"})
DEFAULT_BODY = '{"to": "{to}", "text": "{text}"}'


class VoicemailForm(SoundForm[VoicemailBox]):
    """One box."""

    once_message = _("There is already a voicemail box with this name.")

    class Meta:
        model = VoicemailBox
        fields = ("name", "prompt", "queue", "limit_s", "shortest_s")
        help_texts = {"queue": _("A message becomes a call-back in this queue; the agent hears it first.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_message(self.fields["prompt"], _("Choose a message"))
        queue = self.fields["queue"]
        if isinstance(queue, forms.ModelChoiceField):
            queue.queryset, queue.empty_label = Queue.objects.active(), _("Nobody: it is only kept")

    def keep(self, actor: User) -> VoicemailBox:
        """Save the box."""
        return do_save_voicemail_box(actor, self.save(commit=False))


class MusicForm(SettingForm[Music]):
    """One piece of music."""

    once = "title"
    once_message = _("There is already music with this title.")

    sound_file = forms.FileField(label=_("Sound file"), required=False)

    class Meta:
        model = Music
        fields = ("title",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sound: Sound | None = None
        self.fields["sound_file"].help_text = _("WAV, MP3, FLAC or OGG, up to %(minutes)d minutes.") % {
            "minutes": LONGEST_MUSIC_S // 60
        }

    def clean_sound_file(self) -> UploadedFile[Any] | None:
        """Convert the music for the telephone."""
        upload: UploadedFile[Any] | None = self.cleaned_data["sound_file"]
        if upload is None:
            if not self.instance.audio_file:
                raise forms.ValidationError(gettext("Choose a file."))
            return None
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(sound_problem("too_big"))
        try:
            self.sound = sound_from_file(upload.read(), longest_s=LONGEST_MUSIC_S)
        except SoundProblemError as error:
            too_long = gettext("This is longer than ten minutes. Cut it.")
            raise forms.ValidationError(too_long if error.code == "too_long" else sound_problem(error.code)) from error
        return upload

    def store(self, actor: User) -> Music:
        """Save the music."""
        return do_save_music(actor, self.save(commit=False), self.sound)


class ChannelForm(SettingForm[MessageChannel]):
    """One way for written messages. Stored secrets are never shown; an empty field keeps them."""

    once_message = _("There is already a message channel with this name.")

    class Meta:
        model = MessageChannel
        fields = (
            "name",
            "kind",
            "host",
            "port",
            "security",
            "username",
            "secret",
            "sender",
            "url",
            "headers",
            "body",
        )
        widgets = {
            "secret": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "headers": forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
            "body": forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": DEFAULT_BODY}),
        }
        help_texts = {
            "sender": _("An address such as service@example.com, or the name that the SMS shows."),
            "url": _("Your provider's address; it is called by POST."),
            "headers": _("One a line, such as Authorization: Bearer … They are never shown again."),
            "body": _("{to}, {text} and {sender} are filled in. JSON when it begins with a brace, else a web form."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = {name: getattr(self.instance, name) for name in ("secret", "headers")}
        self._stored_for = {"secret": self._server(self.instance), "headers": _origin(self.instance.url)}
        self.initial["headers"] = ""
        for name, value in self._stored.items():
            if value:
                self.fields[name].help_text = _("Something is stored. Leave empty to keep it.")
        self.fields["port"].required = self.fields["security"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of channel needs."""
        cleaned = super().clean()
        is_email = cleaned.get("kind") == ChannelKind.EMAIL
        cleaned["port"] = cleaned.get("port") or 587
        cleaned["security"] = cleaned.get("security") or "starttls"
        self._keep_secrets(cleaned, "secret" if is_email else "headers")
        if is_email and not cleaned.get("host"):
            self.add_error("host", gettext("Write your mail server, such as smtp.example.com."))
        if is_email and "@" not in (cleaned.get("sender") or ""):
            self.add_error("sender", gettext("Write the address that messages come from."))
        if cleaned.get("kind") == ChannelKind.SMS:
            self._check_webhook(cleaned)
        return cleaned

    def _keep_secrets(self, cleaned: dict[str, Any], used: str) -> None:
        """What is stored stays, but goes to no other server than the one it was written for, now or later."""
        now = {
            "secret": self._server(
                MessageChannel(**{name: cleaned.get(name) for name in ("host", "port", "security")})
            ),
            "headers": _origin(cleaned.get("url") or ""),
        }
        for name, value in self._stored.items():
            if not value or cleaned.get(name):
                continue
            is_same = now[name] == self._stored_for[name]
            if not is_same and name == used:
                self.add_error(name, other_server())
            cleaned[name] = value if is_same else ""

    @staticmethod
    def _server(channel: MessageChannel) -> tuple[object, ...]:
        return channel.host, channel.port, channel.security

    def _check_webhook(self, cleaned: dict[str, Any]) -> None:
        try:
            URLValidator(schemes=["http", "https"])(cleaned.get("url") or "")
        except ValidationError:
            self.add_error("url", gettext("Write the whole address, beginning with https://"))
        for line in (cleaned.get("headers") or "").splitlines():
            if line.strip() and not re.fullmatch(r"[A-Za-z0-9-]+:\s*[^\r\n]+", line.strip()):
                self.add_error("headers", gettext("A header is written as Name: value."))
                break
        body = cleaned.get("body") or DEFAULT_BODY
        cleaned["body"] = body
        if "{to}" not in body or "{text}" not in body:
            self.add_error("body", gettext("The body must say {to} and {text}: whom to write, and what."))

    def store(self, actor: User) -> MessageChannel:
        """Save the channel."""
        return do_save_channel(actor, self.save(commit=False))


class TemplateForm(SettingForm[MessageTemplate]):
    """What a message says."""

    once_message = _("There is already a message text with this name.")

    class Meta:
        model = MessageTemplate
        fields = ("name", "subject_ru", "text_ru", "subject_en", "text_en")
        widgets = {"text_ru": forms.Textarea(attrs={"rows": 3}), "text_en": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "text_ru": _("{code} and {amount} are filled in."),
            "text_en": _("Without one, everybody gets the Russian words."),
        }

    def clean(self) -> dict[str, Any]:
        """Ask for words in one language at least, with known places only."""
        cleaned = super().clean()
        if not cleaned.get("text_ru") and not cleaned.get("text_en"):
            self.add_error("text_ru", gettext("Write the text in one language at least."))
        for name in ("subject_ru", "text_ru", "subject_en", "text_en"):
            problem = _place_problem(cleaned.get(name) or "")
            if problem:
                self.add_error(name, problem)
        return cleaned

    def store(self, actor: User) -> MessageTemplate:
        """Save the text."""
        return do_save_template(actor, self.save(commit=False))


def _origin(url: str) -> tuple[str, str]:
    try:
        address = urlsplit(url)
    except ValueError:  # the field says that it is none
        return "", ""
    return address.scheme, address.netloc


def _place_problem(text: str) -> str:
    try:
        places = {place for _text, place, _format, _how in Formatter().parse(text) if place is not None}
    except ValueError:
        return gettext("A brace is missing: places are written as {code}.")
    unknown = sorted(places - TEXT_FIELDS)
    return gettext("{%(place)s} is not known here. Use {code} or {amount}.") % {"place": unknown[0]} if unknown else ""
