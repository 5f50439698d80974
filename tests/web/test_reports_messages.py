"""What became of written messages: who sees which address, what stands there, and one sent again by a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from allo.data.models import AuditEntry, Customer, MessageChannel, MessageTemplate, OutgoingMessage
from allo.web.reports.message_views import masked

if TYPE_CHECKING:
    from tests.web.conftest import Visit

AT = datetime(2026, 1, 15, 9, tzinfo=UTC)
DAY = "from=2026-01-15&to=2026-01-15"
HX = {"HX-Request": "true"}


@pytest.fixture
def made(db: None) -> dict[str, OutgoingMessage]:
    sms = MessageChannel.objects.create(name="Short", kind="sms", url="https://sms.example.com")
    mail = MessageChannel.objects.create(name="Post", kind="email", host="smtp.example.com")
    text = MessageTemplate.objects.create(name="Your code", text_en="{code}")
    ann = Customer.objects.create(phone="+79161234567", name="Ann Petrova", email="ann.petrova@example.com")

    def message(key: str, channel: MessageChannel, state: str, **more: Any) -> OutgoingMessage:
        return OutgoingMessage.objects.create(
            key=f"{key}:x", call_id=key, channel=str(channel.pk), template=str(text.pk), to=ann.phone, customer=ann,
            state=state, asked_at=AT, due_at=AT, **more,
        )  # fmt: skip

    return {
        "sent": message("c1", sms, "sent", tries=1),
        "failed": message("c2", sms, "failed", tries=10, trouble="http_401", ended_at=AT),
        "unclear": message("c3", mail, "unclear", tries=1, trouble="interrupted", ended_at=AT),
        "waits": message("c4", mail, "waiting", tries=3, trouble="ConnectionRefusedError"),
        "on its way": message("c5", mail, "sending", tries=1),
    }


def test_a_line_says_when_to_whom_how_and_what_became_of_it(visit: Visit, made: dict[str, OutgoingMessage]) -> None:
    text = visit("leader").get(f"/reports/messages?{DAY}").content.decode()
    for words in (
        "5 messages", "Ann Petrova", "Short", "Post", "Your code", "Sent", "Could not be sent", "Perhaps sent",
        "The provider does not accept these headers: check the key.", "it may have arrived",
        f"Next try at {timezone.localtime(AT):%H:%M:%S}", "The server cannot be reached.",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("Send again</button>") == 2
    assert text.count("Try now</button>") == 1
    assert text.count("hx-confirm") == 1, "only what may have arrived asks first"
    assert 'href="/reports/calls/c1"' in text
    assert "No messages in these days" in visit("leader").get("/reports/messages?from=2026-01-14").content.decode()


def test_a_leader_sees_no_whole_address_and_an_agent_nothing(visit: Visit, made: dict[str, OutgoingMessage]) -> None:
    for address in (f"/reports/messages?{DAY}", f"/reports/messages?{DAY}&format=csv"):
        leader, admin = (visit(who).get(address).content.decode() for who in ("leader", "admin"))
        assert "a•••@example.com" in leader
        assert "ann.petrova@example.com" not in leader
        assert "4567" not in leader.replace(" ", "").replace("-", "")
        assert "ann.petrova@example.com" in admin
        assert "+79161234567" in admin.replace(" ", "").replace("-", "")
        assert visit("agent").get(address).status_code == 403
    for what in (f"{made['failed'].pk}/again", str(made["failed"].pk)):
        address = f"/reports/messages/{what}"
        assert (visit("agent").post(address) if "again" in what else visit("agent").get(address)).status_code == 403


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+79161234567", "79•••67"), ("1234", "•••"), ("", ""), ("a@b.c", "a•••@b.c"), ("@", "•••@")],
)
def test_what_is_left_of_an_address(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("which", ["failed", "unclear", "waits"])
def test_what_has_not_left_is_sent_again_with_all_its_tries(
    visit: Visit, made: dict[str, OutgoingMessage], which: str
) -> None:
    leader, message = visit("leader"), made[which]
    response = leader.post(f"/reports/messages/{message.pk}/again", headers=HX)
    assert "within seconds" in json.loads(response["HX-Trigger"])["allo:toast"]["text"]
    assert "hx-trigger" in response.content.decode(), "the line follows what becomes of it"
    old, now = message, OutgoingMessage.objects.get(pk=message.pk)
    assert (now.state, now.tries, now.trouble, now.ended_at) == ("waiting", 0, "", None)
    assert now.due_at > old.due_at
    assert now.key == old.key, "whoever has got it already can tell"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_name, entry.actor and entry.actor.username) == (
        "send_again", message.call_id, "leader",
    )  # fmt: skip
    assert "message · sent again" in visit("admin").get("/setup/history/").content.decode()
    OutgoingMessage.objects.filter(pk=message.pk).update(state="sent")
    assert "hx-trigger" not in leader.get(f"/reports/messages/{message.pk}").content.decode()


@pytest.mark.parametrize("which", ["sent", "on its way"])
def test_what_has_left_is_left_alone(visit: Visit, made: dict[str, OutgoingMessage], which: str) -> None:
    message = made[which]
    response = visit("leader").post(f"/reports/messages/{message.pk}/again", headers=HX)
    assert "has left already" in json.loads(response["HX-Trigger"])["allo:toast"]["text"]
    assert OutgoingMessage.objects.get(pk=message.pk).state == message.state
    assert not AuditEntry.objects.exists()


def test_without_its_channel_nothing_can_be_sent_again(visit: Visit, made: dict[str, OutgoingMessage]) -> None:
    MessageChannel.objects.update(is_active=False)
    assert "/again" not in visit("admin").get(f"/reports/messages?{DAY}").content.decode()


def test_a_state_is_chosen_and_kept_in_the_file(visit: Visit, made: dict[str, OutgoingMessage]) -> None:
    page = visit("leader").get(f"/reports/messages?{DAY}&state=failed")
    assert [line.message.pk for line in page.context["lines"]] == [made["failed"].pk]
    assert "Could not be sent (1)" in page.content.decode()
    lines = visit("leader").get(f"/reports/messages?{DAY}&state=failed&format=csv").content.decode().splitlines()
    assert len(lines) == 2
    assert "c2,79•••67,Short,Your code,Could not be sent,10," in lines[1]
    assert len(visit("leader").get(f"/reports/messages?{DAY}&state=nonsense").context["lines"]) == 5
