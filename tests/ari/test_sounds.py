"""Where prompts are, and that every one which the engine names itself exists in both languages."""

import re
from pathlib import Path

import pytest

from allo import core
from allo.ari.sounds import Sounds
from allo.installation import CHECKOUT, Installation
from allo.speech.prompts import SENTENCES

SYSTEM_PROMPT = re.compile(r'"system:([a-z_]+)"')
PAUSE = "pause"
"""Stands for music: it has no sound."""


@pytest.fixture
def sounds(tmp_path: Path) -> Sounds:
    """Of a centre that speaks Russian."""
    return Sounds(Installation(home=tmp_path, asterisk_root=CHECKOUT / ".asterisk", language="ru"), made_by_somebody)


def made_by_somebody(prompt: str) -> str:
    """Control's part."""
    return f"sound:allo/greetings/{prompt}"


def test_every_prompt_that_the_engine_names_is_there() -> None:
    folder = Path(next(iter(core.__path__)))
    named = {name for file in folder.glob("*.py") for name in SYSTEM_PROMPT.findall(file.read_text())} - {PAUSE}
    assert len(named) > 10
    for language, sentences in SENTENCES.items():
        assert {name.replace("_", "-") for name in named} <= sentences.keys(), language


def test_where_prompts_are(sounds: Sounds) -> None:
    assert sounds.media("system:all_busy", "en") == "sound:allo/prompts/en/all-busy"
    assert sounds.media("system:all_busy", "kk") == "sound:allo/prompts/ru/all-busy"
    assert sounds.media("17", "en") == "sound:allo/greetings/17"
    assert sounds.media("say:wait:2-4", "en") == ",".join(
        f"sound:allo/prompts/en/say-{word}" for word in ("wait-from", "n-2", "to", "n-4", "minutes")
    )
    with pytest.raises(LookupError):
        sounds.media("say:weather:1", "en")


async def test_what_an_agent_hears_of_the_caller(sounds: Sounds, tmp_path: Path) -> None:
    name, speaks = (await sounds.for_agent("say:caller:Иван Петров", "en")).split(",")
    assert speaks == "sound:allo/prompts/ru/speaks-en"
    [file] = (tmp_path / "sounds" / "spoken").glob("*")
    assert name == f"sound:allo/spoken/{file.stem}"
    assert file.stat().st_size > 8000
    assert "Иван" not in file.name
    assert await sounds.for_agent("say:caller:", "ru") == "sound:allo/prompts/ru/speaks-ru"
    assert await sounds.for_agent("say:caller:", "kk") == ""
    assert await sounds.for_agent("say:weather:1", "ru") == ""
    assert await sounds.for_agent("system:goodbye", "en") == "sound:allo/prompts/en/goodbye"
