"""What is said with values in it (`say:position:3`), as a list of sounds that exist beforehand. Pure.

Decides the grammar: which words a value needs in each language, and their order. Russian numerals agree with what they
count: «осталась двадцать одна секунда», «от двух до пяти минут», «не больше двадцати одной минуты». The words
themselves are spoken at set-up (`prompts`). A value that cannot be said raises LookupError: nothing is said then.

    position N · wait LOW-HIGH (minutes) · seconds N · code ABC · number +7911 · callback +7911
"""

from __future__ import annotations

from collections.abc import Callable

LARGEST = 99
LONG_WAIT_MIN = 90


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_EN_ONES = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_EN_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
_RU_ONES = _listed(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_RU_TENS = _listed("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
_RU_OF_ONES = _listed(
    "ноля одной двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати "
    "четырнадцати пятнадцати шестнадцати семнадцати восемнадцати девятнадцати"
)
_RU_OF_TENS = _listed("двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста")
_RU_LETTERS = _listed("а бэ цэ дэ е эф гэ аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет")


def _numbers(prefix: str, ones: tuple[str, ...], tens: tuple[str, ...]) -> dict[str, str]:
    named = {f"{prefix}{value}": word for value, word in enumerate(ones)}
    return named | {f"{prefix}{20 + 10 * place}": word for place, word in enumerate(tens)}


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS: dict[str, dict[str, str]] = {
    "en": {
        **_numbers("n-", _EN_ONES, _EN_TENS),
        **{f"letter-{letter}": f"{letter.upper()}." for letter in _LETTERS},
        "plus": "plus",
        "position-next": "You are next in line.",
        "position": "Your place in the line is number",
        "position-far": "More than ninety-nine callers are waiting before you.",
        "wait-at-most": "The expected wait is at most",
        "wait-from": "The expected wait is from",
        "wait-about": "The expected wait is about",
        "wait-long": "The expected wait is more than an hour and a half.",
        "to": "to",
        "minute": "minute.",
        "minutes": "minutes.",
        "second-left": "second left.",
        "seconds-left": "seconds left.",
        "code": "Your code is",
        "once-more": "Once more:",
        "callback": "We will call you back at",
        "callback-keys": "If this is right, press one. For another number, press two. To keep waiting, press star.",
    },
    "ru": {
        **_numbers("n-", _RU_ONES, _RU_TENS),
        **_numbers("of-", _RU_OF_ONES, _RU_OF_TENS),
        "f-1": "одна",
        "f-2": "две",
        **{f"letter-{letter}": word for letter, word in zip(_LETTERS, _RU_LETTERS, strict=True)},
        "plus": "плюс",
        "position-next": "Вы следующий в очереди.",
        "position": "Ваше место в очереди: номер",
        "position-far": "Перед вами больше девяноста девяти звонков.",
        "wait-from": "Ожидание займёт от",
        "wait-about": "Ожидание займёт около",
        "wait-at-most-of": "Ожидание займёт не больше",
        "wait-long": "Ожидание займёт больше полутора часов.",
        "to": "до",
        "of-minute": "минуты.",
        "of-minutes": "минут.",
        "left-one": "Осталась",
        "left": "Осталось",
        "second": "секунда.",
        "of-second": "секунды.",
        "of-seconds": "секунд.",
        "code": "Ваш код:",
        "once-more": "Повторяю:",
        "callback": "Мы перезвоним вам по номеру",
        "callback-keys": "Если номер верный, нажмите один. Чтобы ввести другой номер, нажмите два. "
        "Чтобы ждать дальше, нажмите звёздочку.",
    },
}
"""Every word and phrase by its name; `say-<name>` is its sound."""


def words(what: str, value: str, language: str) -> list[str]:
    """The names of what to say, in order. Raises LookupError, ValueError."""
    spoken = _SAYING[what](value, language)
    known = WORDS[language]
    missing = [name for name in spoken if name not in known]
    if missing:
        raise LookupError(f"{what} cannot be said in {language}")
    return spoken


def _position(value: str, _language: str) -> list[str]:
    place = int(value)
    if place < 1:
        raise ValueError(value)
    if place == 1:
        return ["position-next"]
    return ["position", *_number(place, "n-")] if place <= LARGEST else ["position-far"]


def _wait(value: str, language: str) -> list[str]:
    low, high = (int(part) for part in value.split("-"))
    if low >= LONG_WAIT_MIN:
        return ["wait-long"]
    is_russian = language == "ru"
    prefix = "of-" if is_russian else "n-"
    unit = ("of-minute" if _is_one(high) else "of-minutes") if is_russian else "minute" if high == 1 else "minutes"
    if low <= 0:
        return ["wait-at-most-of" if is_russian else "wait-at-most", *_number(high, prefix), unit]
    if low == high:
        return ["wait-about", *_number(high, prefix), unit]
    return ["wait-from", *_number(low, prefix), "to", *_number(high, prefix), unit]


def _seconds(value: str, language: str) -> list[str]:
    left = int(value)
    if language != "ru":
        return [*_number(left, "n-"), "second-left" if left == 1 else "seconds-left"]
    counted = _number(left, "n-")
    if counted[-1] in ("n-1", "n-2"):
        counted[-1] = counted[-1].replace("n-", "f-")
    if _is_one(left):
        return ["left-one", *counted, "second"]
    is_few = 2 <= left % 10 <= 4 and not 12 <= left % 100 <= 14
    return ["left", *counted, "of-second" if is_few else "of-seconds"]


def _signs(value: str, _language: str) -> list[str]:
    names = {"+": "plus"} | {digit: f"n-{digit}" for digit in "0123456789"}
    names |= {letter: f"letter-{letter}" for letter in _LETTERS}
    return [names[sign] for sign in value.lower()]


def _code(value: str, language: str) -> list[str]:
    signs = _signs(value, language)
    return ["code", *signs, "once-more", *signs]


def _callback(value: str, language: str) -> list[str]:
    return ["callback", *_signs(value, language), "callback-keys"]


def _number(value: int, prefix: str) -> list[str]:
    """A number from 0 to `LARGEST`."""
    if not 0 <= value <= LARGEST:
        raise ValueError(value)
    if value < 20 or value % 10 == 0:
        return [f"{prefix}{value}"]
    return [f"{prefix}{value // 10 * 10}", f"{prefix}{value % 10}"]


def _is_one(value: int) -> bool:
    """Whether Russian counts it in the singular: 1, 21, 31, but not 11."""
    return value % 10 == 1 and value % 100 != 11


_SAYING: dict[str, Callable[[str, str], list[str]]] = {
    "position": _position,
    "wait": _wait,
    "seconds": _seconds,
    "code": _code,
    "number": _signs,
    "callback": _callback,
}
