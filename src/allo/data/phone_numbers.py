"""One spelling for each outside number, E.164, whichever way it was sent, typed or written (ADR 0018). Pure.

Decides what is an outside number, what a pattern that people wrote means in that spelling, and how a number is given
to an operator. Does not know which country is home (``models.HomeCountry`` does): it is told, ISO 3166, "" for none.
Without one, numbers are taken as they are unless they begin with ``+``.

Invariants: what is no possible number stays as it is (internal and short numbers, names); a pattern that may mean two
countries is not read as one of them; what an operator is given in its own form means the very same number.
"""

from __future__ import annotations

import re
from enum import StrEnum

import phonenumbers

MOST_CHARACTERS = 32
_LEAST_DIGITS = 7
"""What is shorter is a number of the house, or a service's."""
_WRITTEN = re.compile(r"\+?[\d\s().\-\u2010-\u2015]+")
_NOBODY = {"", "anonymous", "unknown", "unavailable", "restricted", "private"}
_E164 = phonenumbers.PhoneNumberFormat.E164
_NATIONAL = phonenumbers.PhoneNumberFormat.NATIONAL


class DialledAs(StrEnum):
    """How an operator wants to be given a number."""

    E164 = "e164"
    DIGITS = "digits"
    """E.164 without its plus."""
    NATIONAL = "national"
    """As one dials at home: 8900..., and abroad with the prefix for that, 810..."""


def public_number(raw: str, home: str) -> str:
    """Return the number in E.164; "" when it is no possible outside number."""
    written = _visible(raw)
    digits = re.sub(r"[^\d+]", "", written)
    if not _WRITTEN.fullmatch(written) or len(digits.removeprefix("+")) < _LEAST_DIGITS:
        return ""
    if digits.startswith("+") or not home:
        return _possible(digits, None)
    is_meant_abroad = _prefix_abroad(home).match(digits) is not None
    if digits.startswith("00") and not is_meant_abroad:
        return ""  # the prefix of other countries: nobody means a number at home by it
    found = _possible(digits, home)
    if found or is_meant_abroad:
        return found
    abroad = _with_plus(digits)  # as operators send callers from other countries
    return abroad if abroad and phonenumbers.is_valid_number(phonenumbers.parse(abroad)) else ""


def normalise(raw: str, home: str) -> str:
    """Return E.164 where the number is an outside one, else what was sent, shortened; "" for hidden callers."""
    sent = _visible(raw).lower()
    return "" if sent in _NOBODY else public_number(sent, home) or sent[:MOST_CHARACTERS]


def typed_number(typed: str, home: str) -> str:
    """Return what a caller means who types digits: without a home country they begin with one, as a keypad has no +."""
    return public_number(typed, home) or ("" if home else _with_plus(typed)) or typed


def normalise_pattern(pattern: str, home: str) -> str:
    """Return the pattern in E.164 where it is one of outside numbers: 8495* at home in Russia is +7495*.

    What may mean both a number at home and one abroad (8*, by which 810... is dialled too) stays as it is, and so fits
    no outside number any more.
    """
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(home) if home else None
    if pattern.startswith("+") or metadata is None:
        return pattern
    if not pattern.endswith("*"):
        return _whole_pattern(pattern, home)
    fixed, code = pattern.removesuffix("*"), str(metadata.country_code)
    abroad = _prefix_abroad(home).match(fixed)
    if abroad:
        rest = fixed[abroad.end() :]
        return f"+{rest}*" if rest[:1].isdecimal() and not rest.startswith("0") else pattern
    if fixed.startswith(code):
        return f"+{pattern}"
    prefix = metadata.national_prefix or ""
    if not prefix or not fixed.startswith(prefix) or _can_begin(pattern, _first_digits(home)):
        return pattern
    rest = fixed.removeprefix(prefix)
    return f"+{code}{rest}*" if rest else pattern


def as_dialled(number: str, how: DialledAs, home: str) -> str:
    """Return a number as the operator wants it; "" when that form would mean another number."""
    if how is DialledAs.DIGITS:
        return number.removeprefix("+")
    if how is DialledAs.E164 or not home or not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    if parsed.country_code != phonenumbers.country_code_for_region(home):
        written = phonenumbers.format_out_of_country_calling_number(parsed, home)
    elif phonenumbers.is_valid_number(parsed):
        written = phonenumbers.format_number(parsed, _NATIONAL)
    else:
        prefix = phonenumbers.ndd_prefix_for_region(home, True) or ""
        written = prefix + phonenumbers.national_significant_number(parsed)
    dialled = re.sub(r"[^\d+]", "", written)
    # +7 10 247 12345 is no number, but 8 10 247 12345 is one on an island, and dear.
    return dialled if public_number(dialled, home) == number else ""


def _visible(raw: str) -> str:
    """Without control characters: nobody can write them, and PostgreSQL takes no NUL."""
    return re.sub(r"[\x00-\x1f\x7f]", "", raw).strip()


def _possible(digits: str, region: str | None) -> str:
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return ""
    is_possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(parsed, _E164) if is_possible else ""


def _with_plus(digits: str) -> str:
    found = _possible(f"+{digits}", None)
    return found if found == f"+{digits}" else ""


def _whole_pattern(pattern: str, home: str) -> str:
    """A pattern of so many digits is what the numbers are that it stands for; its X must outlive the change."""
    one = pattern.replace("X", "0")
    found = public_number(one, home)
    same = next((length for length in range(len(one), 0, -1) if found.endswith(one[-length:])), 0)
    return found[: len(found) - same] + pattern[-same:] if found and "X" not in pattern[:-same] else pattern


def _prefix_abroad(home: str) -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(home)
    return re.compile((metadata and metadata.international_prefix) or "(?!)")


def _first_digits(home: str) -> str:
    """What every call to another country begins with."""
    first = re.match(r"\d*", _prefix_abroad(home).pattern)
    return first.group() if first else ""


def _can_begin(pattern: str, prefix: str) -> bool:
    """Whether a number that fits the pattern may begin with the prefix."""
    for sign, digit in zip(pattern, prefix, strict=False):
        if sign == "*":
            return True
        if sign not in ("X", digit):
            return False
    return True
