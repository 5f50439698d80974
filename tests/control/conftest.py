"""Whole control processes, each in its own home."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control.homes import Control, copy_home, make_home


@pytest.fixture(scope="session")
def home_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture
def control(home_template: Path, short_folder: Path) -> Iterator[Control]:
    one = Control(copy_home(home_template, short_folder))
    yield one
    one.end()


@pytest.fixture(scope="module")
def shared(home_template: Path) -> Iterator[Control]:
    """One that is started once, for tests which leave it as good as new."""
    with tempfile.TemporaryDirectory(prefix="allo-") as folder:
        one = Control(copy_home(home_template, Path(folder)))
        one.start()
        yield one
        one.end()
