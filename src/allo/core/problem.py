"""Sentences about what is wrong with a configuration: English for logs, and what pages say them in other words from.

`template` is the sentence with gaps (`%(queue)s`), `words` is what fills them: ids, which pages replace by names, or
other problems. The catalogues of the pages collect templates by the name `gettext_noop`.
"""

from __future__ import annotations

from typing import Self


class Problem(str):
    """The whole sentence in English."""

    __slots__ = ("template", "words")

    template: str
    words: dict[str, str]

    def __new__(cls, template: str, **words: object) -> Self:
        """Fill the gaps of a template."""
        kept = {name: word if isinstance(word, Problem) else str(word) for name, word in words.items()}
        sentence = super().__new__(cls, template % kept)
        sentence.template, sentence.words = template, kept
        return sentence


def gettext_noop(template: str) -> str:
    """The template itself; its name lets the catalogues find it."""
    return template
