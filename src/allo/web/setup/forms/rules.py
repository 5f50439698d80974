"""Forms of the rules of queues: hours and limits, call-backs, announcements, promises, surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.caller_ways import do_save_announcing, do_save_queue_rule
from allo.data.models import (
    AnswerPromise,
    CallbackRule,
    Greeting,
    MessageChannel,
    MessageTemplate,
    Music,
    QueueAdmission,
    QueueAnnouncing,
    QueueSurvey,
)
from allo.speech.saying import LARGEST
from allo.web.setup.forms.base import ManyOf
from allo.web.setup.forms.sound import KindsField, QueueRuleForm, kind_choices
from allo.web.setup.forms.target import TargetFormField, spoken_messages

if TYPE_CHECKING:
    from allo.data.models import User


_WAYS = {
    "closed": _("When closed, callers go to"),
    "full": _("When full, callers go to"),
    "too_long": _("After the longest wait, callers go to"),
    "nobody": _("When nobody is at work, callers go to"),
}


class AdmissionForm(QueueRuleForm[QueueAdmission]):
    """Opening hours, limits, and what happens to callers whom the queue does not keep."""

    prompts = ("closed_message", "full_message", "too_long_message", "nobody_message")

    class Meta:
        model = QueueAdmission
        fields = (
            "queue",
            "calendar",
            "closed_message",
            "most_waiting",
            "full_message",
            "longest_wait_s",
            "too_long_message",
            "waits_for_nobody",
            "nobody_message",
        )
        help_texts = {
            "most_waiting": _("0: as many as come."),
            "longest_wait_s": _("0: as long as they like. Nobody is sent on while a telephone rings for them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in _WAYS.items():
            self.fields[f"{name}_target"] = TargetFormField(
                _("A message, then the end"),
                label=words,
                required=False,
                initial=getattr(self.instance, f"{name}_target"),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a queue that leads to itself."""
        cleaned = super().clean()
        queue = cleaned.get("queue")
        for name in ("closed_target", "full_target", "too_long_target", "nobody_target"):
            if queue is not None and cleaned.get(name) == f"queue:{queue.pk}":
                self.add_error(name, gettext("The queue cannot lead to itself. Choose another place."))
            elif name in cleaned:
                setattr(self.instance, name, cleaned[name])
        return cleaned

    def keep(self, actor: User) -> QueueAdmission:
        """Save the hours and limits."""
        return do_save_queue_rule(actor, self.save(commit=False))


class CallbackForm(QueueRuleForm[CallbackRule]):
    """Call-backs of a queue."""

    prompts = ("offer_prompt",)

    class Meta:
        model = CallbackRule
        fields = ("queue", "key", "offer_after_s", "offer_prompt", "calendar", "most_tries", "retry_s", "ring_s")

    def clean(self) -> dict[str, Any]:
        """The usual offer names its key."""
        cleaned = super().clean()
        is_offered = cleaned.get("offer_after_s") and "offer_prompt" not in self.errors
        if is_offered and cleaned.get("key", "1") != "1" and cleaned.get("offer_prompt") is None:
            self.add_error("offer_prompt", gettext("The usual words say “press one”. Choose your own for another key."))
        return cleaned

    def keep(self, actor: User) -> CallbackRule:
        """Save the rule."""
        return do_save_queue_rule(actor, self.save(commit=False))


class AnnouncingForm(QueueRuleForm[QueueAnnouncing]):
    """What waiting callers of a queue hear."""

    prompts = ("comfort_message",)
    messages = ManyOf(
        label=_("Messages, in turn"),
        queryset=Greeting.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )

    class Meta:
        model = QueueAnnouncing
        fields = (
            "queue",
            "music",
            "first_s",
            "every_s",
            "tells_position",
            "tells_wait",
            "widest_min",
            "messages",
            "comfort_after_s",
            "comfort_message",
        )
        help_texts = {
            "tells_wait": _("Only after the guesses have held for at least 85 of 100 callers lately."),
            "comfort_after_s": _("Once for each caller. 0: never."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages, music, comfort = (self.fields[name] for name in ("messages", "music", "comfort_message"))
        if isinstance(messages, forms.ModelMultipleChoiceField):
            messages.queryset = spoken_messages()
        if isinstance(music, forms.ModelChoiceField) and isinstance(comfort, forms.ModelChoiceField):
            music.queryset = Music.objects.active().exclude(audio_file="")
            music.empty_label = _("The usual music")
            comfort.empty_label = _("None")

    def clean(self) -> dict[str, Any]:
        """Ask for the words of comfort if there is a time for them."""
        cleaned = super().clean()
        if cleaned.get("comfort_after_s") and not cleaned.get("comfort_message"):
            self.add_error("comfort_message", gettext("Choose what is said then, or write 0 seconds."))
        return cleaned

    def keep(self, actor: User) -> QueueAnnouncing:
        """Save what is said."""
        return do_save_announcing(actor, self.save(commit=False), list(self.cleaned_data["messages"]))


class PromiseForm(QueueRuleForm[AnswerPromise]):
    """The answer promise of a queue."""

    prompts = ("prompt", "missed_prompt")
    kinds = KindsField(label=_("Only for these kinds of customers"))

    class Meta:
        model = AnswerPromise
        fields = (
            "queue",
            "reward",
            "within_s",
            "prompt",
            "missed_prompt",
            "countdown",
            "amount",
            "daily_budget",
            "least_waiting",
            "most_waiting",
            "calendar",
            "kinds",
            "channel",
            "template",
        )
        help_texts = {
            "reward": _("For example: 450 roubles off the next ticket. Agents see these words."),
            "prompt": _("Callers hear it at once when nobody is free; the time begins when it is over."),
            "amount": _("In the smallest unit of the currency (kopecks, cents)."),
            "daily_budget": _(
                "Promises that are still open count. When it is used up, nothing more is promised until midnight "
                "in the centre's time zone."
            ),
            "countdown": _("Empty: there is no countdown."),
            "channel": _("By e-mail it reaches only customers whose address is on their card."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, channel, template = (self.fields[name] for name in ("kinds", "channel", "template"))
        kinds.choices = kind_choices()  # type: ignore[attr-defined]
        if isinstance(channel, forms.ModelChoiceField) and isinstance(template, forms.ModelChoiceField):
            channel.queryset, channel.empty_label = MessageChannel.objects.active(), _("It is only spoken")
            template.queryset, template.empty_label = MessageTemplate.objects.active(), _("None")

    def clean(self) -> dict[str, Any]:
        """Hold amounts, budget, load and message against each other."""
        cleaned = super().clean()
        if (cleaned.get("amount") or 0) > (cleaned.get("daily_budget") or 0):
            self.add_error("daily_budget", gettext("The budget of a day must cover one promise at least."))
        most = cleaned.get("most_waiting") or 0
        if most and most < (cleaned.get("least_waiting") or 0):
            self.add_error("most_waiting", gettext("This is less than the number above: it would never be promised."))
        if cleaned.get("channel") and not cleaned.get("template"):
            self.add_error("template", gettext("Choose what the message says."))
        self._check_countdown(cleaned.get("countdown") or "", cleaned.get("within_s") or 0)
        return cleaned

    def _check_countdown(self, countdown: str, within_s: int) -> None:
        """What would never be spoken is not written down either."""
        most = min(within_s - 1, LARGEST)
        seconds = [int(word) for word in countdown.split(",") if word.strip().isdecimal()]
        if within_s and not all(0 < second <= most for second in seconds):
            said = gettext(
                "Only seconds from 1 to %(most)d can be spoken here: fewer than the promise lasts, 99 at most."
            )
            self.add_error("countdown", said % {"most": most})

    def keep(self, actor: User) -> AnswerPromise:
        """Save the promise."""
        return do_save_queue_rule(actor, self.save(commit=False))


class SurveyForm(QueueRuleForm[QueueSurvey]):
    """The survey of a queue."""

    prompts = ("welcome", "first_question", "second_question", "comment_prompt", "thanks")

    class Meta:
        model = QueueSurvey
        fields = (
            "queue",
            "welcome",
            "first_question",
            "first_keys",
            "second_question",
            "second_keys",
            "comment_prompt",
            "comment_limit_s",
            "thanks",
            "timeout_s",
            "most_tries",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("welcome", "second_question", "comment_prompt"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("None")

    def clean(self) -> dict[str, Any]:
        """Two questions are two: answers are counted by question."""
        cleaned = super().clean()
        if cleaned.get("first_question") and cleaned["first_question"] == cleaned.get("second_question"):
            self.add_error("second_question", gettext("This is the first question. Choose another one."))
        return cleaned

    def keep(self, actor: User) -> QueueSurvey:
        """Save the survey."""
        return do_save_queue_rule(actor, self.save(commit=False))
