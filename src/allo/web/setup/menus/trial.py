"""A draft held against the whole set-up: what is wrong with it, and what a caller would hear."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo import installation
from allo.core.callers_way import Target, TargetKind
from allo.core.dry_run import SILENCE, Step, StepKind, dry_run
from allo.core.model import Config, NumberRoute
from allo.data.load_config import load_setup
from allo.data.load_config.hours import load_calendars
from allo.data.load_config.skills import known_skills
from allo.data.load_config.soundness import without_lost
from allo.data.menu_body import as_menus
from allo.data.models import Greeting, Language
from allo.speech.prompts import SENTENCES
from allo.web.reports.words import end_reason
from allo.web.setup.engine_words import place_name
from allo.web.setup.findings import in_words
from allo.web.setup.forms.sound import kind_choices
from allo.web.setup.menus.tree import asked_words

if TYPE_CHECKING:
    from allo.data.menu_body import Body
    from allo.data.models import Menu

NUMBER = "trial"
PAUSE = "-"
_ICONS = {
    StepKind.HEARS: "ear",
    StepKind.MENU: "list-tree",
    StepKind.KEY: "keyboard",
    StepKind.SENT_ON: "corner-down-right",
    StepKind.WAITS: "list-ordered",
    StepKind.NEEDS: "graduation-cap",
    StepKind.VOICEMAIL: "voicemail",
    StepKind.DIALS: "phone-outgoing",
    StepKind.ASKED: "circle-alert",
    StepKind.ENDS: "phone-off",
}


_PLACES = {
    StepKind.MENU: "menu",
    StepKind.ASKED: "menu",
    StepKind.WAITS: "queue",
    StepKind.VOICEMAIL: "voicemail",
}
_STEPS = {
    StepKind.MENU: _("Question: %(name)s"),
    StepKind.KEY: _("Presses %(name)s"),
    StepKind.WAITS: _("Waits in the queue “%(name)s”"),
    StepKind.NEEDS: _("Waits for somebody who has the skill: %(name)s"),
    StepKind.VOICEMAIL: _("May leave a message: %(name)s"),
    StepKind.DIALS: _("Is connected with %(name)s"),
    StepKind.ASKED: _("Is asked for a key: %(name)s"),
    StepKind.ENDS: _("The call ends. %(name)s"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words."""

    kind: str
    icon: str
    text: str


class TrialForm(forms.Form):
    """When who presses what."""

    keys = forms.RegexField(
        r"^[0-9*#\-\s]*$",
        label=_("Keys, one after the other"),
        max_length=40,
        required=False,
        help_text=_("Such as 1 2. A dash presses nothing."),
        error_messages={"invalid": _("Write keys only: digits, * and #; a dash for none.")},
    )
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    kind = forms.ChoiceField(label=_("Customer"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("no special kind")), *kind_choices()]  # type: ignore[attr-defined]
        here = installation.current()
        self.initial.setdefault("language", here.language)
        self.initial.setdefault("at", datetime.now(here.zone).replace(tzinfo=None, second=0, microsecond=0))


def problems_of(menu: Menu, body: Body) -> list[str]:
    """What the engine would find wrong if this tree were in force, in words."""
    before = load_setup(with_forecasts=False)
    remarks: list[str] = []
    config = without_lost(_with_tree(before.config, menu, body, before.prompts), remarks)
    found = dict.fromkeys([*remarks, *config.problems()])
    return list(dict.fromkeys(in_words(remark) for remark in found if remark not in before.remarks))


def walk(menu: Menu, body: Body, form: TrialForm) -> list[StepLine]:
    """What a caller hears who presses these keys at that time."""
    chosen = form.cleaned_data
    setup = load_setup(with_forecasts=False)
    config = without_lost(_with_tree(setup.config, menu, body, setup.prompts), [])
    language = chosen.get("language") or installation.current().language
    route = NumberRoute(NUMBER, language=language, target=Target(TargetKind.MENU, str(menu.pk)))
    config = replace(config, numbers={NUMBER: route})
    at = chosen["at"] or datetime.now(ZoneInfo(config.zone))
    keys = [SILENCE if key == PAUSE else key for key in re.sub(r"\s", "", chosen["keys"])]
    steps = dry_run(config, NUMBER, keys, at.timestamp(), customer_kind=chosen["kind"], language=language)
    return [StepLine(step.kind.value, _ICONS[step.kind], _words(step, language)) for step in steps]


def _with_tree(config: Config, menu: Menu, body: Body, prompts: Any) -> Config:
    own = str(menu.pk)
    others = {id_: one for id_, one in config.menus.items() if id_.partition(".")[0] != own}
    return replace(config, menus={**others, **as_menus(menu.pk, body, prompts, load_calendars([]), known_skills())})


def _words(step: Step, language: str) -> str:
    name = step.name
    if step.kind is StepKind.HEARS:
        return _heard(name, language)
    if step.kind is StepKind.SENT_ON:
        return end_reason(name)
    if step.kind is StepKind.KEY and not name:
        return gettext("Presses nothing")
    if step.kind is StepKind.ENDS:
        name = end_reason(name)
    elif step.kind is StepKind.NEEDS:
        skill, at_least, relax, *_rest = (*name.split(":"), "0")
        name = asked_words(skill, int(at_least), float(relax))
    elif step.kind in _PLACES:
        name = place_name(_PLACES[step.kind], name)
    return str(_STEPS[step.kind]) % {"name": name}


def _heard(prompt: str, language: str) -> str:
    if prompt.startswith("system:"):
        sentence = SENTENCES.get(language, {}).get(prompt.removeprefix("system:").replace("_", "-"), "")
        return gettext("“%(words)s”") % {"words": sentence} if sentence else gettext("The usual words")
    greeting = Greeting.objects.filter(pk=int(prompt)).first() if prompt.isdecimal() else None
    if greeting is None:
        return gettext("A message")
    return gettext("“%(words)s”") % {"words": greeting.text} if greeting.text else str(greeting)
