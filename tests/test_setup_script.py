"""`scripts/setup` without root: one command for an administrator, whatever is missing; nothing else is said or done."""

import shutil
import subprocess
from pathlib import Path

import pytest

from allo.installation import CHECKOUT

TOOLS = ("bash", "cat", "dirname", "flock", "mkdir", "sha256sum", "touch")
COMMAND = "sudo apt-get install --yes --no-install-recommends"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script, on a machine that has next to nothing and whose user is not root."""
    folder, programs = tmp_path / "allo", tmp_path / "bin"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(CHECKOUT / "scripts/setup", folder / "scripts")
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(str(shutil.which(name)))
    make_program(programs / "id", '[ "$1" = -u ] && echo 1000 || echo anna')
    return folder


def make_program(path: Path, says: str) -> None:
    path.write_text(f"#!/bin/bash\n{says}\n")
    path.chmod(0o755)


def set_up(checkout: Path, *more: str) -> str:
    """What it says when it gives up."""
    path = str(checkout.parent / "bin")
    done = subprocess.run(
        ["bash", "scripts/setup", *more], cwd=checkout, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def test_without_python(checkout: Path) -> None:
    assert set_up(checkout).splitlines()[-1].strip() == f"{COMMAND} python3.11 python3.11-venv"


def test_a_python_without_environments_and_what_tests_need_are_asked_for_at_once(checkout: Path) -> None:
    new_enough, prints = "*version_info*11*) exit 0", "*version_info*) echo python3.12-venv"
    make_program(checkout.parent / "bin/python3.12", f'case "$2" in {new_enough};; {prints};; *) exit 1;; esac')
    assert set_up(checkout).splitlines()[-1].strip() == f"{COMMAND} python3.12-venv"
    said = set_up(checkout, "--test")
    assert said.count("sudo") == 1
    assert f"{COMMAND} python3.12-venv chromium" in said


def test_a_folder_of_another_user(checkout: Path) -> None:
    (checkout / ".setup").touch()  # for the tests' own root, who can write everywhere
    assert set_up(checkout).splitlines()[-1].strip() == f"sudo chown -R anna: {checkout}"
