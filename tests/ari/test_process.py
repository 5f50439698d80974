"""Finding Asterisk and writing its configuration; tests/live starts it."""

import re
import stat
from pathlib import Path

import pytest

from allo.ari import modules, process
from allo.installation import Installation


def fake_asterisk(root: Path, version: str = "Asterisk 22.1.0", lacking: str = "") -> None:
    """A private root with files in the places where process.py looks."""
    module_folder = root / "usr/lib/x86_64-linux-gnu/asterisk/modules"
    documentation = root / "usr/share/asterisk/documentation"
    for folder in (module_folder, documentation, root / "bin", root / "usr/share/asterisk/moh"):
        folder.mkdir(parents=True)
    (documentation / "core-en_US.xml").touch()
    for name in modules.NEEDED:
        if name != lacking:
            (module_folder / f"{name}.so").touch()
    program = root / "bin/asterisk"
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(0o755)


@pytest.fixture
def here(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(process.shutil, "which", lambda *_args, **_kwargs: None)  # type: ignore[attr-defined]
    return installation.model_copy(update={"asterisk_root": installation.home / "root"})


def configuration(here: Installation) -> dict[str, str]:
    return {file.name: file.read_text() for file in (here.asterisk_home / "etc").glob("*.conf")}


def test_no_asterisk_says_what_to_do(here: Installation) -> None:
    with pytest.raises(process.AsteriskUnusableError, match=r"No Asterisk was found\. Run scripts/setup"):
        process.find(here)


def test_an_old_asterisk_is_refused(here: Installation) -> None:
    fake_asterisk(here.asterisk_root, "Asterisk 18.9.1")
    with pytest.raises(process.AsteriskUnusableError, match="version 20 or later"):
        process.find(here)


def test_a_missing_module_is_named(here: Installation) -> None:
    fake_asterisk(here.asterisk_root, lacking="bridge_holding")
    with pytest.raises(process.AsteriskUnusableError, match="bridge_holding"):
        process.find(here)


def test_the_command_and_its_configuration(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    command = process.prepare(here)
    written = configuration(here)
    assert command == [
        str(here.asterisk_root / "bin/asterisk"),
        "-C",
        str(here.asterisk_home / "etc/asterisk.conf"),
        "-f",
    ]
    assert f"bind = 127.0.0.1:{here.sip_port}" in written["pjsip.conf"]
    assert "bindaddr = 127.0.0.1" in written["http.conf"]
    assert f"rtpstart = {here.rtp_start}" in written["rtp.conf"]
    assert here.secrets().ari_password in written["ari.conf"]
    assert stat.S_IMODE((here.asterisk_home / "etc/ari.conf").stat().st_mode) == 0o600


def test_no_placeholder_is_left_and_the_dialplan_keeps_its_own(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    for name, text in configuration(here).items():
        assert not re.search(r"@\{?\w+\}?", text), name
    assert "${EXTEN}" in configuration(here)["extensions.conf"]


def test_another_language_address_and_place_behind_nat(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    changed = here.model_copy(
        update={"language": "ru", "external_address": "203.0.113.7", "load_app_queue": True, "record_calls": False}
    )
    process.prepare(changed)
    written = configuration(changed)
    assert "defaultlanguage = ru" in written["asterisk.conf"]
    assert "country = ru" in written["indications.conf"]
    assert written["pjsip.conf"].count("external_media_address = 203.0.113.7") == 3
    assert "ALLO_RECORD = 0" in written["extensions.conf"]


def test_strangers_have_no_endpoint(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    text = configuration(here)["pjsip.conf"]
    assert "match = 127.0.0.0/8" in text
    assert "[anonymous]" not in text


def test_only_modules_that_exist_are_loaded(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    loaded = re.findall(r"^load = (\w+)\.so$", configuration(here)["modules.conf"], re.MULTILINE)
    assert loaded == list(modules.NEEDED)


def test_folders_of_music_become_classes(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    for name in ("sales", "bad name", "empty", "default"):
        (here.moh_folder / name).mkdir()
    for name in ("sales", "bad name", "default"):
        (here.moh_folder / name / "tune.wav").touch()
    process.prepare(here)
    text = configuration(here)["musiconhold.conf"]
    assert re.findall(r"^\[(.+)\]$", text, re.MULTILINE) == ["general", "default", "sales"]
    assert f"directory = {here.moh_folder / 'default'}" in text


def test_what_trunks_have_written_stays(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    trunks = here.asterisk_home / "etc/trunks.conf"
    trunks.write_text("[trunk-1]\ntype = endpoint\n")
    process.prepare(here)
    assert trunks.read_text() == "[trunk-1]\ntype = endpoint\n"


def test_a_folder_too_long_for_a_socket_is_refused_in_words(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    deep = here.model_copy(update={"home": here.home / ("x" * 100)})
    with pytest.raises(process.AsteriskUnusableError, match="ALLO_HOME"):
        process.prepare(deep)


def test_recordings_are_written_into_the_installations_folder(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    assert (here.asterisk_home / "spool/monitor").resolve() == here.recordings_folder.resolve()
    assert (here.asterisk_home / "data/sounds/allo").resolve() == here.sounds_folder.resolve()


def test_the_door_for_recordings_is_on_loopback_and_has_a_secret_of_its_own(here: Installation) -> None:
    fake_asterisk(here.asterisk_root)
    process.prepare(here)
    file = here.asterisk_home / "etc" / "manager.conf"
    lines = file.read_text().splitlines()
    high, low = divmod(here.asterisk_http_port, 256)
    assert f"bindaddr = 127.{high}.{low}.1" in lines
    [secret] = [line.removeprefix("secret = ") for line in lines if line.startswith("secret = ")]
    assert len(secret) == 64
    assert here.secrets().ari_password not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
