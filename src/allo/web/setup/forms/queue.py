"""The form of a queue, with its members' levels and its greetings in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allo.data.actions.queue import do_save_queue
from allo.data.models import Greeting, GreetingKind, Queue, User
from allo.web.setup.forms.base import ManyOf, SettingForm
from allo.web.setup.forms.hold import let_choose_prompt
from allo.web.setup.forms.requirements import Requirements

if TYPE_CHECKING:
    from django.forms import BoundField

LEVELS = [("", "–"), *((str(level), str(level)) for level in range(1, 10))]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person and the control for their level."""

    person: User
    bound: BoundField


@dataclass(frozen=True, slots=True)
class GreetingLine:
    """A greeting and whether the queue plays it."""

    greeting: Greeting
    is_used: bool


class QueueForm(SettingForm[Queue]):
    """All about one queue."""

    once_message = _("There is already a queue with this name.")

    goal_percent = forms.IntegerField(label=_("Share to answer in time, %"), min_value=1, max_value=100, initial=80)
    greetings = ManyOf(queryset=Greeting.objects.none(), required=False)

    class Meta:
        model = Queue
        fields = (
            "name",
            "priority",
            "sticky_s",
            "transfer_patience_s",
            "cool_off_s",
            "cool_off_prompt",
            "recording_pause_limit_s",
            "whisper",
            "strategy",
            "service_level_target_s",
            "short_abandon_s",
            "offer_timeout_s",
            "wrapup_limit_s",
            "hold_limit_s",
            "outcome_required",
            "recording",
            "recording_retention_days",
        )
        help_texts = {"whisper": _("Only the agent hears the customer's name and language.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["greetings"]
        if isinstance(choices, forms.ModelMultipleChoiceField):
            choices.queryset = Greeting.objects.active().filter(kind=GreetingKind.GREETING)
        let_choose_prompt(self.fields["cool_off_prompt"])
        self.requirements = Requirements(self, self.instance)
        self.people = list(User.objects.active().people())
        present: dict[int, int] = {}
        if self.instance.pk:
            self.fields["goal_percent"].initial = round(self.instance.service_level_goal * 100)
            present = dict(self.instance.memberships.values_list("user_id", "level"))
        for person in self.people:
            self.fields[f"member_{person.pk}"] = forms.ChoiceField(
                label=person.display_name,
                choices=LEVELS,
                required=False,
                initial=str(present.get(person.pk, "")),
            )

    def member_lines(self) -> list[MemberLine]:
        """People in the order of the list, each with a level control."""
        return [MemberLine(person, self[f"member_{person.pk}"]) for person in self.people]

    def greeting_lines(self) -> list[GreetingLine]:
        """Greetings in use first, in their order; then the others."""
        everything = {str(g.pk): g for g in Greeting.objects.active().filter(kind=GreetingKind.GREETING)}
        if self.is_bound:
            used = [key for key in self.data.getlist("greetings") if key in everything]  # type: ignore[attr-defined]
        elif self.instance.pk:
            used = [str(g.pk) for g in self.instance.ordered_greetings() if str(g.pk) in everything]
        else:
            used = list(everything)
        rest = [key for key in everything if key not in used]
        return [GreetingLine(everything[key], key in used) for key in (*dict.fromkeys(used), *rest)]

    def store(self, actor: User) -> Queue:
        """Save the queue with members and greetings; the order of greetings is that of the form."""
        queue = self.save(commit=False)
        queue.service_level_goal = self.cleaned_data["goal_percent"] / 100
        chosen = {str(g.pk): g for g in self.cleaned_data["greetings"]}
        ordered = [
            chosen[key]
            for key in dict.fromkeys(self.data.getlist("greetings"))  # type: ignore[attr-defined]
            if key in chosen
        ]
        members = {
            person: int(level) for person in self.people if (level := self.cleaned_data.get(f"member_{person.pk}"))
        }
        kept_automatic = (
            {m.user: m.level for m in queue.memberships.filter(user__is_automatic=True).select_related("user")}
            if queue.pk
            else {}
        )
        return do_save_queue(
            actor,
            queue,
            greetings=ordered,
            members=members | kept_automatic,
            requirements=self.requirements.asked(self.cleaned_data),
        )
