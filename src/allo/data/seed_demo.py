"""The demo centre that a fresh installation starts with: two queues, three logins, two numbers.

Names are in the installation's language. Nothing happens when anybody has set up anything already.
Demo passwords are printed on the sign-in page while pages are served to this machine only; as soon
as others can reach them, they must be changed at the first sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from allo import installation
from allo.data.actions.greeting import do_save_greeting
from allo.data.actions.queue import do_save_queue
from allo.data.actions.setting import do_save_customer_kind, do_save_hold_reason, do_save_number
from allo.data.actions.skill import Asked, do_save_skill, do_set_skills
from allo.data.actions.team import do_save_team
from allo.data.models import (
    BreakReason,
    BreakReasonKind,
    CustomerKind,
    Disposition,
    Greeting,
    GreetingKind,
    GreetingSource,
    HoldReason,
    Language,
    Number,
    Queue,
    Role,
    Skill,
    SkillKind,
    Team,
    User,
)
from allo.data.seed_callers import seed_callers
from allo.data.sounds import SoundProblemError
from allo.data.speaking import speak
from allo.speech.synthesizer import SpeechError

if TYPE_CHECKING:
    from allo.data.sounds import Sound

DEMO_NUMBER = "100"
SECOND_NUMBER = "101"
WELL = 7
RELAX_AFTER_S = 60


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One way into the demo centre."""

    username: str
    password: str
    role: Role
    names: dict[str, str]


DEMO_LOGINS = (
    DemoLogin("agent", "agent-demo-1", Role.AGENT, {"en": "Alice Brown", "ru": "Алиса Белова"}),
    DemoLogin("leader", "leader-demo-1", Role.TEAM_LEADER, {"en": "Leo Walker", "ru": "Лев Ходаков"}),
    DemoLogin("admin", "admin-demo-1", Role.ADMINISTRATOR, {"en": "Ann Adams", "ru": "Анна Адамова"}),
)


@dataclass(frozen=True, slots=True)
class Words:
    """Names in the demo centre in one language; flags are is_success and is_paid."""

    queues: tuple[str, ...]
    dispositions: tuple[tuple[str, bool], ...]
    breaks: tuple[tuple[str, bool], ...]
    greetings: tuple[tuple[str, str], ...]
    opening: tuple[str, str]
    skills: tuple[tuple[str, SkillKind], ...]
    """The first one is what the second queue asks for."""
    holds: tuple[tuple[str, str, str], ...]
    """Name; title and text of what the caller is told."""
    cool_off: tuple[str, str]
    team: str
    vip: str


WORDS = {
    "en": Words(
        queues=("Support", "Sales"),
        dispositions=(
            ("Solved", True),
            ("Sale", True),
            ("Call back later", False),
            ("Passed on to a colleague", False),
            ("Not solved", False),
            ("Wrong number", False),
        ),
        breaks=(("Short break", True), ("Lunch", False), ("Training", True), ("Meeting", True)),
        greetings=(
            ("Welcome", "Good day! Thank you for calling. A colleague of mine will be with you in a moment."),
            ("We are here", "Hello! You have reached our service. Please stay on the line, we will answer shortly."),
            ("Glad you called", "Hello, we are glad you called. The next free specialist will take your call."),
        ),
        opening=("Calls are recorded", "To serve you better, this call may be recorded."),
        skills=(("Products", SkillKind.PRODUCT), ("English", SkillKind.LANGUAGE), ("Russian", SkillKind.LANGUAGE)),
        holds=(
            ("Looking it up", "Hold: looking it up", "I am looking this up for you. Please stay on the line."),
            ("Asking a colleague", "Hold: asking a colleague", "I am asking a colleague. One moment, please."),
        ),
        cool_off=("Cool-off", "We want to solve this well. Please give us a minute and a half."),
        team="First team",
        vip="VIP",
    ),
    "ru": Words(
        queues=("Поддержка", "Продажи"),
        dispositions=(
            ("Вопрос решён", True),
            ("Продажа", True),
            ("Перезвонить позже", False),
            ("Передано коллеге", False),
            ("Не решено", False),
            ("Ошиблись номером", False),
        ),
        breaks=(("Короткий перерыв", True), ("Обед", False), ("Обучение", True), ("Собрание", True)),
        greetings=(
            ("Добрый день", "Добрый день! Спасибо, что позвонили. Через минуту вам ответит мой коллега."),
            ("Мы на связи", "Здравствуйте! Оставайтесь, пожалуйста, на линии, мы скоро ответим."),
            ("Рады звонку", "Здравствуйте, мы рады вашему звонку. Вам ответит первый свободный специалист."),
        ),
        opening=("Разговор записывается", "Чтобы обслуживать вас лучше, мы можем записать этот разговор."),
        skills=(
            ("Продукты", SkillKind.PRODUCT),
            ("Русский язык", SkillKind.LANGUAGE),
            ("Английский язык", SkillKind.LANGUAGE),
        ),
        holds=(
            ("Смотрю в базе", "Удержание: смотрю в базе", "Я ищу для вас ответ. Оставайтесь, пожалуйста, на линии."),
            ("Уточняю у коллеги", "Удержание: спрашиваю коллегу", "Я уточняю у коллеги. Одну минуту, пожалуйста."),
        ),
        cool_off=("Пауза", "Мы хотим хорошо решить ваш вопрос. Дайте нам, пожалуйста, полторы минуты."),
        team="Первая группа",
        vip="VIP",
    ),
}


def seed_demo(language: str = "") -> list[str]:
    """Make the demo centre in an empty installation; return sentences about what could not be made."""
    if User.objects.exists() or Queue.objects.exists():
        return []
    language = language or installation.current().language
    words = WORDS[language]
    remarks: list[str] = []
    with transaction.atomic():
        people = _people(language)
        _lists(words)
        greetings = [_greeting(title, text, language, remarks) for title, text in words.greetings]
        opening = _greeting(*words.opening, language, remarks, GreetingKind.OPENING)
        cool_off = _greeting(*words.cool_off, language, remarks, GreetingKind.PROMPT)
        support, sales = [
            do_save_queue(
                None,
                Queue(name=name, cool_off_prompt=cool_off),
                greetings=greetings,
                members=dict.fromkeys((people[Role.AGENT],), 1)
                | dict.fromkeys((people[Role.TEAM_LEADER], people[Role.ADMINISTRATOR]), 2),
            )
            for name in words.queues
        ]
        do_save_number(None, Number(pattern=DEMO_NUMBER, queue=support, opening_message=opening, language=language))
        menu = seed_callers(
            language, support, sales, lambda title, text: _greeting(title, text, language, remarks, GreetingKind.PROMPT)
        )
        second = Number(pattern=SECOND_NUMBER, target=menu, queue=None if menu else sales, language=language)
        do_save_number(None, second)
        _skills(words, people, sales)
        _holds(words, language, remarks)
        do_save_customer_kind(None, CustomerKind(name=words.vip, priority=3))
        do_save_team(None, Team(name=words.team, leader=people[Role.TEAM_LEADER]), members=[people[Role.AGENT]])
    return list(dict.fromkeys(remarks))


def demo_logins() -> list[DemoLogin]:
    """Return the demo logins whose passwords nobody has changed yet."""
    unchanged = set(
        User.objects.active()
        .filter(username__in=[login.username for login in DEMO_LOGINS], must_change_password=True)
        .values_list("username", flat=True)
    )
    return [login for login in DEMO_LOGINS if login.username in unchanged]


def _people(language: str) -> dict[Role, User]:
    return {
        login.role: User.objects.create_user(
            login.username,
            login.password,
            display_name=login.names[language],
            role=login.role,
            language=Language(language),
            must_change_password=True,
        )
        for login in DEMO_LOGINS
    }


def _lists(words: Words) -> None:
    Disposition.objects.bulk_create(
        [
            Disposition(name=name, is_success=is_success, order=place)
            for place, (name, is_success) in enumerate(words.dispositions)
        ]
    )
    BreakReason.objects.bulk_create(
        [
            BreakReason(
                name=name,
                is_paid=is_paid,
                order=place,
                kind="" if place else BreakReasonKind.COMFORT,
                typical_min=15 if place else 5,
            )
            for place, (name, is_paid) in enumerate(words.breaks)
        ]
    )


def _skills(words: Words, people: dict[Role, User], sales: Queue) -> None:
    """Everybody has the skills, some better; the second queue asks for the first skill, for a minute."""
    skills = [do_save_skill(None, Skill(name=name, kind=kind)) for name, kind in words.skills]
    for place, person in enumerate(people.values()):
        do_set_skills(None, person, {skill: WELL + (place + nth) % 3 for nth, skill in enumerate(skills)})
    do_save_queue(None, sales, requirements=[Asked(skills[0], WELL, RELAX_AFTER_S)])


def _holds(words: Words, language: str, remarks: list[str]) -> None:
    for place, (name, title, text) in enumerate(words.holds):
        prompt = _greeting(title, text, language, remarks, GreetingKind.PROMPT)
        do_save_hold_reason(None, HoldReason(name=name, prompt=prompt, order=place))


def _greeting(
    title: str, text: str, language: str, remarks: list[str], kind: GreetingKind = GreetingKind.GREETING
) -> Greeting:
    greeting = Greeting(title=title, text=text, language=language, kind=kind, source=GreetingSource.SYNTHESIZED)
    return do_save_greeting(None, greeting, _spoken(text, language, remarks))


def _spoken(text: str, language: str, remarks: list[str]) -> Sound | None:
    try:
        return speak(text, language)
    except (SpeechError, SoundProblemError):
        remarks.append("The demo greetings have no sound: espeak-ng is not installed. Record them under Set up.")
        return None
