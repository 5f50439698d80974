"""Each thing a newcomer can get wrong gets its sentence."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from allo import doctor, settings_check
from allo.installation import Installation
from allo.settings_check import Finding

Check = Callable[[Installation], Iterator[Finding]]


def levels(check: Check, here: Installation) -> list[str]:
    return [finding.level for finding in check(here)]


def only(check: Check, here: Installation) -> Finding:
    [finding] = check(here)
    return finding


def test_a_folder_that_cannot_be_written(installation: Installation) -> None:
    blocked = installation.home / "file"
    blocked.touch()
    finding = only(doctor.check_folder, installation.model_copy(update={"home": blocked / "allo"}))
    assert finding.level == "trouble"
    assert "ALLO_HOME" in finding.sentence


def test_free_ports(installation: Installation) -> None:
    assert set(levels(doctor.check_ports, installation)) == {"good"}


@pytest.mark.parametrize(
    ("kind", "field", "setting"),
    [
        (socket.SOCK_STREAM, "web_port", "ALLO_WEB_PORT"),
        (socket.SOCK_DGRAM, "sip_port", "ALLO_SIP_PORT"),
        (socket.SOCK_STREAM, "sip_port", "ALLO_SIP_PORT"),
        (socket.SOCK_STREAM, "asterisk_http_port", "ALLO_ASTERISK_HTTP_PORT"),
    ],
)
def test_a_taken_port_names_its_owner_and_the_setting(
    installation: Installation, kind: socket.SocketKind, field: str, setting: str
) -> None:
    with closing(socket.socket(socket.AF_INET, kind)) as squatter:
        squatter.bind(("127.0.0.1", getattr(installation, field)))
        if kind == socket.SOCK_STREAM:
            squatter.listen()
        [trouble] = [finding for finding in doctor.check_ports(installation) if finding.level == "trouble"]
    assert f"(process {os.getpid()})" in trouble.sentence
    assert f"{setting}=" in trouble.sentence


def test_no_asterisk(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allo.ari.process._candidates", lambda _here: [])
    finding = only(doctor.check_asterisk, installation)
    assert finding.level == "trouble"
    assert "scripts/setup" in finding.sentence


def test_asterisk_is_asked_only_while_the_centre_runs(installation: Installation) -> None:
    assert only(doctor.check_ari, installation).level == "hint"
    (installation.run_folder / "supervisor.lock").write_text(str(os.getpid()))
    finding = only(doctor.check_ari, installation)
    assert finding.level == "trouble"
    assert "asterisk.log" in finding.sentence


def test_a_clock_behind_its_own_files(installation: Installation) -> None:
    log = installation.log_folder / "web.log"
    log.touch()
    later = log.stat().st_mtime + 3600
    os.utime(log, (later, later))
    finding = only(doctor.check_clock, installation)
    assert finding.level == "trouble"
    assert "The clock is wrong" in finding.sentence


@pytest.mark.parametrize(("said", "level"), [(True, "good"), (False, "hint"), (None, "good")])
def test_the_networks_clock(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, *, said: bool | None, level: str
) -> None:
    monkeypatch.setattr(doctor, "_is_synchronized", lambda: said)
    assert only(doctor.check_clock, installation).level == level


@pytest.mark.parametrize(("free", "level"), [(10**12, "good"), (10**6, "trouble")])
def test_room_for_recordings(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    usage = doctor.shutil.disk_usage(installation.home)  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=free))
    assert only(doctor.check_disk, installation).level == level


def test_secrets_which_others_can_read(installation: Installation) -> None:
    assert only(doctor.check_secrets, installation).level == "good"
    installation.secrets_file.chmod(stat.S_IRUSR | stat.S_IRGRP)
    finding = only(doctor.check_secrets, installation)
    assert finding.level == "trouble"
    assert "chmod 600" in finding.sentence


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({}, "good"),
        ({"public_origin": "https://calls.example.com"}, "good"),
        ({"web_address": "192.168.1.5"}, "trouble"),
        ({"public_origin": "http://calls.example.com"}, "trouble"),
    ],
)
def test_where_browsers_give_a_microphone(
    home_of: Callable[..., Installation], fields: dict[str, str], level: str
) -> None:
    assert only(settings_check.check_microphone, home_of(**fields)).level == level


def test_an_address_of_another_machine(home_of: Callable[..., Installation]) -> None:
    [trouble, hint] = settings_check.check_addresses(home_of(sip_address="203.0.113.9"))
    assert "ALLO_SIP_ADDRESS" in trouble.sentence
    assert hint.level == "hint"


@pytest.mark.django_db
def test_a_database_in_order(installation: Installation) -> None:
    assert only(doctor.check_database, installation).level == "good"


@pytest.mark.django_db
def test_a_database_that_cannot_be_written(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    def refuse(*_args: object) -> None:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(CursorWrapper, "execute", refuse)
    finding = only(doctor.check_database, installation)
    assert finding.level == "trouble"
    assert "readonly" in finding.sentence


def test_a_folder_whose_path_is_too_long_for_sockets(installation: Installation) -> None:
    deep = installation.model_copy(update={"home": installation.home / ("d" * 90)})
    finding = only(doctor.check_asterisk, deep)
    assert finding.level == "trouble"
    assert "ALLO_HOME" in finding.sentence


def test_damaged_secrets(installation: Installation) -> None:
    installation.secrets()
    installation.secrets_file.write_text("{")
    finding = only(doctor.check_secrets, installation)
    assert finding.level == "trouble"
    assert "backup" in finding.sentence


def test_a_misspelt_setting(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLO_SIPPORT", "5070")
    [finding] = [one for one in settings_check.check_names(installation) if "ALLO_SIPPORT" in one.sentence]
    assert finding.level == "trouble"
    assert "Is ALLO_SIP_PORT meant?" in finding.sentence


def test_pages_open_to_others_without_a_name(home_of: Callable[..., Installation]) -> None:
    [trouble] = settings_check.check_addresses(home_of(web_address="0.0.0.0"))
    assert "ALLO_PUBLIC_ORIGIN" in trouble.sentence
    assert list(settings_check.check_addresses(home_of(web_address="0.0.0.0", public_origin="https://a.example"))) == []


def test_a_check_that_fails_does_not_hide_the_others(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_broken(_here: Installation) -> Iterator[Finding]:
        yield Finding("good", str(1 / int("0")))

    monkeypatch.setattr(doctor, "CHECKS", [check_broken, doctor.check_secrets])
    assert [finding.level for finding in doctor.findings(installation)] == ["trouble", "good"]


@pytest.fixture
def home_of(installation: Installation) -> Callable[..., Installation]:
    def make(**fields: str) -> Installation:
        return Installation(home=installation.home, **fields)  # type: ignore[arg-type]

    return make
