"""Fixtures for tests with a real Asterisk. Each test has its own: start-up takes half a second.

A whole centre takes seconds to start, so that tests of one file share one (`start_centre`).
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import soundfile

from allo.installation import CHECKOUT, Installation
from allo.speech.espeak import EspeakSynthesizer
from allo.speech.prompts import make_prompts
from allo.start import environment
from tests.free_ports import free_installation
from tests.live.asterisk_runner import RunningAsterisk, SipCall, sip_call
from tests.live.centre_runner import RunningCentre
from tests.live.voice import MUSIC_HZ, write_tone

GREETING_S, PROMPT_S = 0.5, 3.0


@pytest.fixture(scope="session")
def spoken_prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts, spoken once for all tests; of long ones the beginning, for many a test waits for the end."""
    home = tmp_path_factory.mktemp("prompts")
    here = Installation(home=home)
    here.make_folders()
    make_prompts(here, EspeakSynthesizer.of(here))
    _shorten(here.prompts_folder, PROMPT_S)
    return here.prompts_folder


def _shorten(folder: Path, longest_s: float) -> None:
    for file in folder.rglob("*.wav"):
        sound, rate = soundfile.read(file)
        soundfile.write(file, sound[: round(longest_s * rate)], rate)


def _home(folder: Path, spoken_prompts: Path) -> Installation:
    here = free_installation(folder, asterisk_root=CHECKOUT / ".asterisk")
    here.make_folders()
    here.prompts_folder.rmdir()
    here.prompts_folder.symlink_to(spoken_prompts)
    return here


@pytest.fixture
def asterisk_home(short_folder: Path, spoken_prompts: Path) -> Installation:
    """An installation on free ports with prompts; nothing runs yet, and there is no database."""
    return _home(short_folder, spoken_prompts)


@pytest.fixture(scope="session")
def demo_home(spoken_prompts: Path) -> Iterator[Installation]:
    """The demo centre as `allo prepare` makes it, once for all tests; its greetings are short."""
    with tempfile.TemporaryDirectory(prefix="allo-") as folder:
        here = _home(Path(folder), spoken_prompts)
        subprocess.run([sys.executable, "-m", "allo.cli", "prepare"], env=environment(here), check=True)
        _shorten(here.sounds_folder / "greetings", GREETING_S)
        yield here


@pytest.fixture(scope="module")
def start_centre(demo_home: Installation, spoken_prompts: Path) -> Iterator[Callable[[], RunningCentre]]:
    """`start_centre()`: `allo up` with the demo centre in it; stopped after the file's last test."""
    with tempfile.TemporaryDirectory(prefix="allo-") as folder, ExitStack() as started:
        here = _home(Path(folder), spoken_prompts)
        shutil.copy(demo_home.sqlite_file, here.sqlite_file)
        shutil.copytree(demo_home.sounds_folder / "greetings", here.sounds_folder / "greetings", dirs_exist_ok=True)
        _write_music(here)

        def start() -> RunningCentre:
            centre = RunningCentre.start(here)
            started.callback(centre.stop)
            return centre

        yield start


@pytest.fixture
def music(asterisk_home: Installation) -> None:
    """Music that is a tone too, so that it is told apart from everybody's voice."""
    _write_music(asterisk_home)


def _write_music(here: Installation) -> None:
    write_tone(here.moh_folder / "default" / "tone.wav", MUSIC_HZ, 60)


@pytest.fixture
def running_asterisk(asterisk_home: Installation) -> Iterator[RunningAsterisk]:
    """Asterisk, up and answering ARI; stopped after the test."""
    asterisk = RunningAsterisk.start(asterisk_home)
    yield asterisk
    asterisk.kill()


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


@pytest.fixture(scope="module")
def running_centre(start_centre: Callable[[], RunningCentre]) -> RunningCentre:
    """The demo centre, up; all tests of a file have the same one."""
    return start_centre()
