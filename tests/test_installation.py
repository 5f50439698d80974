"""Settings, paths and secrets of an installation."""

import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from allo.cli import main
from allo.installation import Installation, Secrets, current


def test_everything_lives_in_home(tmp_path: Path) -> None:
    here = Installation(home=tmp_path / "allo")
    here.make_folders()
    here.secrets()
    assert here.control_socket == tmp_path / "allo" / "run" / "control.sock"
    assert here.effective_database_url == f"sqlite:///{tmp_path}/allo/db.sqlite3"
    assert {path.name for path in tmp_path.iterdir()} == {"allo"}


def test_the_environment_sets_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLO_SIP_PORT", "5070")
    monkeypatch.setenv("ALLO_WEB_ADDRESS", "2001:db8::1")
    here = Installation()
    assert here.sip_port == 5070
    assert here.origin == "http://[2001:db8::1]:8000"


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({}, "http://localhost:8000"),
        ({"web_address": "0.0.0.0", "web_port": 81}, "http://localhost:81"),
        ({"web_address": "192.168.1.5"}, "http://192.168.1.5:8000"),
        ({"public_origin": "https://calls.example.com/"}, "https://calls.example.com"),
    ],
)
def test_the_origin_is_what_a_person_types(fields: dict[str, object], origin: str) -> None:
    assert Installation(**fields).origin == origin  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"sip_port": 0},
        {"sip_port": 70000},
        {"sip_address": "nowhere"},
        {"rtp_start": 3000, "rtp_end": 2000},
        {"time_zone": "Europe/Moskow"},
        {"time_zone": "../etc"},
        {"database_url": "mysql://a/b"},
        {"public_origin": "calls.example.com"},
        {"public_origin": "https://calls.example.com/allo"},
        {"control_listen": "8090"},
    ],
)
def test_absurd_settings_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Installation(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALLO_SIP_PORT", "sip", "ALLO_SIP_PORT=sip: Input should be a valid integer"),
        ("ALLO_LANGUAGE", "de", "ALLO_LANGUAGE=de: Input should be 'en' or 'ru'"),
        ("ALLO_TIME_ZONE", "Moscow time", "ALLO_TIME_ZONE=Moscow time is not the name of a time zone"),
        ("ALLO_DATABASE_URL", "mysql://me:word@host/allo", "ALLO_DATABASE_URL must begin with postgres://"),
    ],
)
@pytest.mark.parametrize("command", ["up", "doctor", "prepare"])
def test_a_wrong_setting_is_said_in_a_sentence(command: str, name: str, value: str, sentence: str) -> None:
    current.cache_clear()
    answer = CliRunner(env={name: value}).invoke(main, [command])
    assert answer.exit_code == 1
    assert answer.output.startswith(f"Error: {sentence}")
    assert len(answer.output.splitlines()) == 1
    assert "word" not in answer.output


def test_secrets_are_random_kept_and_private(tmp_path: Path) -> None:
    here = Installation(home=tmp_path / "a")
    other = Installation(home=tmp_path / "b")
    assert here.secrets() == here.secrets()
    assert here.secrets().ari_password != other.secrets().ari_password
    assert stat.S_IMODE(here.secrets_file.stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_secrets(tmp_path: Path) -> None:
    here = Installation(home=tmp_path / "allo")
    found: list[Secrets] = []
    threads = [threading.Thread(target=lambda: found.append(here.secrets())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({secrets.ari_password for secrets in found}) == 1
    assert [path.name for path in here.home.iterdir()] == ["secrets.json"]


def test_a_private_program_is_found_when_the_machine_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Installation(home=tmp_path, asterisk_root=tmp_path / "root")
    assert here.program("allo-no-such-program") is None
    private = tmp_path / "root" / "bin" / "allo-no-such-program"
    private.parent.mkdir(parents=True)
    private.touch(mode=0o755)
    assert here.program("allo-no-such-program") == private
