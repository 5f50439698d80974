"""A configuration in which callers would get lost is told apart from a sound one, and can be tried out."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind, Voicemail, WayOut
from allo.core.dry_run import SILENCE, Step, StepKind, dry_run
from allo.core.hours import Hours, Interval
from allo.core.model import Block, CallbackRules, Config, FloodRule, NumberRoute, Queue
from allo.core.skill import Requirement

SALES = Target(TargetKind.QUEUE, "sales")
END = Target(TargetKind.HANG_UP)
DAY = Hours(weekly=((Interval(9 * 60, 18 * 60),),) * 7)
NOON, NIGHT = 12 * 3600.0, 3600.0


def to_menu(id_: str) -> Target:
    return Target(TargetKind.MENU, id_)


def menu(id_: str, otherwise: Target = END, **choices: Target) -> Menu:
    return Menu(id_, f"ask-{id_}", {key[1:]: KeyChoice(to) for key, to in choices.items()}, otherwise=otherwise)


def sending(menu: Menu, *branches: Branch) -> Menu:
    return replace(menu, branches=branches)


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
            with_menus(
                sending(menu("a", k1=SALES), Branch(to_menu("b"), languages=("ru",))),
                sending(menu("b", k1=SALES), Branch(SALES, kinds=("vip",)), Branch(to_menu("a"))),
            ),
            "who presses nothing goes round for ever: menus a, b",
        ),
        (
            with_menus(
                sending(menu("a", k1=SALES), Branch(to_menu("b"), hours=DAY)),
                sending(menu("b", to_menu("a"), k1=SALES), Branch(SALES, hours=DAY, when_open=True)),
            ),
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


def test_ways_unasked_that_nobody_can_go_round() -> None:
    """By day one way, at night the other; or only for customers who cannot be both."""
    by_hours = with_menus(
        sending(menu("a", k1=SALES), Branch(to_menu("b"), hours=DAY)),
        sending(menu("b", to_menu("more"), k1=SALES), Branch(to_menu("a"), hours=DAY, when_open=True)),
    )
    by_kind = with_menus(
        sending(menu("a", k1=SALES), Branch(SALES, kinds=("vip",)), Branch(to_menu("b"))),
        sending(menu("b", k1=SALES), Branch(to_menu("a"), kinds=("vip",))),
    )
    assert by_hours.problems() == by_kind.problems() == []


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


def test_a_dry_run_is_made_by_a_caller_like_most() -> None:
    """Who shows a number; one who is slowed down comes on after the pause."""
    sales = Queue("sales", "Sales", when_anonymous=WayOut(END, "show-it"))
    config = replace(
        SOUND,
        queues={"sales": sales},
        numbers={"100": NumberRoute("100", "sales", "rec", when_anonymous=WayOut(END, "show-it"))},
        blocks={"*": Block("*", "robots")},
        flood=FloodRule(slow_beyond=0),
    )
    assert told(dry_run(config, "100", [], NOON)) == "hears system:please_wait, hears rec, waits sales"


MENU_IDS = ("a", "b", "c")
TARGETS = st.sampled_from([SALES, Target(TargetKind.HANG_UP), *map(to_menu, MENU_IDS)])
BRANCHES = st.builds(
    Branch,
    TARGETS,
    st.sampled_from((None, DAY)),
    st.booleans(),
    st.sampled_from(((), ("vip",))),
    st.sampled_from(((), ("ru",))),
)
MENUS = st.tuples(
    *(
        st.builds(
            lambda id_, otherwise, choices, branches: sending(menu(id_, otherwise, **choices), *branches),
            st.just(id_),
            TARGETS,
            st.dictionaries(st.sampled_from(("k1", "k2")), TARGETS, max_size=2),
            st.lists(BRANCHES, max_size=2),
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


@given(
    menus=MENUS,
    kind=st.sampled_from(("", "vip")),
    language=st.sampled_from(("en", "ru")),
    at=st.sampled_from((NOON, NIGHT)),
)
def test_in_sound_menus_silence_comes_to_an_end(menus: tuple[Menu, ...], kind: str, language: str, at: float) -> None:
    """Short of the engine's own limit; and in menus that are said to go round, somebody does."""
    config = replace(with_menus(*menus), numbers={"100": NumberRoute("100", target=to_menu("a"))})
    if not config.problems():
        steps = dry_run(config, "100", [SILENCE] * 12, at, customer_kind=kind, language=language)
        assert steps[-1].kind in (StepKind.WAITS, StepKind.ENDS)
        assert sum(step.kind is StepKind.MENU for step in steps) <= len(MENU_IDS) + 2


@given(menus=MENUS)
def test_where_silence_is_said_to_go_round_somebody_does(menus: tuple[Menu, ...]) -> None:
    config = replace(with_menus(*menus), queues={"sales": Queue("sales", "Sales")})
    rounds = [problem for problem in config.problems() if "goes round" in problem]
    if rounds:
        most = 0
        for start, kind, language, at in product(MENU_IDS, ("", "vip"), ("en", "ru"), (NOON, NIGHT)):
            ways = replace(config, numbers={"100": NumberRoute("100", target=to_menu(start))})
            steps = dry_run(ways, "100", [SILENCE] * 200, at, customer_kind=kind, language=language)
            most = max(most, sum(step.kind is StepKind.MENU for step in steps))
        assert most > len(config.menus)
