"""Which queue a dialled number leads to, and which outside numbers a pattern allows or blocks."""

from __future__ import annotations

import pytest

from allo.core.model import Block, Config, Dialling, NumberRoute

PATTERNS = ("100", "1XX", "+7495*", "+7495123XXXX", "*")
CONFIG = Config(numbers={pattern: NumberRoute(pattern, queue_id="q") for pattern in PATTERNS})


@pytest.mark.parametrize(
    ("dialled", "pattern"),
    [
        ("100", "100"),
        ("101", "1XX"),
        ("+74950000000", "+7495*"),
        ("+74951234567", "+7495123XXXX"),
        ("+7495", "+7495*"),
        ("55", "*"),
        ("1X1", None),
        ("+49", None),
        ("*", "*"),
    ],
)
def test_the_pattern_that_fixes_most_digits_wins(dialled: str, pattern: str | None) -> None:
    route = CONFIG.route_of(dialled)
    assert (route and route.number) == pattern


def test_without_patterns_only_the_very_number_leads_anywhere() -> None:
    config = Config(numbers={"100": NumberRoute("100", queue_id="q")})
    assert config.route_of("1000") is None
    assert config.route_of("10") is None
    assert config.route_of("") is None


@pytest.mark.parametrize(
    ("pattern", "number", "fits"),
    [
        ("+7*", "+79001234567", True),
        ("+7*", "89001234567", False),
        ("+7*", "79001234567", False),
        ("+7*", "810442079460000", False),
        ("+7*", "+442079460000", False),
        ("+7*", "112", False),
        ("112", "112", True),
        ("112", "1120", False),
        ("1XX", "112", True),
        ("+7800XXXXXXX", "+78001234567", True),
        ("+7800XXXXXXX", "+780012345678", False),
    ],
)
def test_outside_numbers_are_compared_in_their_one_spelling(pattern: str, number: str, fits: bool) -> None:
    config = Config(dialling=Dialling((pattern,)), blocks={pattern: Block(pattern, "why")})
    assert config.may_dial(number) is fits
    assert (config.block_of(number, 0.0) is not None) is fits
