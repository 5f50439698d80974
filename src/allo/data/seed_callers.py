"""What the demo centre does with its callers at its second number: office hours, a small menu, voicemail outside them.

Without a speech program there is nothing to be heard, and none of it is made: the number then leads to a queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allo import installation
from allo.data.actions.caller_ways import do_save_calendar, do_save_queue_rule, do_save_voicemail_box
from allo.data.actions.menu import do_create_menu, do_publish_menu
from allo.data.menu_body import ROOT, Body, Branch, Key, Node
from allo.data.models import Calendar, QueueAdmission, VoicemailBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from allo.data.models import Greeting, Queue

NEW_YEAR = "01-01"


@dataclass(frozen=True, slots=True)
class CallerWords:
    """Names and sentences in one language."""

    hours: str
    new_year: str
    menu: str
    question: tuple[str, str]
    box: str
    voicemail: tuple[str, str]


WORDS = {
    "en": CallerWords(
        hours="Office hours",
        new_year="New Year",
        menu="Reception",
        question=("Whom do you want to talk to", "For help press one. To buy something press two."),
        box="Out of hours",
        voicemail=(
            "Leave a message",
            "Our office is closed now. Leave your message after the tone, and we will call you back.",
        ),
    ),
    "ru": CallerWords(
        hours="Часы работы офиса",
        new_year="Новый год",
        menu="Приёмная",
        question=("С кем соединить", "Чтобы получить помощь, нажмите один. Чтобы купить, нажмите два."),
        box="Вне часов работы",
        voicemail=(
            "Оставьте сообщение",
            "Сейчас офис закрыт. Оставьте сообщение после сигнала, и мы вам перезвоним.",
        ),
    ),
}


def seed_callers(language: str, support: Queue, sales: Queue, say: Callable[[str, str], Greeting]) -> str:
    """Make hours, box and menu; returns the target for the number, "" when nothing could be spoken."""
    words = WORDS[language]
    question, closed = say(*words.question), say(*words.voicemail)
    if not question.has_sound or not closed.has_sound:
        return ""
    holiday = {"day": NEW_YEAR, "name": words.new_year, "intervals": []}
    calendar = do_save_calendar(None, Calendar(name=words.hours, zone=installation.current().zone.key, days=[holiday]))
    box = do_save_voicemail_box(None, VoicemailBox(name=words.box, prompt=closed, queue=sales))
    voicemail = f"voicemail:{box.pk}"
    do_save_queue_rule(None, QueueAdmission(queue=sales, calendar=calendar, closed_target=voicemail))
    node = Node(
        name=words.question[0],
        prompt=question.pk,
        keys={"1": Key(f"queue:{support.pk}"), "2": Key(f"queue:{sales.pk}")},
        branches=(Branch(voicemail, calendar.pk, when_open=False),),
        otherwise=f"queue:{support.pk}",
    )
    menu = do_create_menu(None, words.menu, Body({ROOT: node}))
    do_publish_menu(None, menu)
    return f"menu:{menu.pk}"
