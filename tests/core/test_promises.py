"""Compensation codes: never the same twice, and not to be guessed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from allo.core.promises import code_of

SECRET = "of this installation"


def test_no_two_codes_are_the_same() -> None:
    codes = {
        code_of(SECRET, day, serial) for day in ("2026-02-28", "2026-03-01", "2026-03-02") for serial in range(3000)
    }
    assert len(codes) == 9000


@given(day=st.dates(date(2020, 1, 1), date(2150, 1, 1)), serial=st.integers(0, 2**24 - 1))
def test_a_code_is_easy_to_say_and_to_type(day: date, serial: int) -> None:
    code = code_of(SECRET, str(day), serial)
    assert len(code) == 8
    assert not set(code) - set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def test_the_code_depends_on_the_secret() -> None:
    ours = {code_of(SECRET, "2026-03-01", serial) for serial in range(2000)}
    theirs = {code_of("of another", "2026-03-01", serial) for serial in range(2000)}
    assert not ours & theirs


def test_one_code_tells_nothing_of_the_next() -> None:
    """Neighbours differ in all their signs as two random codes would: in 31 of 32."""
    codes = [code_of(SECRET, "2026-03-01", serial) for serial in range(4000)]
    differing = [one != other for a, b in pairwise(codes) for one, other in zip(a, b, strict=True)]
    assert abs(sum(differing) / len(differing) - 31 / 32) < 0.005
