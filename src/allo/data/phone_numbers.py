"""One spelling for each telephone number, so that a customer is found by whichever way it was sent."""

from __future__ import annotations

import re

import phonenumbers

from allo import installation

MOST_CHARACTERS = 32
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


def _home_region() -> str | None:
    return "RU" if installation.current().language == "ru" else None
