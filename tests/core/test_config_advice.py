"""What is allowed and yet hardly meant is said, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allo.core.callers_way import KeyChoice, Menu, Target, TargetKind, Voicemail
from allo.core.config_advice import advice_of
from allo.core.model import Agent, Block, CallbackRules, Config, Dialling, Membership, NumberRoute, Queue
from allo.core.problem import Problem
from allo.core.skill import Requirement


def config(
    queue_asks: tuple[Requirement, ...] = (),
    number_asks: tuple[Requirement, ...] = (),
    key_asks: tuple[Requirement, ...] = (),
    **skills: dict[str, int],
) -> Config:
    return Config(
        queues={"sales": Queue("sales", "Sales", requirements=queue_asks)},
        agents={
            name: Agent(name, name, "device", (Membership("sales"),), skills=skill) for name, skill in skills.items()
        },
        numbers={"100": NumberRoute("100", "sales", requirements=number_asks)},
        menus={
            "which": Menu("which", "ask", {"1": KeyChoice(Target(TargetKind.QUEUE, "sales"), requirements=key_asks)})
        },
    )


GERMAN, GOOD_GERMAN = Requirement("german"), Requirement("german", 7)
FOR_A_WHILE = Requirement("german", 7, 30.0)


@pytest.mark.parametrize(
    "sound",
    [
        config(ann={}),
        config((GERMAN,), ann={}, bob={"german": 1}),
        config((FOR_A_WHILE,), ann={"german": 7}),
        config((), (GOOD_GERMAN,), ann={"german": 9}),
        config((), (), (GOOD_GERMAN,), ann={"german": 9}),
    ],
)
def test_nothing_is_said_where_somebody_can_take_the_call_at_once(sound: Config) -> None:
    assert advice_of(sound) == []


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        (config(), "nobody answers the calls of queue sales"),
        (
            config((GOOD_GERMAN,), ann={"german": 6}),
            "nobody in queue sales can do what it asks for: callers wait in vain",
        ),
        (
            config((FOR_A_WHILE,), ann={"german": 6}),
            "nobody in queue sales can do what it asks for: every caller waits 30 s at least",
        ),
        (
            config((), (GERMAN,), ann={}),
            "nobody in queue sales can do what number 100 asks for: callers wait in vain",
        ),
        (
            config((), (FOR_A_WHILE,), ann={}),
            "nobody in queue sales can do what number 100 asks for: they wait 30 s at least",
        ),
        (
            config((), (), (GERMAN,), ann={}),
            "nobody in queue sales can do what key 1 of menu which asks for: callers wait in vain",
        ),
        (
            config((), (), (FOR_A_WHILE,), ann={}),
            "nobody in queue sales can do what key 1 of menu which asks for: they wait 30 s at least",
        ),
        (
            # each has one of the two skills: together they do not help one caller
            config((GERMAN,), (Requirement("law"),), ann={"german": 9}, bob={"law": 9}),
            "nobody in queue sales can do what number 100 asks for: callers wait in vain",
        ),
        (
            config((Requirement("law", 1, 60.0), FOR_A_WHILE), ann={"law": 1}, bob={}),
            "nobody in queue sales can do what it asks for: every caller waits 30 s at least",
        ),
    ],
)
def test_what_callers_wait_for_in_vain_is_said(odd: Config, sentence: str) -> None:
    assert advice_of(odd) == [sentence]
    assert odd.problems() == []


def test_a_problem_keeps_what_it_was_made_of() -> None:
    inner = Problem("the time zone %(zone)s is unknown", zone="Mars")
    outer = Problem("queue %(queue)s: %(problem)s", queue="7", problem=inner)
    assert outer == "queue 7: the time zone Mars is unknown"
    assert outer.template == "queue %(queue)s: %(problem)s"
    assert outer.words["problem"] is inner


@pytest.mark.parametrize(
    ("country", "allowed", "blocked", "is_said"),
    [
        ("", ("+7*",), (), True),
        ("", (), ("+7900*",), True),
        ("", ("112", "8495*"), ("100",), False),
        ("RU", ("+7*",), ("+7900*",), False),
    ],
)
def test_numbers_with_a_country_need_a_home(
    country: str, allowed: tuple[str, ...], blocked: tuple[str, ...], is_said: bool
) -> None:
    blocks = {pattern: Block(pattern, "why") for pattern in blocked}
    said = advice_of(Config(country=country, dialling=Dialling(allowed), blocks=blocks))
    assert ["no home country" in str(one) for one in said] == [True] * is_said


def test_call_backs_need_numbers_that_may_be_dialled() -> None:
    base = config(ann={})
    sales = replace(base.queues["sales"], callback=CallbackRules())
    hopeless = replace(base, queues={"sales": sales}, voicemails={"box": Voicemail("box", "speak", "sales")})
    assert advice_of(hopeless) == [
        "nobody can be called back from queue sales: no outside number may be dialled",
        "messages in voicemail box become no call-backs: no outside number may be dialled",
    ]
    assert advice_of(replace(hopeless, dialling=Dialling(("8*",)))) == []
