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


def _home_region() -> str | None:
    return "RU" if installation.current().language == "ru" else None
