"""What is said with values in it, in both languages, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.core.promises import code_of
from allo.speech.saying import WORDS, words


def said(what: str, value: str, language: str) -> str:
    """As a person hears it."""
    return " ".join(WORDS[language][word] for word in words(what, value, language))


@pytest.mark.parametrize(
    ("what", "value", "english", "russian"),
    [
        ("position", "1", "You are next in line.", "Вы следующий в очереди."),
        ("position", "42", "Your place in the line is number forty two", "Ваше место в очереди: номер сорок два"),
        (
            "position",
            "100",
            "More than ninety-nine callers are waiting before you.",
            "Перед вами больше девяноста девяти звонков.",
        ),
        (
            "wait",
            "0-1",
            "The expected wait is at most one minute.",
            "Ожидание займёт не больше одной минуты.",
        ),
        ("wait", "2-4", "The expected wait is from two to four minutes.", "Ожидание займёт от двух до четырёх минут."),
        (
            "wait",
            "11-21",
            "The expected wait is from eleven to twenty one minutes.",
            "Ожидание займёт от одиннадцати до двадцати одной минуты.",
        ),
        ("wait", "5-5", "The expected wait is about five minutes.", "Ожидание займёт около пяти минут."),
        (
            "wait",
            "95-130",
            "The expected wait is more than an hour and a half.",
            "Ожидание займёт больше полутора часов.",
        ),
        ("seconds", "1", "one second left.", "Осталась одна секунда."),
        ("seconds", "5", "five seconds left.", "Осталось пять секунд."),
        ("seconds", "11", "eleven seconds left.", "Осталось одиннадцать секунд."),
        ("seconds", "21", "twenty one seconds left.", "Осталась двадцать одна секунда."),
        ("seconds", "32", "thirty two seconds left.", "Осталось тридцать две секунды."),
        ("number", "+70", "plus seven zero", "плюс семь ноль"),
        ("code", "A2", "Your code is A. two Once more: A. two", "Ваш код: а два Повторяю: а два"),
    ],
)
def test_sentences(what: str, value: str, english: str, russian: str) -> None:
    assert said(what, value, "en") == english
    assert said(what, value, "ru") == russian


def test_a_call_back_is_agreed_on_by_keys() -> None:
    assert words("callback", "+7911", "ru") == ["callback", "plus", "n-7", "n-9", "n-1", "n-1", "callback-keys"]


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["en", "ru"]))
def test_every_small_number_can_be_said(low: int, more: int, language: str) -> None:
    high = max(1, min(99, low + more))
    assert words("wait", f"{low}-{high}", language)
    assert words("seconds", str(low), language)
    assert words("position", str(high), language)


@given(st.integers(0, 9999), st.sampled_from(["en", "ru"]))
def test_every_code_can_be_said(serial: int, language: str) -> None:
    assert len(words("code", code_of("secret", "2026-11-25", serial), language)) == 18


@pytest.mark.parametrize(
    ("what", "value"),
    [("wait", "20-130"), ("wait", "many"), ("seconds", "100"), ("position", "0"), ("number", "7x!"), ("weather", "1")],
)
def test_what_cannot_be_said_is_not(what: str, value: str) -> None:
    for language in ("en", "ru"):
        with pytest.raises((LookupError, ValueError)):
            words(what, value, language)
