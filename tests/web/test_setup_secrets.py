"""Stored passwords and keys: shown to nobody, and sent to no other server than the one they were written for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from allo.data.models import MessageChannel, Trunk

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Visit


@pytest.fixture
def admin(visit: Visit) -> Client:
    return visit("admin")


@pytest.fixture
def trunk(db: None) -> Trunk:
    return Trunk.objects.create(name="City", kind="registration", host="sip.example.com", username="u", secret="s")


@pytest.mark.parametrize(
    ("change", "is_refused"),
    [
        ({"port": 5070}, False),
        ({"host": "sip.elsewhere.example"}, True),
        ({"host": "sip.elsewhere.example", "secret": "written-again"}, False),
    ],
)
def test_a_stored_password_goes_to_no_other_server(
    admin: Client, trunk: Trunk, change: dict[str, Any], is_refused: bool
) -> None:
    same = {"name": "City", "kind": "registration", "host": "sip.example.com", "port": 5060, "username": "u"}
    page = admin.post(f"/setup/trunks/{trunk.pk}", {**same, "secret": "", **change}, headers={"HX-Request": "true"})
    assert page.status_code == (422 if is_refused else 200), page.content.decode()
    assert ("stored for another server" in page.content.decode()) is is_refused
    trunk.refresh_from_db()
    assert (trunk.host == "sip.elsewhere.example") is (not is_refused and "host" in change)
    assert trunk.secret == change.get("secret", "s")


MAIL = {
    "name": "Post", "kind": "email", "host": "smtp.example.com", "port": 587, "security": "starttls",
    "username": "u", "sender": "a@example.com", "url": "https://sms.example.com/send", "body": "",
}  # fmt: skip
ELSEWHERE = {"host": "smtp.elsewhere.example"}


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        ([{"sender": "b@example.com"}], {"secret", "headers"}),
        ([{"host": "smtp.elsewhere.example"}], {"secret", "headers"}),  # refused: all stays
        ([{"security": "none"}], {"secret", "headers"}),  # refused: it would be readable on the way
        ([{"kind": "sms", "url": "https://sms.example.com/v2"}], {"secret", "headers"}),
        ([{"kind": "sms", "url": "https://elsewhere.example/send"}], {"secret", "headers"}),  # refused
        ([{"kind": "sms", "url": "http://[", "headers": "a"}], {"secret", "headers"}),  # refused
        ([{"kind": "sms", **ELSEWHERE}, ELSEWHERE], {"headers"}),  # round the corner: forgotten on the way
        ([{"url": "https://elsewhere.example"}, {"kind": "sms", "url": "https://elsewhere.example"}], {"secret"}),
    ],
)
def test_stored_secrets_of_a_channel_go_to_no_other_server(
    admin: Client, steps: list[dict[str, str]], kept: set[str]
) -> None:
    stored = {"secret": "never-shown", "headers": "Key: never-shown"}
    channel = MessageChannel.objects.create(**{**MAIL, **stored})
    for step in steps:
        admin.post(f"/setup/channels/{channel.pk}", {**MAIL, "secret": "", "headers": "", **step})
    channel.refresh_from_db()
    assert {name for name, value in stored.items() if getattr(channel, name) == value} == kept
    has_moved = channel.host != MAIL["host"] or channel.security != MAIL["security"]
    assert not (has_moved and channel.secret)
    assert not (channel.url.startswith("https://elsewhere") and channel.headers)
