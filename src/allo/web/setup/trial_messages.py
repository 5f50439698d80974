"""Trying a message channel out: a real message to an address of one's own, and what became of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from allo.data.actions.trial_message import do_send_trial
from allo.data.models import ChannelKind, MessageChannel, MessageState, MessageTemplate, OutgoingMessage
from allo.data.models.outgoing_message import TRIAL
from allo.web.access import SignedInRequest, admin_required
from allo.web.message_words import trouble_words
from allo.web.setup.forms.target import PHONE


class TrialMessageForm(forms.Form):
    """To whom, and which text."""

    to = forms.CharField(label=_("Send a test to"), max_length=64)
    template = forms.ModelChoiceField(
        label=_("Text"), queryset=MessageTemplate.objects.active(), empty_label=_("Choose a text")
    )

    def __init__(self, channel: MessageChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        is_email = channel.kind == ChannelKind.EMAIL
        self.fields["to"].widget.attrs.update(
            {
                "placeholder": "me@example.com" if is_email else "+79001112233",
                "inputmode": "email" if is_email else "tel",
            }
        )

    def clean_to(self) -> str:
        """An address as the channel needs it."""
        to = str(self.cleaned_data["to"]).strip()
        if self.channel.kind == ChannelKind.EMAIL:
            validate_email(to)
            return to
        number = re.sub(r"[\s()\-.]", "", to)
        if not re.fullmatch(PHONE, number):
            raise forms.ValidationError(gettext("Write a number such as +74951234567."))
        return number


@require_POST
@admin_required
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a test message sent."""
    channel = get_object_or_404(MessageChannel.objects.active(), pk=pk)
    form = TrialMessageForm(channel, request.POST)
    if not form.is_valid():
        return _answer(request, channel, form, code=422)
    message = do_send_trial(channel, form.cleaned_data["template"], form.cleaned_data["to"], request.user.language)
    return _answer(request, channel, TrialMessageForm(channel), message)


@require_safe
@admin_required
def fate(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """Say what has become of it so far."""
    channel = get_object_or_404(MessageChannel.objects.active(), pk=pk)
    sent = get_object_or_404(OutgoingMessage, pk=message, key__startswith=TRIAL, channel=str(pk))
    return _answer(request, channel, TrialMessageForm(channel), sent)


def _answer(
    request: HttpRequest,
    channel: MessageChannel,
    form: TrialMessageForm,
    message: OutgoingMessage | None = None,
    *,
    code: int = 200,
) -> HttpResponse:
    is_under_way = message is not None and message.state in (MessageState.WAITING, MessageState.SENDING)
    context = {
        "channel": channel,
        "trial": form,
        "message": message,
        "is_under_way": is_under_way,
        "trouble": trouble_words(message.trouble) if message is not None and message.trouble else "",
    }
    return render(request, "setup/parts/trial_message.html", context, status=code)
