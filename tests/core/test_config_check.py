"""A configuration in which callers would get lost is told apart from a sound one, and can be tried out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.core.callers_way import KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.dry_run import SILENCE, Step, StepKind, dry_run
from allo.core.hours import Hours, Interval
from allo.core.model import CallbackRules, Config, NumberRoute, Queue
from allo.core.skill import Requirement

SALES = Target(TargetKind.QUEUE, "sales")
END = Target(TargetKind.HANG_UP)
DAY = Hours(weekly=((Interval(9 * 60, 18 * 60),),) * 7)
NOON, NIGHT = 12 * 3600.0, 3600.0


def to_menu(id_: str) -> Target:
    return Target(TargetKind.MENU, id_)


def menu(id_: str, otherwise: Target = END, **choices: Target) -> Menu:
    return Menu(id_, f"ask-{id_}", {key[1:]: KeyChoice(to) for key, to in choices.items()}, otherwise=otherwise)


SOUND = Config(
    queues={"sales": Queue("sales", "Sales", hours=DAY, greetings=("hello",))},
    numbers={"100": NumberRoute("100", target=to_menu("main"), opening_message="rec")},
    menus={"main": menu("main", k1=SALES, k2=to_menu("more")), "more": menu("more", k1=SALES, k9=to_menu("main"))},
)


def with_menus(*menus: Menu) -> Config:
    return replace(SOUND, menus={**SOUND.menus, **{one.id: one for one in menus}})


def test_a_sound_one() -> None:
    assert SOUND.problems() == []


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (with_menus(menu("dead")), "menu dead is a dead end: it has no keys"),
        (
            with_menus(menu("a", k1=to_menu("b")), menu("b", k1=to_menu("a"))),
            "menu a has no exit: its keys lead to menus only, round and round",
        ),
        (with_menus(menu("a", k1=to_menu("nowhere"))), "menu a, key 1, leads to menu nowhere, which does not exist"),
        (with_menus(menu("a", kx=SALES)), "menu a has the key x, which no telephone has"),
        (with_menus(replace(menu("a", k1=SALES), prompt="")), "menu a asks nothing: it has no prompt"),
        (
            with_menus(menu("a", to_menu("b"), k1=SALES), menu("b", to_menu("a"), k1=SALES)),
            "who presses nothing goes round for ever: menus a, b",
        ),
        (
            replace(SOUND, queues={"sales": Queue("sales", "", when_closed=WayOut(SALES))}),
            "queues send callers round (when_closed): sales",
        ),
        (
            replace(SOUND, queues={"sales": Queue("sales", "", hours=Hours("Mars"))}),
            "queue sales: the time zone Mars is unknown",
        ),
        (
            replace(SOUND, numbers={"1": NumberRoute("1", target=Target(TargetKind.VOICEMAIL, "box"))}),
            "number 1 leads to voicemail box, which does not exist",
        ),
        (
            replace(SOUND, voicemails={"box": Voicemail("box", "speak", "none")}),
            "voicemail box leads to queue none, which does not exist",
        ),
        (
            replace(SOUND, numbers={"1": NumberRoute("1", target=Target(TargetKind.NUMBER, "+7495"))}),
            "number 1 leads to the outside number +7495, which may not be dialled",
        ),
        (
            replace(SOUND, numbers={"1": NumberRoute("1", "sales", when_anonymous=WayOut(to_menu("none")))}),
            "number 1 (when_anonymous) leads to menu none, which does not exist",
        ),
        (
            replace(SOUND, queues={"sales": Queue("sales", "", callback=CallbackRules(hours=Hours("Mars")))}),
            "call-backs of queue sales: the time zone Mars is unknown",
        ),
        (
            replace(SOUND, queues={"sales": Queue("sales", "", when_full=WayOut(Target(TargetKind.MESSAGE)))}),
            "queue sales (when_full) leads to a message, but to none in particular",
        ),
    ],
)
def test_where_callers_would_get_lost(config: Config, problem: str) -> None:
    assert problem in config.problems()


def told(steps: list[Step]) -> str:
    return ", ".join(f"{step.kind.value} {step.name}" for step in steps)


def test_a_dry_run_tells_what_a_caller_would_hear() -> None:
    assert told(dry_run(SOUND, "100", ["2", "1"], NOON)) == (
        "hears rec, menu main, hears ask-main, key 2, menu more, hears ask-more, key 1, hears hello, waits sales"
    )
    assert told(dry_run(SOUND, "100", ["1"], NIGHT)) == (
        "hears rec, menu main, hears ask-main, key 1, sent_on closed, hears system:closed, ends closed"
    )
    assert told(dry_run(SOUND, "100", ["7", SILENCE], NOON)) == (
        "hears rec, menu main, hears ask-main, key 7, hears system:wrong_key, hears ask-main, "
        "key , hears system:no_key, hears ask-main, asked main"
    )
    asking = KeyChoice(SALES, requirements=(Requirement("german", 5), Requirement("loans", relax_after_s=30)))
    needy = replace(SOUND, menus={**SOUND.menus, "more": replace(SOUND.menus["more"], choices={"1": asking})})
    told_last = told(dry_run(needy, "100", ["2", "1"], NOON)[-3:])
    assert told_last == "waits sales, needs german:5, needs loans:1:30"
    assert told(dry_run(SOUND, "999", [], NOON)) == "hears system:unknown_number, ends unknown_number"


MENU_IDS = ("a", "b", "c")
TARGETS = st.sampled_from([SALES, Target(TargetKind.HANG_UP), *map(to_menu, MENU_IDS)])
MENUS = st.tuples(
    *(
        st.builds(
            lambda id_, otherwise, choices: menu(id_, otherwise, **choices),
            st.just(id_),
            TARGETS,
            st.dictionaries(st.sampled_from(("k1", "k2")), TARGETS, max_size=2),
        )
        for id_ in MENU_IDS
    )
)


@given(menus=MENUS, keys=st.lists(st.sampled_from(("1", "2", "5", SILENCE)), max_size=120))
def test_nobody_is_lost_in_any_menus(menus: tuple[Menu, ...], keys: list[str]) -> None:
    """However bad the menus, the call ends, waits, or is asked for more keys."""
    config = replace(with_menus(*menus), numbers={"100": NumberRoute("100", target=to_menu("a"))})
    last = dry_run(config, "100", keys, NOON)[-1]
    assert last.kind in (StepKind.WAITS, StepKind.ENDS, StepKind.ASKED) or len(keys) > 60


@given(menus=MENUS)
def test_in_sound_menus_silence_comes_to_an_end(menus: tuple[Menu, ...]) -> None:
    config = replace(with_menus(*menus), numbers={"100": NumberRoute("100", target=to_menu("a"))})
    if not config.problems():
        assert dry_run(config, "100", [SILENCE] * 12, NOON)[-1].kind in (StepKind.WAITS, StepKind.ENDS)
