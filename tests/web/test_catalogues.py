"""Both languages are complete, and no template says anything past them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from allo.web.catalogues import DOMAINS, catalogue, gaps

TEMPLATES = sorted((Path(settings.WEB) / "templates").rglob("*.html"))
SPOKEN_ATTRIBUTES = "title|aria-label|placeholder|alt|data-title|data-group|data-key-title|data-confirm-more"
# Names and marks that are the same in every language.
SAME_EVERYWHERE = {"Allo", "Ctrl K", "CSV", "Esc", "Eng", "Рус", "English", "Русский", "?"}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_is_missing_or_guessed(language: str, domain: str) -> None:
    assert gaps(language, domain) == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_translations_keep_their_placeholders(language: str, domain: str) -> None:
    wrong = []
    for entry in catalogue(language, domain):
        names = set(re.findall(r"%\(\w+\)[sd]", entry.msgid + entry.msgid_plural))
        said = [entry.msgstr, *entry.msgstr_plural.values()]
        if any(not set(re.findall(r"%\(\w+\)[sd]", one)) <= names for one in said):
            wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_set_up_can_compile_them(language: str, domain: str, tmp_path: Path) -> None:
    """Babel refuses more than it warns of: a lone % in an English text, say, for which Russian has another one."""
    source = Path(settings.WEB) / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    pybabel = Path(sys.executable).with_name("pybabel")
    compile_it = [str(pybabel), "compile", "-i", str(source), "-o", str(tmp_path / "x.mo")]
    told = subprocess.run(compile_it, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def test_russian_plurals_have_all_their_forms() -> None:
    for domain in DOMAINS:
        for entry in catalogue("ru", domain):
            if entry.msgid_plural:
                assert len({*entry.msgstr_plural} & {0, 1, 2}) == 3, entry.msgid


def spoken(template: str) -> set[str]:
    """Return texts of a template that a reader sees and gettext does not."""
    text = re.sub(r"{%\s*blocktrans\w*.*?{%\s*endblocktrans\w*\s*%}", "\n", template, flags=re.DOTALL)
    text = re.sub(r"{%\s*block body_class\s*%}.*?{%\s*endblock\s*%}", "\n", text)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", "\n", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    attributes = re.findall(rf"""\b(?:{SPOKEN_ATTRIBUTES})=["']([^"']*)["']""", text)
    pieces = "\n".join([*attributes, re.sub(r"<[^>]*>", "\n", text)]).split("\n")
    words = {re.sub(r"&\w+;", "", piece).strip(" \t·:.,") for piece in pieces}
    return {word for word in words if re.search(r"[^\W\d_]{2,}", word)} - SAME_EVERYWHERE


def test_the_search_for_unspoken_text_finds_it() -> None:
    assert spoken('<p title="Hi there">{% translate "x" %} Loose words</p>') == {"Hi there", "Loose words"}
    assert spoken('<p class="a b">{{ name }} · {% icon "phone" %} 100 %</p>') == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(file.parents[2])))
def test_every_word_of_a_template_goes_through_gettext(file: Path) -> None:
    assert spoken(file.read_text()) == set()
