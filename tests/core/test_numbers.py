"""Which queue a dialled number leads to."""

from __future__ import annotations

import pytest

from allo.core.model import Config, NumberRoute

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
