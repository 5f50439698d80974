"""espeak-ng speaks for the telephone, once for each text."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from allo.installation import CHECKOUT, Installation
from allo.speech.espeak import EspeakSynthesizer
from allo.speech.prompts import SENTENCES, make_prompts
from allo.speech.saying import WORDS
from allo.speech.synthesizer import SpeechError, SpeechMissingError


@pytest.fixture
def synthesizer(tmp_path: Path) -> EspeakSynthesizer:
    return EspeakSynthesizer.of(Installation(home=tmp_path, asterisk_root=CHECKOUT / ".asterisk"))


@pytest.mark.parametrize(("text", "language"), [("Good afternoon", "en"), ("Добрый день", "ru"), ("Bonjour", "fr")])
def test_it_speaks_at_the_telephones_rate(synthesizer: EspeakSynthesizer, text: str, language: str) -> None:
    content = synthesizer.speak(text, language)
    info = soundfile.info(io.BytesIO(content))
    samples, rate = soundfile.read(io.BytesIO(content))
    assert (rate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    assert 0.3 < info.duration < 5
    assert 0.5 < np.max(np.abs(samples)) < 0.8


def test_the_same_text_is_spoken_once(synthesizer: EspeakSynthesizer, tmp_path: Path) -> None:
    first = synthesizer.speak("Hello  there", "en")
    silenced = EspeakSynthesizer(tmp_path / "nothing", synthesizer.cache)
    assert silenced.speak("Hello there", "en") == first
    with pytest.raises(SpeechError):
        silenced.speak("Hello there", "ru")


@pytest.mark.parametrize("text", ["", "   ", "\n", "a" * 6000])
def test_what_cannot_be_spoken_is_refused(synthesizer: EspeakSynthesizer, text: str) -> None:
    with pytest.raises(SpeechError):
        synthesizer.speak(text, "en")


@pytest.mark.parametrize("text", ["--help", "-w /tmp/evil.wav", "$(id)", "<script>", "😀 Hello", "100%"])
def test_no_text_is_taken_for_a_command(synthesizer: EspeakSynthesizer, text: str) -> None:
    assert len(synthesizer.speak(text, "en")) > 1000


def test_without_the_program_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Installation, "program", lambda _self, _name: None)
    with pytest.raises(SpeechMissingError, match="espeak-ng"):
        EspeakSynthesizer.of(Installation(home=tmp_path))


def test_prompts_are_made_once_and_recordings_by_people_stay(synthesizer: EspeakSynthesizer, tmp_path: Path) -> None:
    here = Installation(home=tmp_path)
    person = here.prompts_folder / "en" / "please-wait.wav"
    person.parent.mkdir(parents=True)
    person.write_bytes(b"a person's voice")
    everything = sum(len(SENTENCES[language]) + len(WORDS[language]) for language in SENTENCES)
    assert make_prompts(here, synthesizer) == everything - 1
    assert make_prompts(here, synthesizer) == 0
    assert person.read_bytes() == b"a person's voice"


def test_every_prompt_is_there_in_every_language() -> None:
    assert SENTENCES["en"].keys() == SENTENCES["ru"].keys()
