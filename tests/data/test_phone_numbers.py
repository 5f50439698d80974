"""One spelling for each outside number: what is one, what patterns of people mean, and how operators are given it."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allo.core.model import Config, Dialling
from allo.data.phone_numbers import DialledAs, as_dialled, normalise, normalise_pattern, public_number, typed_number

ABROAD = "+442079460000"
TYPED = st.one_of(
    st.text("0123456789", max_size=16),
    st.builds(
        lambda begin, rest: begin + rest,
        st.sampled_from(["8", "7", "810", "8107", "81044", "00", "+7", "+710", "+810", "8495", "1"]),
        st.text("0123456789", max_size=14),
    ),
)


@pytest.mark.parametrize("sent", ["+79001234567", "79001234567", "89001234567", "9001234567", "8 (900) 123-45-67"])
def test_a_number_at_home_has_one_spelling(sent: str) -> None:
    assert normalise(sent, "RU") == "+79001234567"


@pytest.mark.parametrize("sent", [ABROAD, "442079460000", "810442079460000", "8-10-44 20 7946 0000"])
def test_a_number_abroad_has_one_spelling(sent: str) -> None:
    assert normalise(sent, "RU") == ABROAD


@pytest.mark.parametrize(
    "sent",
    ["100", "112", "02", "1234567", "web-1a2b3c4d", "ann", "sip:79001234567@example.com", "*1234567", "0044207946"],
)
@pytest.mark.parametrize("home", ["RU", ""])
def test_what_is_no_outside_number_stays_as_it_is(sent: str, home: str) -> None:
    assert public_number(sent, home) == ""
    assert normalise(sent, home) == sent
    assert typed_number(sent, home) == sent


def test_without_a_home_country_only_what_begins_with_a_plus_is_known() -> None:
    assert normalise("89001234567", "") == "89001234567"
    assert normalise("79001234567", "") == "79001234567"
    assert normalise("+7 900 123-45-67", "") == "+79001234567"
    assert typed_number("79001234567", "") == "+79001234567", "who types cannot type a plus"
    assert typed_number("89001234567", "RU") == "+79001234567"


def test_another_country_reads_the_same_digits_in_its_own_way() -> None:
    assert normalise("020 7946 0000", "GB") == ABROAD
    assert normalise("415 555 1234", "US") == "+14155551234"
    assert normalise("06 1234 5678", "IT") == "+390612345678"


@pytest.mark.parametrize(
    ("home", "written", "meant"),
    [
        ("RU", "8495*", "+7495*"),
        ("RU", "7495*", "+7495*"),
        ("RU", "7*", "+7*"),
        ("RU", "+7*", "+7*"),
        ("RU", "81044*", "+44*"),
        ("RU", "8800XXXXXXX", "+7800XXXXXXX"),
        ("RU", "8XXXXXXXXXX", "+7XXXXXXXXXX"),
        ("RU", "89001234567", "+79001234567"),
        ("RU", "8*", "8*"),  # by which 810... is dialled too
        ("RU", "81*", "81*"),
        ("RU", "8X*", "8X*"),
        ("RU", "810*", "810*"),
        ("RU", "XXXXXXXXXXX", "XXXXXXXXXXX"),
        ("RU", "112", "112"),
        ("RU", "1XX", "1XX"),
        ("GB", "020*", "+4420*"),
        ("GB", "0*", "0*"),
        ("US", "1415*", "+1415*"),
        ("US", "01144*", "+44*"),
        ("IT", "06*", "06*"),
        ("", "8495*", "8495*"),
    ],
)
def test_patterns_as_people_write_them(home: str, written: str, meant: str) -> None:
    assert normalise_pattern(written, home) == meant
    assert normalise_pattern(meant, home) == meant


@pytest.mark.parametrize(
    ("home", "number", "digits", "national"),
    [
        ("RU", "+79001234567", "79001234567", "89001234567"),
        ("RU", "+77012345678", "77012345678", "87012345678"),
        ("RU", ABROAD, "442079460000", "810442079460000"),
        ("GB", ABROAD, "442079460000", "02079460000"),
        ("IT", "+390612345678", "390612345678", "0612345678"),
        ("AU", ABROAD, "442079460000", "0011442079460000"),
        ("BR", ABROAD, "442079460000", ABROAD),  # its prefix depends on whose line it is
        ("", "+79001234567", "79001234567", "+79001234567"),
        ("RU", "112", "112", "112"),
        ("RU", "+71024712345", "71024712345", ""),  # 8 10 247 12345 is an island
        ("RU", "+710442079460000", "710442079460000", ""),
        ("RU", "+7900123456789999", "7900123456789999", ""),
        ("RU", "+999", "999", ""),
    ],
)
def test_how_operators_are_given_a_number(home: str, number: str, digits: str, national: str) -> None:
    assert as_dialled(number, DialledAs.E164, home) == number
    assert as_dialled(number, DialledAs.DIGITS, home) == digits
    assert as_dialled(number, DialledAs.NATIONAL, home) == national


@given(TYPED, st.sampled_from(DialledAs))
@example("810442079460000", DialledAs.NATIONAL)
@example("+71024712345", DialledAs.NATIONAL)
def test_what_is_allowed_at_home_never_leads_abroad(typed: str, how: DialledAs) -> None:
    """Toll fraud: however a number is typed, and however the operator is given it."""
    config = Config(dialling=Dialling(tuple(normalise_pattern(one, "RU") for one in ("+7*", "8495*", "8812XXXXXXX"))))
    for number in (typed_number(typed, "RU"), normalise(typed, "RU")):
        if config.may_dial(number):
            dialled = as_dialled(number, how, "RU")
            assert not dialled.startswith(("810", "00"))
            begins = {DialledAs.E164: "+7", DialledAs.DIGITS: "7", DialledAs.NATIONAL: "8" if dialled else ""}
            assert dialled.startswith(begins[how])
            assert how is not DialledAs.NATIONAL or not dialled or normalise(dialled, "RU") == number


@given(TYPED, st.sampled_from(["RU", "US", "GB", "IT", "KZ", ""]))
def test_normalising_again_changes_nothing(typed: str, home: str) -> None:
    once = normalise(typed, home)
    assert normalise(once, home) == once
    found = public_number(typed, home)
    assert not found or phonenumbers.is_possible_number(phonenumbers.parse(found))
