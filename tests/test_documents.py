"""The documents name only what exists: links, paths, commands of make, settings. Figures and prose are for readers."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from allo.core import effects, events, facts, requests
from allo.installation import CHECKOUT, Installation

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
QUOTED_PATH = re.compile(r"`((?:src|tests|scripts|deploy|docs|requirements|core|data|web|control|ari)/[\w./-]+)`")
FOR_BENCHMARKS = {"ALLO_LOAD_APP_QUEUE"}


def documents() -> list[Path]:
    """Every document of the repository."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in listed.stdout.split()]


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_and_paths_exist(document: Path) -> None:
    text = document.read_text()
    missing = [link for link in LINK.findall(text) if not (document.parent / unquote(link)).exists()]
    missing += [
        path
        for path in QUOTED_PATH.findall(text)
        if not ((CHECKOUT / path).exists() or (CHECKOUT / "src/allo" / path).exists() or "built" in path)
    ]
    assert not missing


def test_the_readme_has_every_setting_and_no_other() -> None:
    rows = [line for line in (CHECKOUT / "README.md").read_text().splitlines() if line.startswith("| `ALLO_")]
    described = {name for row in rows for name in re.findall(r"`(ALLO_[A-Z_]+)`", row.split("|")[1])}
    assert described == {f"ALLO_{name.upper()}" for name in Installation.model_fields} - FOR_BENCHMARKS


def test_settings_named_anywhere_exist() -> None:
    known = {f"ALLO_{name.upper()}" for name in Installation.model_fields} | {"ALLO_CONTROL_URL"}
    examples = [path for path in (CHECKOUT / "deploy").rglob("*") if path.is_file()]
    for document in [*documents(), *examples]:
        assert set(re.findall(r"ALLO_[A-Z_]+[A-Z]", document.read_text())) <= known, document.name


def test_make_commands_named_anywhere_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    for document in documents():
        named = re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE)
        assert set(named) <= targets, document.name


def test_every_decision_is_in_the_list() -> None:
    folder = CHECKOUT / "docs/adr"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_what_the_architecture_calls_inputs_effects_and_facts_are_some() -> None:
    known = {name for module in (effects, events, facts, requests) for name in vars(module)}
    text = (CHECKOUT / "ARCHITECTURE.md").read_text()
    life = text[text.index("## The life of a call") : text.index("Each change of an agent's state is a fact")]
    named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", life.replace("SIP", "")))
    assert len(named) > 15
    assert not named - known
