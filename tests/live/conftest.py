"""Fixtures for tests with a real Asterisk. Each test has its own: start-up takes a third of a second."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from allo.installation import CHECKOUT, Installation
from allo.speech.espeak import EspeakSynthesizer
from allo.speech.prompts import make_prompts
from tests.free_ports import free_installation
from tests.live.asterisk_runner import RunningAsterisk, SipCall, sip_call
from tests.live.centre_runner import RunningCentre
from tests.live.voice import MUSIC_HZ, RATE


@pytest.fixture(scope="session")
def spoken_prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts, spoken once for all tests."""
    home = tmp_path_factory.mktemp("prompts")
    here = Installation(home=home)
    here.make_folders()
    make_prompts(here, EspeakSynthesizer.of(here))
    return here.prompts_folder


@pytest.fixture
def asterisk_home(short_folder: Path, spoken_prompts: Path) -> Installation:
    """An installation on free ports with prompts; nothing runs yet."""
    here = free_installation(short_folder, asterisk_root=CHECKOUT / ".asterisk")
    here.make_folders()
    here.prompts_folder.rmdir()
    here.prompts_folder.symlink_to(spoken_prompts)
    return here


@pytest.fixture
def music(asterisk_home: Installation) -> None:
    """Music that is a tone too, so that it is told apart from everybody's voice."""
    file = asterisk_home.moh_folder / "default" / "tone.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, 0.4 * np.sin(2 * np.pi * MUSIC_HZ * np.arange(60 * RATE) / RATE), RATE, subtype="PCM_16")


@pytest.fixture
def running_asterisk(asterisk_home: Installation) -> Iterator[RunningAsterisk]:
    """Asterisk, up and answering ARI; stopped after the test."""
    asterisk = RunningAsterisk.start(asterisk_home)
    yield asterisk
    asterisk.stop()


@pytest.fixture
def call(asterisk_home: Installation, tmp_path: Path) -> Iterator[Callable[..., SipCall]]:
    """`call("100", talk_s=5)` rings the centre with SIPp; calls which are left over are hung up after the test."""
    made: list[SipCall] = []

    def make(number: str = "100", **options: Any) -> SipCall:
        made.append(sip_call(asterisk_home, tmp_path, number, **options))
        return made[-1]

    yield make
    for one in made:
        one.hang_up()


@pytest.fixture
def running_centre(asterisk_home: Installation) -> Iterator[RunningCentre]:
    """`allo up` with the demo centre in it; stopped after the test."""
    centre = RunningCentre.start(asterisk_home)
    yield centre
    centre.stop()
