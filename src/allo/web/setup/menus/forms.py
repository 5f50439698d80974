"""The form of one question of a menu: what is asked, keys, conditions, and what happens without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.greeting import do_save_greeting
from allo.data.actions.menu import do_create_menu, do_rename_menu
from allo.data.menu_body import NODE, Body, Branch, Key, Node, body_of, new_body
from allo.data.models import Calendar, Greeting, GreetingKind, GreetingSource, Language, Menu, Skill
from allo.data.sounds import Sound, SoundProblemError
from allo.data.speaking import speak
from allo.speech.synthesizer import SpeechError
from allo.web.setup.forms.base import SettingForm
from allo.web.setup.forms.greeting import sound_problem, speech_problem
from allo.web.setup.forms.sound import kind_choices
from allo.web.setup.forms.target import TargetFormField, spoken_messages
from allo.web.setup.menus.asks import KeyAsks

if TYPE_CHECKING:
    from allo.data.models import User

KEYS = "1234567890*#"
NEW = "new"
BRANCHES = 4
SEVERAL = [("", _("as it is")), *Language.choices]


class MenuForm(SettingForm[Menu]):
    """The name of a menu; its tree is edited on a page of its own."""

    once_message = _("There is already a menu with this name.")

    class Meta:
        model = Menu
        fields = ("name",)

    def store(self, actor: User) -> Menu:
        """Make a menu with one empty question, or rename it."""
        name = self.cleaned_data["name"]
        if self.instance.pk:
            return do_rename_menu(actor, self.instance, name)
        return do_create_menu(actor, name, new_body(name))


class NodeForm(forms.Form):
    """One question."""

    name = forms.CharField(label=_("Name of the question"), max_length=80)
    prompt = forms.ModelChoiceField(
        label=_("What is asked"), queryset=Greeting.objects.none(), required=False, empty_label=_("Choose a message")
    )
    words = forms.CharField(
        label=_("Or let the computer say"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    words_language = forms.ChoiceField(label=_("Spoken in"), choices=Language, required=False)
    timeout_s = forms.IntegerField(label=_("Wait for a key, seconds"), min_value=1, max_value=60)
    most_tries = forms.IntegerField(label=_("Tries"), min_value=1, max_value=9)
    wrong_key_prompt = forms.ModelChoiceField(
        label=_("After a wrong key"), queryset=Greeting.objects.none(), required=False, empty_label=_("The usual words")
    )
    no_key_prompt = forms.ModelChoiceField(
        label=_("When no key comes"), queryset=Greeting.objects.none(), required=False, empty_label=_("The usual words")
    )

    def __init__(self, body: Body, node_id: str, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body, self.node_id = body, node_id
        self.node = body.nodes[node_id]
        self.sound: Sound | None = None
        for name in ("prompt", "wrong_key_prompt", "no_key_prompt"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = spoken_messages()
            self.initial[name] = getattr(self.node, name) or None
        for name in ("name", "timeout_s", "most_tries"):
            self.initial[name] = getattr(self.node, name)
        self.initial["words_language"] = language
        inside = [(f"{NODE}{id_}", node.name) for id_, node in body.nodes.items() if id_ != node_id]
        again = [(f"{NODE}{node_id}", gettext("This question again"))]
        self._skills = [(str(skill.pk), str(skill)) for skill in Skill.objects.active()]
        self._asks: list[KeyAsks] = []
        self._more = [(_("This menu"), [(NEW, gettext("A new question …")), *again, *inside])]
        for key in KEYS:
            self._add_key(key, self.node.keys.get(key))
        for place in range(BRANCHES):
            self._add_branch(place, self.node.branches[place] if place < len(self.node.branches) else None)
        self.fields["otherwise"] = self._target(_("Who chooses nothing goes to"), self.node.otherwise, _("Hang up"))

    def _target(self, label: Any, initial: str, empty: Any) -> TargetFormField:
        initial = "" if initial == "hang_up" and str(empty) == str(_("Hang up")) else initial
        return TargetFormField(empty, self._more, label=label, required=False, messages=True, initial=initial)

    def _add_key(self, key: str, choice: Key | None) -> None:
        name = f"key_{KEYS.index(key)}"
        self.fields[f"{name}_target"] = self._target(_("Leads to"), choice.target if choice else "", "–")
        self.fields[f"{name}_language"] = forms.ChoiceField(
            label=_("Language"), choices=SEVERAL, required=False, initial=choice.language if choice else ""
        )
        self.fields[f"{name}_priority"] = forms.IntegerField(
            label=_("Priority"), required=False, min_value=-10, max_value=10, initial=choice.priority if choice else 0
        )
        self.fields[f"{name}_reason"] = forms.CharField(
            label=_("Reason"), required=False, max_length=60, initial=choice.reason if choice else ""
        )
        self._asks.append(KeyAsks(self, f"{name}_asks", self._skills, choice.asks if choice else ()))

    def _add_branch(self, place: int, branch: Branch | None) -> None:
        name = f"branch_{place}"
        self.fields[f"{name}_target"] = self._target(_("Go to"), branch.target if branch else "", "–")
        self.fields[f"{name}_calendar"] = forms.ModelChoiceField(
            label=_("Opening hours"),
            queryset=Calendar.objects.active(),
            required=False,
            empty_label=_("At any time"),
            initial=branch.calendar if branch and branch.calendar else None,
        )
        self.fields[f"{name}_when"] = forms.ChoiceField(
            label=_("When"),
            choices=[("closed", _("outside these hours")), ("open", _("within these hours"))],
            required=False,
            initial="open" if branch and branch.when_open else "closed",
        )
        self.fields[f"{name}_kind"] = forms.ChoiceField(
            label=_("Customers"),
            choices=[("", _("all")), *kind_choices()],
            required=False,
            initial=branch.kinds[0] if branch and branch.kinds else "",
        )
        self.fields[f"{name}_language"] = forms.ChoiceField(
            label=_("Language"),
            choices=[("", _("any")), *Language.choices],
            required=False,
            initial=branch.languages[0] if branch and branch.languages else "",
        )
        self.fields[f"{name}_message"] = forms.ModelChoiceField(
            label=_("With the message"),
            queryset=spoken_messages(),
            required=False,
            empty_label=_("None"),
            initial=branch.message if branch and branch.message else None,
        )

    def key_lines(self) -> list[dict[str, Any]]:
        """The twelve keys with their controls."""
        names = ("target", "language", "priority", "reason")
        return [
            {
                "key": key,
                "is_used": key in self.node.keys,
                "asks": asks,
                **{n: self[f"key_{place}_{n}"] for n in names},
            }
            for place, (key, asks) in enumerate(zip(KEYS, self._asks, strict=True))
        ]

    def branch_lines(self) -> list[dict[str, Any]]:
        """The conditions with their controls; those in use first."""
        names = ("target", "calendar", "when", "kind", "language", "message")
        return [
            {"is_used": place < len(self.node.branches), **{n: self[f"branch_{place}_{n}"] for n in names}}
            for place in range(BRANCHES)
        ]

    def clean(self) -> dict[str, Any]:
        """Have the words spoken, if there are any."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number, asks in enumerate(self._asks):
            asks.check(cleaned, f"key_{number}_target")
        words = cleaned.get("words")
        if words and not self.errors:
            try:
                self.sound = speak(words, cleaned.get("words_language") or Language.RUSSIAN)
            except SpeechError as error:
                self.add_error("words", speech_problem(error))
            except SoundProblemError as error:
                self.add_error("words", sound_problem(error.code))
        return cleaned

    def edited(self, actor: User) -> tuple[Body, str]:
        """The tree with what was entered, and the question to show next (a new one, if one was asked for)."""
        body, made = self.body, ""

        def place(target: str) -> str:
            nonlocal body, made
            if target != NEW:
                return target
            made = body.next_id()
            body = body.with_node(made, Node(gettext("Question %(number)s") % {"number": made}))
            return NODE + made

        cleaned = self.cleaned_data
        keys = {key: choice for number, key in enumerate(KEYS) if (choice := self._key(number, place)) is not None}
        branches = tuple(found for number in range(BRANCHES) if (found := self._branch(number, place)) is not None)
        node = Node(
            name=cleaned["name"],
            prompt=self._prompt(actor),
            keys=keys,
            branches=branches,
            timeout_s=cleaned["timeout_s"],
            most_tries=cleaned["most_tries"],
            wrong_key_prompt=_pk(cleaned["wrong_key_prompt"]),
            no_key_prompt=_pk(cleaned["no_key_prompt"]),
            otherwise=place(cleaned["otherwise"]) or "hang_up",
        )
        return body.with_node(self.node_id, node), made or self.node_id

    def _key(self, number: int, place: Any) -> Key | None:
        target, language, priority, reason = (
            self.cleaned_data[f"key_{number}_{name}"] for name in ("target", "language", "priority", "reason")
        )
        asks = self._asks[number].asked(self.cleaned_data)
        return Key(place(target), language, reason, priority or 0, asks) if target else None

    def _branch(self, number: int, place: Any) -> Branch | None:
        target, calendar, when, kind, language, message = (
            self.cleaned_data[f"branch_{number}_{name}"]
            for name in ("target", "calendar", "when", "kind", "language", "message")
        )
        if not target:
            return None
        kinds, languages = (kind,) if kind else (), (language,) if language else ()
        return Branch(place(target), _pk(calendar), when == "open", kinds, languages, _pk(message))

    def _prompt(self, actor: User) -> int:
        if self.sound is None:
            return _pk(self.cleaned_data["prompt"])
        greeting = Greeting(
            title=self.cleaned_data["name"],
            text=self.cleaned_data["words"],
            language=self.cleaned_data["words_language"] or Language.RUSSIAN,
            kind=GreetingKind.PROMPT,
            source=GreetingSource.SYNTHESIZED,
        )
        return int(do_save_greeting(actor, greeting, self.sound).pk)


def draft_of(menu: Menu) -> Body:
    """The draft; one that cannot be read (written by another version of Allo) is begun anew."""
    try:
        return body_of(menu.draft)
    except msgspec.ValidationError:
        return new_body(menu.name)


def _pk(row: Any) -> int:
    return int(row.pk) if row is not None else 0
