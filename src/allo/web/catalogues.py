"""The translators' catalogues: English filled in from its own words, Russian checked for gaps.

``python -m allo.web.catalogues`` after collecting strings: English needs no translation, so its
entries repeat the source; what Russian lacks is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"
DOMAINS = ("django", "djangojs")
NO_WRAPPING = 100_000
KEPT_HEADERS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")


def catalogue(language: str, domain: str) -> polib.POFile:
    """Open one catalogue."""
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / f"{domain}.po"), wrapwidth=NO_WRAPPING)


def gaps(language: str, domain: str) -> list[str]:
    """Return the strings that have no (or only a guessed) translation."""
    return [
        entry.msgid
        for entry in catalogue(language, domain)
        if not entry.obsolete and (not entry.translated() or "fuzzy" in entry.flags)
    ]


def fill_english(domain: str) -> None:
    """Repeat the source as the English translation."""
    book = catalogue("en", domain)
    for entry in book:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
        if "fuzzy" in entry.flags:
            entry.flags.remove("fuzzy")
    _save(book, "en")


def _save(book: polib.POFile, language: str) -> None:
    """Write a catalogue with a header of our own: a fuzzy one, as gettext makes it, would not be compiled."""
    book.header = "Allo's words. scripts/messages collects them; fill what it reports as missing."
    book.metadata_is_fuzzy = False
    book.metadata = {
        "Project-Id-Version": "Allo",
        "Language": language,
        **{name: book.metadata[name] for name in KEPT_HEADERS if name in book.metadata},
    }
    book.save()


def main() -> int:
    """Fill English, report what Russian lacks; 1 when something is missing."""
    missing = 0
    for domain in DOMAINS:
        fill_english(domain)
        _save(catalogue("ru", domain), "ru")
        for text in gaps("ru", domain):
            missing += 1
            sys.stdout.write(f"{domain}.po, Russian is missing: {text!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
