"""One spelling for each telephone number, so that a customer is found by whichever way it was sent."""

from __future__ import annotations

import re

import phonenumbers

from allo import installation

MOST_CHARACTERS = 32
_ABROAD = ("00", "011", "810")
"""How calls to other countries begin, where it is not known in which country the centre is."""
_NOBODY = {"", "anonymous", "unknown", "unavailable", "restricted", "private"}


def normalise(raw: str, region: str | None = None) -> str:
    """Return E.164 where the number is a public one, else what was sent, shortened; "" for hidden callers.

    ``region`` (default: by the installation's language) tells how national numbers are meant.
    """
    sent = raw.strip().lower()
    if sent in _NOBODY:
        return ""
    digits = re.sub(r"[^\d+]", "", sent)
    if len(digits) >= 7 and not re.search(r"[a-z]", sent):
        try:
            parsed = phonenumbers.parse(digits, region or _home_region())
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is not None and phonenumbers.is_possible_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return sent[:MOST_CHARACTERS]


def spellings(pattern: str) -> list[str]:
    """All ways in which an operator may send a caller's number: +7495*, 7495*, and 8495* at home."""
    if not pattern.startswith("+"):
        return [pattern]
    digits = pattern.removeprefix("+")
    found = [pattern, digits]
    region = _home_region()
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region) if region else None
    code = str(phonenumbers.country_code_for_region(region)) if region else ""
    if metadata is not None and digits.startswith(code) and len(digits) > len(code):
        found.append(f"{metadata.national_prefix or ''}{digits.removeprefix(code)}")
    return found


def dialled_spellings(pattern: str) -> list[str]:
    """The spellings that allow no more than the pattern does: +7* is not 8*, by which 810... would be dialled."""
    region = _home_region()
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region) if region else None
    abroad = (metadata.international_prefix or "",) if metadata else _ABROAD
    more = (one for one in spellings(pattern) if not any(_can_begin(one, prefix) for prefix in abroad))
    return list(dict.fromkeys([pattern, *more]))


def _can_begin(pattern: str, prefix: str) -> bool:
    """Whether a number that fits the pattern may begin with the prefix."""
    for sign, digit in zip(pattern, prefix, strict=False):
        if sign == "*":
            return True
        if sign not in ("X", digit):
            return False
    return True


def _home_region() -> str | None:
    return "RU" if installation.current().language == "ru" else None
